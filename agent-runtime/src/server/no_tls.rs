//! What stands in for TLS in a program without the feature `tls`: nothing is encrypted.

use std::convert::Infallible;
use std::io;

use tokio::net::TcpStream;

use crate::settings::TlsFiles;
use crate::start_error::StartError;

/// There is none.
pub(super) struct Tls(Infallible);

/// There is none.
pub(super) struct Handshake(Infallible);

/// What is spoken on an encrypted connection.
pub(super) enum Protocol {
    #[allow(dead_code, reason = "no connection is encrypted")]
    Http1,
}

impl Tls {
    /// # Errors
    /// Always: what was asked for is not in this program.
    pub(super) fn read(_files: TlsFiles) -> Result<Self, StartError> {
        Err(StartError::WithoutTls)
    }

    pub(super) fn handshake(&self) -> Handshake {
        match self.0 {}
    }

    pub(super) async fn follow(&self) -> Infallible {
        match self.0 {}
    }
}

impl Handshake {
    pub(super) async fn with(self, _stream: TcpStream) -> io::Result<(TcpStream, Protocol)> {
        match self.0 {}
    }
}
