//! Settings of a server: by the builder, or by environment variables.

pub(crate) mod ranges;
pub(crate) mod variables;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use crate::access::{Origins, Proxies};
use crate::start_error::StartError;
use crate::webhook_signature::WebhookSecrets;
use agent_core::platform::SaveVerification;

/// Limits, address and behaviour of a server.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    /// For one call, unless the agent says otherwise.
    pub(crate) timeout: Duration,
    /// In bytes.
    pub(crate) body_limit: usize,
    pub(crate) body_timeout: Duration,
    /// For the request's head to arrive, and for an idle connection to say something.
    pub(crate) header_timeout: Duration,
    /// For the request's head, in bytes.
    pub(crate) header_limit: usize,
    /// Maximum number of concurrent calls.
    pub(crate) concurrency: usize,
    /// Permits that only agents without the platform get. `None` for an eighth of `concurrency`.
    pub(crate) reserve: Option<usize>,
    /// For bodies of requests that have not been admitted, in bytes.
    pub(crate) body_buffer: usize,
    /// Open connections; more wait to be accepted.
    pub(crate) connections: usize,
    /// What goes on after answers, at once.
    pub(crate) background: usize,
    /// Whether programs are said to go on between calls where that cannot be seen.
    pub(crate) cpu_always: bool,
    pub(crate) shutdown_grace: Duration,
    pub(crate) origins: Origins,
    pub(crate) show_internals: bool,
    /// What the platform signs calls with.
    pub(crate) secrets: WebhookSecrets,
    /// Memory of decoded media and large responses together, in bytes; the process's budget unless set.
    pub(crate) memory_budget: Option<u64>,
    /// How long an ontology is shared by calls.
    pub(crate) ontology_age: Duration,
    /// Verification of saved label rows.
    pub(crate) save_verification: SaveVerification,
    /// Whether the platform is asked before the first call whether it can be used.
    pub(crate) check_platform: bool,
    /// What the deployment calls itself.
    pub(crate) version: Option<String>,
    pub(crate) tls: TlsSettings,
    /// Whose word about callers is taken.
    pub(crate) proxies: Proxies,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8080,
            timeout: Duration::from_secs(60),
            body_limit: 2 * 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            header_timeout: Duration::from_secs(30),
            header_limit: 64 * 1024,
            concurrency: 256,
            reserve: None,
            body_buffer: 64 * 1024 * 1024,
            connections: 4096,
            background: 4,
            cpu_always: false,
            shutdown_grace: Duration::from_secs(8),
            origins: Origins::default(),
            show_internals: false,
            secrets: WebhookSecrets::default(),
            memory_budget: None,
            ontology_age: Duration::from_secs(30),
            save_verification: SaveVerification::default(),
            check_platform: false,
            version: None,
            tls: TlsSettings::default(),
            proxies: Proxies::default(),
        }
    }
}

/// Where a certificate and its key are: both or none.
#[derive(Debug, Clone, Default)]
pub(crate) struct TlsSettings {
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

/// The files of a certificate, with what signed it, and of its private key.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "without TLS nobody reads them"))]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl TlsSettings {
    /// # Errors
    /// One is set without the other.
    pub(crate) fn files(&self) -> Result<Option<TlsFiles>, StartError> {
        match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate: certificate.clone(), key: key.clone() })),
            (Some(_), None) => Err(StartError::IncompleteTls { set: "AGENT_TLS_CERT", missing: "AGENT_TLS_KEY" }),
            (None, Some(_)) => Err(StartError::IncompleteTls { set: "AGENT_TLS_KEY", missing: "AGENT_TLS_CERT" }),
            (None, None) => Ok(None),
        }
    }
}
