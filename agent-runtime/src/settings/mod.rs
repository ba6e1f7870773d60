//! Settings of a server, from the builder or from environment variables.

pub(crate) mod interval;
pub(crate) mod ranges;
pub(crate) mod shard;
mod stage;
pub(crate) mod variables;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use self::stage::StageSettings;
use crate::access::{Origins, Proxies};
use crate::start_error::StartError;
use crate::webhook_signature::WebhookSecrets;
use agent_core::definition::FindingsTarget;
use agent_core::platform::{DEFAULT_FILE_CACHE, DEFAULT_LOOKUP_CACHE, SaveVerification};
use agent_platform::hash::ProjectHash;

/// The settings of a server.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    /// Timeout of calls whose agent has none.
    pub(crate) timeout: Duration,
    /// Maximum size of a request's body, in bytes.
    pub(crate) body_limit: usize,
    /// Timeout for a request's body.
    pub(crate) body_timeout: Duration,
    /// Timeout for a request's head, and of an idle connection.
    pub(crate) header_timeout: Duration,
    /// Maximum size of a request's head, in bytes.
    pub(crate) header_limit: usize,
    /// Maximum number of concurrent calls.
    pub(crate) concurrency: usize,
    /// Calls reserved for agents without the platform. Default: an eighth of `concurrency`.
    pub(crate) reserve: Option<usize>,
    /// Memory for bodies of requests that have not been admitted, in bytes.
    pub(crate) body_buffer: usize,
    /// Maximum number of open connections.
    pub(crate) connections: usize,
    /// Maximum number of concurrent background jobs.
    pub(crate) background: usize,
    /// Processor time between calls, where it cannot be detected.
    pub(crate) cpu_always: bool,
    /// Time for running calls to finish at shutdown.
    pub(crate) shutdown_grace: Duration,
    pub(crate) origins: Origins,
    pub(crate) error_causes: ErrorCauses,
    pub(crate) dry_runs: DryRuns,
    /// Target of the findings of agents.
    pub(crate) findings: FindingsTarget,
    /// Secrets that the platform signs calls with.
    pub(crate) secrets: WebhookSecrets,
    /// Memory budget of decoded media and large responses, in bytes. Default: the process's budget.
    pub(crate) memory_budget: Option<u64>,
    /// Time for which calls share an ontology.
    pub(crate) ontology_age: Duration,
    /// Maximum size of the cache of files and decoded frames, in bytes.
    pub(crate) file_cache: u64,
    /// Maximum number of data units whose label row and storage item are remembered.
    pub(crate) lookup_cache: usize,
    /// Verification of saved label rows.
    pub(crate) save_verification: SaveVerification,
    pub(crate) platform_check: PlatformCheck,
    /// Projects whose ontologies are checked at the start.
    pub(crate) checked_projects: Vec<ProjectHash>,
    /// Version of the deployment.
    pub(crate) version: Option<String>,
    pub(crate) tls: TlsSettings,
    /// Trusted proxies.
    pub(crate) proxies: Proxies,
    pub(crate) stage: StageSettings,
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
            error_causes: ErrorCauses::Hidden,
            dry_runs: DryRuns::SignedCalls,
            findings: FindingsTarget::Response,
            secrets: WebhookSecrets::default(),
            memory_budget: None,
            ontology_age: Duration::from_secs(30),
            file_cache: DEFAULT_FILE_CACHE,
            lookup_cache: DEFAULT_LOOKUP_CACHE,
            save_verification: SaveVerification::default(),
            platform_check: PlatformCheck::Skip,
            checked_projects: Vec::new(),
            version: None,
            tls: TlsSettings::default(),
            proxies: Proxies::default(),
            stage: StageSettings::default(),
        }
    }
}

/// Visibility of internals in responses: the private causes of errors, and the durations of the parts of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorCauses {
    /// Only the log has the causes. Responses have no durations.
    Hidden,
    /// Responses have the causes as `detail`, and the durations in the header `Server-Timing`. For development: a cause may contain confidential data.
    InResponses,
}

/// The calls that a server does dry runs for; see [`EditorCall::is_dry_run`](crate::EditorCall::is_dry_run).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DryRuns {
    /// Calls with a valid signature of the platform.
    SignedCalls,
    /// All calls. For development: the response has labels.
    Everyone,
}

/// The check of the platform when a server starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlatformCheck {
    /// The platform is not checked.
    Skip,
    /// The server does not start unless the platform can be reached with the key.
    AtStart,
}

/// The paths of a certificate and its key: both or none.
#[derive(Debug, Clone, Default)]
pub(crate) struct TlsSettings {
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

/// The paths of a certificate chain and its private key.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "only TLS reads them"))]
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
