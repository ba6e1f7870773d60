//! Who calls, and whether nobody else can read along.

use std::net::IpAddr;

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    /// Whether the connection is encrypted up to this server.
    pub(crate) encrypted: bool,
}

/// Who sent a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    /// Whether the caller reached the server by HTTPS.
    pub(crate) encrypted: bool,
}

impl Caller {
    pub(crate) fn of(peer: Peer) -> Self {
        Self { encrypted: peer.encrypted }
    }
}
