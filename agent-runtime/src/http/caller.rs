//! The client of a request.

use std::net::IpAddr;

/// Request extension: the other end of the connection, or the client that a trusted proxy reports.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) address: IpAddr,
    /// Whether the client used HTTPS.
    pub(crate) encrypted: bool,
}
