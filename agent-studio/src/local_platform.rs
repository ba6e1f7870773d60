//! Setting up and starting a local platform.

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
use crate::client_key::{ClientKey, KeyNotMade};
use crate::clock::TimestampResolution;
use crate::faults::{Fault, Faults};
use crate::page::Page;
use crate::project::{OpenError, Project, ProjectSource};
use crate::running::RunningPlatform;
use crate::server::{Auth, Shared, SignedUrls, router, serve};

/// A platform on this machine that has not been started: see [`LocalPlatform::builder`].
#[derive(Debug)]
pub struct LocalPlatform(());

/// Sets up a [`LocalPlatform`].
#[derive(Debug, Clone)]
pub struct LocalPlatformBuilder {
    projects: Vec<Origin>,
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
    largest_body: usize,
    admin: bool,
    faults: Vec<Fault>,
    routes: Router,
    page: Option<Page>,
}

/// Where a project comes from.
#[derive(Debug, Clone)]
enum Origin {
    Folder(PathBuf),
    Described(Box<ProjectSource>),
}

/// Why a local platform does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A project cannot be served.
    #[error(transparent)]
    Project(#[from] OpenError),
    /// A public key is none.
    #[error("a public key must be 64 lower-case hex digits, the form in which the platform knows keys")]
    PublicKey,
    /// The system has no random numbers.
    #[error(transparent)]
    Key(#[from] KeyNotMade),
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl LocalPlatform {
    /// Sets up a platform: without projects, on a free port of this machine.
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
            largest_body: 512 << 20,
            admin: false,
            faults: Vec::new(),
            routes: Router::new(),
            page: None,
        }
    }
}

impl LocalPlatformBuilder {
    /// Serves the project in this folder, and keeps it there.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.projects.push(Origin::Folder(folder.as_ref().to_owned()));
        self
    }

    /// Serves this project from memory.
    #[must_use]
    pub fn project(mut self, project: ProjectSource) -> Self {
        self.projects.push(Origin::Described(Box::new(project)));
        self
    }

    /// Who the platform's own key belongs to: an e-mail address. `agent@example.test` unless set.
    #[must_use]
    pub fn user(mut self, email: impl Into<String>) -> Self {
        self.user = email.into();
        self
    }

    /// Registers a public key, 64 lower-case hex digits, of this user.
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

    /// The address to listen on. A free port of 127.0.0.1 unless set.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// How long every answer is held back. Not at all unless set.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets the resolution of the time at which label rows were last edited. Default: microseconds.
    #[must_use]
    pub fn timestamps(mut self, resolution: TimestampResolution) -> Self {
        self.timestamps = resolution;
        self
    }

    /// How far the time of a v2 signature may be off, either way. 300 s unless set.
    #[must_use]
    pub fn signature_age(mut self, age: Duration) -> Self {
        self.signature_age = age;
        self
    }

    /// How long signed URLs are good. A week unless set.
    #[must_use]
    pub fn signed_url_lifetime(mut self, lifetime: Duration) -> Self {
        self.signed_url_lifetime = lifetime;
        self
    }

    /// How many results a page has if the caller does not say. 100 unless set.
    #[must_use]
    pub fn page_size(mut self, results: usize) -> Self {
        self.page_size = results;
        self
    }

    /// How many calls are remembered. 10,000 unless set.
    #[must_use]
    pub fn remembered_calls(mut self, calls: usize) -> Self {
        self.remembered_calls = calls;
        self
    }

    /// How large a request's body may be, in bytes. 512 MiB unless set.
    #[must_use]
    pub fn largest_body(mut self, bytes: usize) -> Self {
        self.largest_body = bytes;
        self
    }

    /// Serves `/admin/faults` and `/admin/calls`, for tests in other languages. Every program that reaches the platform can
    /// use them; web pages of other origins cannot. Default: `false`.
    #[must_use]
    pub fn admin(mut self, on: bool) -> Self {
        self.admin = on;
        self
    }

    /// Begins with this fault.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Serves these addresses beside the platform's own: a page, say. They are neither logged nor met by faults.
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

    /// Opens the projects and starts the server in the background of the current tokio runtime.
    ///
    /// # Errors
    /// What cannot be opened or listened on.
    pub async fn start(self) -> Result<RunningPlatform, StartError> {
        let key = ClientKey::random()?;
        let mut callers = Callers::default();
        callers.add_key(key.public(), &self.user);
        for (email, key_id) in &self.keys {
            callers.add_key(from_hex(key_id).ok_or(StartError::PublicKey)?, email);
        }
        for (email, token) in &self.tokens {
            callers.add_token(token, email.as_str().into());
        }
        let mut projects: Vec<Arc<Project>> = Vec::new();
        for origin in &self.projects {
            let project = match origin {
                Origin::Folder(folder) => Project::in_folder(folder)?,
                Origin::Described(source) => Project::in_memory(source)?,
            };
            let hash: Uuid = project.identity.project;
            if projects.iter().any(|other| other.identity.project == hash) {
                return Err(OpenError::SameProject(hash).into());
            }
            projects.push(Arc::new(project.with_timestamps(self.timestamps)));
        }
        let faults = Faults::default();
        self.faults.into_iter().for_each(|fault| faults.add(fault));
        let shared = Arc::new(Shared {
            projects,
            auth: Auth::new(callers, self.signature_age),
            urls: SignedUrls::new(self.signed_url_lifetime).map_err(|_| KeyNotMade)?,
            faults,
            calls: Calls::new(self.remembered_calls),
            latency: AtomicU64::new(0),
            page_size: self.page_size,
            largest_body: self.largest_body,
            admin: self.admin,
            hosts: self.page.as_ref().map(|page| page.hosts().to_vec()).unwrap_or_default(),
        });
        shared.set_latency(self.latency);
        let (page, agent_servers) = self.page.map(|page| crate::page::routes(&shared, page)).unzip();
        let failed = |source| StartError::Listen { address: self.address, source };
        let listener = TcpListener::bind(self.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve(
            listener,
            router(Arc::clone(&shared), self.routes.merge(page.unwrap_or_default())),
            stopped,
        ));
        Ok(RunningPlatform::new(address, shared, key, agent_servers, stop, server))
    }
}
