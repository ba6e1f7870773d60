//! Configuration and start of a local platform.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use uuid::Uuid;

use crate::callers::{Callers, from_hex};
use crate::calls::Calls;
use crate::client_key::{ClientKey, KeyGenerationError};
use crate::clock::TimestampResolution;
use crate::faults::{Fault, Faults};
use crate::page::Page;
use crate::project::{OpenError, Project, ProjectSource};
use crate::running::RunningPlatform;
use crate::server::{Auth, Shared, SignedUrls, router, serve};

/// A local platform. Configure it with [`LocalPlatform::builder`].
#[derive(Debug)]
pub struct LocalPlatform(());

/// Builder of a [`LocalPlatform`].
#[derive(Debug, Clone)]
pub struct LocalPlatformBuilder {
    projects: Vec<ProjectOrigin>,
    keys: Vec<(String, String)>,
    tokens: Vec<(String, String)>,
    user: String,
    address: SocketAddr,
    latency: Duration,
    timestamps: TimestampResolution,
    signature_age: Duration,
    signed_url_lifetime: Duration,
    page_size: usize,
    remembered_calls: usize,
    max_body_bytes: usize,
    admin: bool,
    faults: Vec<Fault>,
    routes: Router,
    page: Option<Page>,
}

/// Source of a project.
#[derive(Debug, Clone)]
enum ProjectOrigin {
    Folder(PathBuf),
    Described(Box<ProjectSource>),
}

/// Error of starting a local platform.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalPlatformError {
    /// A project cannot be served.
    #[error(transparent)]
    Project(#[from] OpenError),
    /// A public key is invalid.
    #[error("a public key must be 64 lower-case hexadecimal digits")]
    PublicKey,
    /// The system's random number generator fails.
    #[error(transparent)]
    Key(#[from] KeyGenerationError),
    /// The server cannot listen on the address.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Cause.
        source: std::io::Error,
    },
}

impl LocalPlatform {
    /// Creates a builder without projects, which listens on a free port of 127.0.0.1.
    #[must_use]
    pub fn builder() -> LocalPlatformBuilder {
        LocalPlatformBuilder {
            projects: Vec::new(),
            keys: Vec::new(),
            tokens: Vec::new(),
            user: "agent@example.test".to_owned(),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            latency: Duration::ZERO,
            timestamps: TimestampResolution::default(),
            signature_age: Duration::from_secs(300),
            signed_url_lifetime: Duration::from_secs(7 * 24 * 3600),
            page_size: 100,
            remembered_calls: 10_000,
            max_body_bytes: 512 << 20,
            admin: false,
            faults: Vec::new(),
            routes: Router::new(),
            page: None,
        }
    }
}

impl LocalPlatformBuilder {
    /// Serves the project in this folder, and saves changes there.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.projects.push(ProjectOrigin::Folder(folder.as_ref().to_owned()));
        self
    }

    /// Serves this project from memory.
    #[must_use]
    pub fn project(mut self, project: ProjectSource) -> Self {
        self.projects.push(ProjectOrigin::Described(Box::new(project)));
        self
    }

    /// Sets the user (e-mail address) of the platform's generated key. Default: `agent@example.test`.
    #[must_use]
    pub fn user(mut self, email: impl Into<String>) -> Self {
        self.user = email.into();
        self
    }

    /// Registers a public key (64 lower-case hexadecimal digits) of this user.
    #[must_use]
    pub fn public_key(mut self, email: impl Into<String>, key_id: impl Into<String>) -> Self {
        self.keys.push((email.into(), key_id.into()));
        self
    }

    /// Registers a bearer token of this user.
    #[must_use]
    pub fn bearer_token(mut self, email: impl Into<String>, token: impl Into<String>) -> Self {
        self.tokens.push((email.into(), token.into()));
        self
    }

    /// Sets the address to listen on. Default: a free port of 127.0.0.1.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets the latency added to every response. Default: none.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets the resolution of `last_edited_at` of label rows. Default: microseconds.
    #[must_use]
    pub fn timestamps(mut self, resolution: TimestampResolution) -> Self {
        self.timestamps = resolution;
        self
    }

    /// Sets the maximum clock skew of v2 signatures, in either direction. Default: 300 s.
    #[must_use]
    pub fn signature_age(mut self, age: Duration) -> Self {
        self.signature_age = age;
        self
    }

    /// Sets the lifetime of signed URLs. Default: 7 days.
    #[must_use]
    pub fn signed_url_lifetime(mut self, lifetime: Duration) -> Self {
        self.signed_url_lifetime = lifetime;
        self
    }

    /// Sets the number of results per page for requests without a limit. Default: 100.
    #[must_use]
    pub fn page_size(mut self, results: usize) -> Self {
        self.page_size = results;
        self
    }

    /// Sets the maximum size of the call log. Default: 10,000 calls.
    #[must_use]
    pub fn remembered_calls(mut self, calls: usize) -> Self {
        self.remembered_calls = calls;
        self
    }

    /// Sets the maximum request body in bytes. Default: 512 MiB.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Serves `/admin/faults`, `/admin/calls` and `/admin/reset`, for tests in other languages. Every program that can connect to the
    /// platform can use them; web pages of other origins cannot. Default: not served.
    #[must_use]
    pub fn admin(mut self) -> Self {
        self.admin = true;
        self
    }

    /// Adds a fault that is active from the start.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Merges additional routes, such as a page. Their requests are not logged and not affected by faults.
    #[must_use]
    pub fn routes(mut self, routes: Router) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// Serves the label editor page at `/`.
    #[must_use]
    pub fn page(mut self, page: Page) -> Self {
        self.page = Some(page);
        self
    }

    /// Opens the projects and spawns the server on the current tokio runtime.
    ///
    /// # Errors
    /// A project cannot be opened, or the server cannot listen on the address.
    pub async fn start(mut self) -> Result<RunningPlatform, LocalPlatformError> {
        let key = ClientKey::random()?;
        let page = self.page.take();
        let hosts = page.as_ref().map(|page| page.hosts().to_vec()).unwrap_or_default();
        let shared = self.shared(&key, hosts)?;
        let (page, agent_servers) = page.map(|page| crate::page::routes(&shared, page)).unzip();
        let wanted = self.address;
        let failed = |source| LocalPlatformError::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve(
            listener,
            router(Arc::clone(&shared), self.routes.merge(page.unwrap_or_default())),
            stopped,
        ));
        Ok(RunningPlatform::new(address, shared, key, agent_servers, stop, server))
    }

    /// Opens the projects without serving them. The page and further routes are left out.
    ///
    /// # Errors
    /// A project cannot be opened, or a key is invalid.
    pub(crate) fn open(&self, key: &ClientKey) -> Result<(Arc<Shared>, Router), LocalPlatformError> {
        let shared = self.shared(key, Vec::new())?;
        let router = router(Arc::clone(&shared), Router::new());
        Ok((shared, router))
    }

    fn shared(&self, key: &ClientKey, hosts: Vec<String>) -> Result<Arc<Shared>, LocalPlatformError> {
        let mut callers = Callers::default();
        callers.add_key(key.public(), &self.user);
        for (email, key_id) in &self.keys {
            callers.add_key(from_hex(key_id).ok_or(LocalPlatformError::PublicKey)?, email);
        }
        for (email, token) in &self.tokens {
            callers.add_token(token, email.as_str().into());
        }
        let mut projects: Vec<Arc<Project>> = Vec::new();
        for origin in &self.projects {
            let project = match origin {
                ProjectOrigin::Folder(folder) => Project::in_folder(folder)?,
                ProjectOrigin::Described(source) => Project::in_memory(source)?,
            };
            let hash: Uuid = project.identity.project;
            if projects.iter().any(|other| other.identity.project == hash) {
                return Err(OpenError::SameProject(hash).into());
            }
            projects.push(Arc::new(project.with_timestamps(self.timestamps)));
        }
        let faults = Faults::default();
        self.faults.iter().cloned().for_each(|fault| faults.add(fault));
        let shared = Arc::new(Shared {
            projects,
            auth: Auth::new(callers, self.signature_age),
            urls: SignedUrls::new(self.signed_url_lifetime).map_err(|_| KeyGenerationError)?,
            faults,
            calls: Calls::new(self.remembered_calls),
            latency: AtomicU64::new(0),
            page_size: self.page_size,
            max_body_bytes: self.max_body_bytes,
            admin: self.admin,
            hosts,
        });
        shared.set_latency(self.latency);
        Ok(shared)
    }
}
