//! TLS in the server itself: the certificate that connections get, and following it when its files change.

use std::convert::Infallible;
use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::ResolvesServerCert;
use rustls::sign::SingleCertAndKey;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::certificate::{Certificate, CertificateError};
use crate::settings::TlsFiles;
use crate::start_error::StartError;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(2);

/// A certificate that ends within so long is worth a warning a day.
const SOON: Duration = Duration::from_secs(14 * 86_400);

const DAY: Duration = Duration::from_secs(86_400);

/// What connections are encrypted with: the newest pair of certificate and key that its files have held.
pub(super) struct Tls {
    files: TlsFiles,
    /// What the files looked like before they were read.
    read: [Option<Look>; 2],
    current: watch::Sender<Current>,
}

/// What new connections get. Those that are open keep what they have.
struct Current {
    configuration: Arc<ServerConfig>,
    ends: Option<SystemTime>,
}

/// The handshake of one connection that is about to be made.
pub(super) struct Handshake(TlsAcceptor);

/// What is spoken on an encrypted connection.
pub(super) enum Protocol {
    Http1,
    Http2,
}

impl Tls {
    /// Reads the files for the first time.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn read(files: TlsFiles) -> Result<Self, StartError> {
        let read = look(&files);
        let current = current(&files).map_err(|error| StartError::Certificate { source: Box::new(error) })?;
        warn_of_end(&files.certificate, current.ends);
        Ok(Self { files, read, current: watch::Sender::new(current) })
    }

    /// For the next connection.
    pub(super) fn handshake(&self) -> Handshake {
        Handshake(TlsAcceptor::from(Arc::clone(&self.current.borrow().configuration)))
    }

    /// Follows the files for ever: what they hold is for new connections as soon as it is a pair. A pair that is broken or
    /// half written changes nothing, and is looked at again.
    pub(super) async fn follow(&self) -> Infallible {
        let (mut read, mut refused, mut warned) = (self.read.clone(), None, Instant::now());
        loop {
            tokio::time::sleep(EVERY).await;
            if warned.elapsed() >= DAY {
                warned = Instant::now();
                warn_of_end(&self.files.certificate, self.current.borrow().ends);
            }
            let (files, known, again) = (self.files.clone(), read.clone(), refused.is_some());
            // The disk may be far away.
            let changed = tokio::task::spawn_blocking(move || {
                let now = look(&files);
                (again || now != known).then(|| (now, current(&files)))
            });
            let Ok(Some((now, pair))) = changed.await else { continue };
            read = now;
            let certificate = self.files.certificate.display();
            match pair {
                Ok(current) => {
                    tracing::info!(%certificate, "new connections get the new certificate");
                    warn_of_end(&self.files.certificate, current.ends);
                    self.current.send_replace(current);
                    (refused, warned) = (None, Instant::now());
                }
                Err(error) => {
                    let error = Some(error.to_string());
                    if refused != error {
                        tracing::warn!(error = ?error, "the certificate's files have changed and cannot be used; the old one is kept");
                    }
                    refused = error;
                }
            }
        }
    }
}

impl Handshake {
    /// # Errors
    /// The caller speaks no TLS, none that is spoken here, or is gone.
    pub(super) async fn with(self, stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, Protocol)> {
        let stream = self.0.accept(stream).await?;
        let protocol = match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => Protocol::Http2,
            _ => Protocol::Http1,
        };
        Ok((stream, protocol))
    }
}

fn current(files: &TlsFiles) -> Result<Current, CertificateError> {
    let certificate = Certificate::read(files)?;
    let ends = certificate.ends;
    let resolver: Arc<dyn ResolvesServerCert> = Arc::new(SingleCertAndKey::from(certificate.pair));
    let provider = Arc::new(ring::default_provider());
    // A configuration for each pair: with an old one, callers would go on with sessions of the old certificate.
    let mut configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(CertificateError::Versions)?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Current { configuration: Arc::new(configuration), ends })
}

/// What a file looks like from the outside: when it changes, so does this. Links are followed, as a certificate is mostly
/// renewed by having a link lead elsewhere.
#[derive(Clone, PartialEq, Eq)]
struct Look {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

fn look(files: &TlsFiles) -> [Option<Look>; 2] {
    let one = |path: &Path| {
        let file = std::fs::metadata(path).ok()?;
        Some(Look { modified: file.modified().ok(), length: file.len(), inode: inode(&file) })
    };
    [one(&files.certificate), one(&files.key)]
}

#[cfg(unix)]
fn inode(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(file)
}

#[cfg(not(unix))]
fn inode(_file: &Metadata) -> u64 {
    0
}

/// Callers refuse a certificate that has ended. The server does not: it is told how to renew it by people who can.
fn warn_of_end(certificate: &Path, ends: Option<SystemTime>) {
    let (Some(ends), certificate) = (ends, certificate.display()) else { return };
    match ends.duration_since(SystemTime::now()) {
        Err(ago) => {
            let days_ago = ago.duration().as_secs() / DAY.as_secs();
            tracing::warn!(%certificate, days_ago, "the certificate has expired: callers refuse it until there is a new one");
        }
        Ok(left) if left < SOON => {
            let days_left = left.as_secs() / DAY.as_secs();
            tracing::warn!(%certificate, days_left, "the certificate expires soon: renew it");
        }
        Ok(_) => {}
    }
}
