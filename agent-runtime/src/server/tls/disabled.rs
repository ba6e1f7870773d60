//! TLS of a program without the feature `tls`: a configured certificate stops the start.

use std::convert::Infallible;
use std::io;

use tokio::net::TcpStream;

use crate::settings::TlsFiles;
use crate::start_error::StartError;

/// Never constructed.
pub(in super::super) struct Tls(Infallible);

/// Never constructed.
pub(in super::super) struct Handshake(Infallible);

/// The protocol of an encrypted connection.
pub(in super::super) enum Protocol {
    #[allow(dead_code, reason = "no connection is encrypted")]
    Http1,
}

impl Tls {
    /// # Errors
    /// Always: the program is built without TLS.
    pub(in super::super) fn read(_files: TlsFiles) -> Result<Self, StartError> {
        Err(StartError::TlsUnsupported)
    }

    pub(in super::super) fn handshake(&self) -> Handshake {
        match self.0 {}
    }

    pub(in super::super) async fn reload_on_change(&self) -> Infallible {
        match self.0 {}
    }
}

impl Handshake {
    pub(in super::super) async fn accept(self, _stream: TcpStream) -> io::Result<(TcpStream, Protocol)> {
        match self.0 {}
    }
}
