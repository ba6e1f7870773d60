//! The TLS handshake, and the reload of a renewed certificate.

use std::convert::Infallible;
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
use super::file_state::{FileStates, file_states};
use crate::settings::TlsFiles;
use crate::start_error::StartError;

/// Interval at which the certificate files are checked for changes.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// Remaining validity below which a warning is logged once a day.
const EXPIRY_WARNING: Duration = Duration::from_secs(14 * 86_400);

const DAY: Duration = Duration::from_secs(86_400);

/// The TLS configuration of a server, with the newest valid pair of certificate and key.
pub(in super::super) struct Tls {
    files: TlsFiles,
    /// The files' metadata before they were read.
    states: FileStates,
    current: watch::Sender<Current>,
}

/// The configuration of new connections. Open connections keep theirs.
struct Current {
    configuration: Arc<ServerConfig>,
    not_after: Option<SystemTime>,
}

/// A handshake with the configuration that was current when the connection was accepted.
pub(in super::super) struct Handshake(TlsAcceptor);

/// The protocol of an encrypted connection.
pub(in super::super) enum Protocol {
    Http1,
    Http2,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// The certificate or the key is missing or invalid.
    pub(in super::super) fn read(files: TlsFiles) -> Result<Self, StartError> {
        let states = file_states(&files);
        let current = load(&files).map_err(|error| StartError::Certificate { source: Box::new(error) })?;
        warn_of_expiry(&files.certificate, current.not_after);
        Ok(Self { files, states, current: watch::Sender::new(current) })
    }

    /// Prepares the handshake of the next connection.
    pub(in super::super) fn handshake(&self) -> Handshake {
        Handshake(TlsAcceptor::from(Arc::clone(&self.current.borrow().configuration)))
    }

    /// Reloads the files whenever they change. New connections get the new pair as soon as it is valid. An invalid or half
    /// written pair changes nothing, and is read again after the next interval.
    pub(in super::super) async fn reload_on_change(&self) -> Infallible {
        let (mut known, mut rejected, mut warned) = (self.states.clone(), None, Instant::now());
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            if warned.elapsed() >= DAY {
                warned = Instant::now();
                warn_of_expiry(&self.files.certificate, self.current.borrow().not_after);
            }
            let (files, before, again) = (self.files.clone(), known.clone(), rejected.is_some());
            // Reading may block: the files may be on a network file system.
            let changed = tokio::task::spawn_blocking(move || {
                let now = file_states(&files);
                (again || now != before).then(|| (now, load(&files)))
            });
            let Ok(Some((now, pair))) = changed.await else { continue };
            known = now;
            let certificate = self.files.certificate.display();
            match pair {
                Ok(current) => {
                    tracing::info!(%certificate, "new connections get the new certificate");
                    warn_of_expiry(&self.files.certificate, current.not_after);
                    self.current.send_replace(current);
                    (rejected, warned) = (None, Instant::now());
                }
                Err(error) => {
                    let error = Some(error.to_string());
                    if rejected != error {
                        tracing::warn!(error = ?error, "the certificate's files have changed and cannot be used; the old one is kept");
                    }
                    rejected = error;
                }
            }
        }
    }
}

impl Handshake {
    /// # Errors
    /// The client does not speak TLS, shares no version or cipher with the server, or has disconnected.
    pub(in super::super) async fn accept(self, stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, Protocol)> {
        let stream = self.0.accept(stream).await?;
        let protocol = match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => Protocol::Http2,
            _ => Protocol::Http1,
        };
        Ok((stream, protocol))
    }
}

fn load(files: &TlsFiles) -> Result<Current, CertificateError> {
    let certificate = Certificate::read(files)?;
    let not_after = certificate.not_after;
    let resolver: Arc<dyn ResolvesServerCert> = Arc::new(SingleCertAndKey::from(certificate.pair));
    let provider = Arc::new(ring::default_provider());
    // A configuration for each pair: with a shared one, clients would resume sessions of the old certificate.
    let mut configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(CertificateError::Versions)?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Current { configuration: Arc::new(configuration), not_after })
}

/// Logs a warning if the certificate has expired or expires soon. The server keeps serving it; clients reject it once it has
/// expired.
fn warn_of_expiry(certificate: &Path, not_after: Option<SystemTime>) {
    let (Some(not_after), certificate) = (not_after, certificate.display()) else { return };
    match not_after.duration_since(SystemTime::now()) {
        Err(ago) => {
            let days_ago = ago.duration().as_secs() / DAY.as_secs();
            tracing::warn!(%certificate, days_ago, "the certificate has expired: callers refuse it until there is a new one");
        }
        Ok(left) if left < EXPIRY_WARNING => {
            let days_left = left.as_secs() / DAY.as_secs();
            tracing::warn!(%certificate, days_left, "the certificate expires soon: renew it");
        }
        Ok(_) => {}
    }
}
