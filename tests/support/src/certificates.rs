//! Certificates generated per test, in temporary folders, and clients that trust them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use agent_runtime::Server;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SignatureAlgorithm,
};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

const DAY: u64 = 86_400;

/// A folder that is removed when dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("agent-tls-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn certificate(&self) -> PathBuf {
        self.path("cert.pem")
    }

    pub fn key(&self) -> PathBuf {
        self.path("key.pem")
    }

    /// Writes a pair to [`certificate`](Self::certificate) and [`key`](Self::key).
    pub fn put(&self, pair: &Pair) {
        std::fs::write(self.certificate(), pair.certificate_pem()).unwrap();
        std::fs::write(self.key(), pair.key_pem()).unwrap();
    }

    /// Returns a server with the pair.
    pub fn server(&self) -> Server {
        Server::new().port(0).tls(self.certificate(), self.key())
    }

    /// Returns the environment variables that configure the pair.
    pub fn variables(&self) -> [(String, String); 2] {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        [("AGENT_TLS_CERT".to_owned(), text(&self.certificate())), ("AGENT_TLS_KEY".to_owned(), text(&self.key()))]
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A certificate and its key.
pub struct Pair {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Pair {
    /// Generates a pair for `agents.test` and 127.0.0.1, valid for a year.
    pub fn new() -> Self {
        Self::expiring(365 * DAY)
    }

    /// Generates a pair that expires this many seconds after yesterday.
    pub fn expiring(seconds: u64) -> Self {
        Self::made(&PKCS_ECDSA_P256_SHA256, seconds)
    }

    /// Generates a pair of each supported key type.
    pub fn of_each_kind() -> [Self; 3] {
        [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519].map(|kind| Self::made(kind, 365 * DAY))
    }

    fn made(kind: &'static SignatureAlgorithm, seconds: u64) -> Self {
        let key = KeyPair::generate_for(kind).unwrap();
        let mut parameters = CertificateParams::new(["agents.test".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let yesterday = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() - Duration::from_secs(DAY);
        parameters.not_before = rcgen::date_time_ymd(1970, 1, 1) + yesterday - Duration::from_secs(10 * DAY);
        parameters.not_after = rcgen::date_time_ymd(1970, 1, 1) + yesterday + Duration::from_secs(seconds);
        let certificate = parameters.self_signed(&key).unwrap().der().clone();
        Self { certificate, key }
    }

    pub fn certificate_pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    pub fn key_pem(&self) -> String {
        pem("PRIVATE KEY", self.key.serialized_der())
    }

    /// Returns an elliptic curve key in the format of `openssl ecparam`, which PKCS #8 wraps.
    pub fn sec1_pem(&self) -> String {
        let whole = self.key.serialized_der();
        // An ECPrivateKey begins with its version, after the header of its sequence.
        let at = whole.windows(5).position(|bytes| bytes[0] == 0x30 && bytes[2..] == [2, 1, 1]).unwrap();
        pem("EC PRIVATE KEY", &whole[at..])
    }

    /// Returns a client configuration that trusts only this certificate, with these protocols.
    pub fn configuration(&self, protocols: &[&str]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let mut configuration =
            builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
        configuration.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        configuration
    }

    pub fn client(&self, protocol: &str) -> reqwest::Client {
        let configuration = self.configuration(&[protocol]);
        reqwest::Client::builder().tls_backend_preconfigured(configuration).no_proxy().build().unwrap()
    }

    /// Opens a TLS connection on which nothing has been sent.
    pub async fn connect(&self, address: SocketAddr, protocol: &str) -> std::io::Result<TlsStream<TcpStream>> {
        self.handshake(TcpStream::connect(address).await.unwrap(), protocol).await
    }

    /// Performs the handshake on a connection.
    pub async fn handshake(&self, stream: TcpStream, protocol: &str) -> std::io::Result<TlsStream<TcpStream>> {
        let connector = TlsConnector::from(Arc::new(self.configuration(&[protocol])));
        connector.connect(ServerName::try_from("agents.test").unwrap(), stream).await
    }
}

/// Returns the index of the certificate that a server presents on a new connection, regardless of its issuer.
pub async fn shown(address: SocketAddr, pairs: &[&Pair]) -> Option<usize> {
    for (n, pair) in pairs.iter().enumerate() {
        if pair.connect(address, "http/1.1").await.is_ok() {
            return Some(n);
        }
    }
    None
}

fn pem(label: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
