//! TLS in the server itself (feature `tls`): certificate files, the handshake, and reloading renewed certificates.

#[cfg(feature = "tls")]
mod acceptor;
#[cfg(feature = "tls")]
mod certificate;
#[cfg(not(feature = "tls"))]
mod disabled;
#[cfg(feature = "tls")]
mod file_state;

#[cfg(feature = "tls")]
pub(super) use acceptor::{Handshake, Protocol, Tls};
#[cfg(not(feature = "tls"))]
pub(super) use disabled::{Handshake, Protocol, Tls};
