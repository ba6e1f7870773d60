//! The builder of a server.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, TcpListener};
use std::time::Duration;

use agent_platform::client::PlatformClient;
use agent_platform::hash::ProjectHash;
use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower::{Layer, Service};

#[cfg(unix)]
use super::systemd;
use crate::app::StageWorker;
use crate::settings::{DryRuns, ErrorCauses, PlatformCheck, Settings};
use crate::start_error::StartError;
use crate::webhook_signature::WebhookSecrets;
use agent_core::after_call::AfterCall;
use agent_core::agent::{AgentSet, IntoAgentSet};
use agent_core::definition::FindingsTarget;
use agent_core::extract::ApplicationState;
use agent_core::metrics::MetricSource;
use agent_core::notification::{IntoHandlerSet, NotificationHandler};
use agent_core::platform::SaveVerification;
use agent_core::readiness::Readiness;
use agent_core::stage::Stage;
use agent_core::states::States;

/// A server of editor agents.
///
/// Methods do not fail: an invalid argument is an error of [`start`](Self::start), [`serve`](Self::serve) and
/// [`into_router`](Self::into_router).
///
/// ```
/// use agent_runtime::prelude::*;
/// use std::time::Duration;
///
/// #[editor_agent]
/// async fn hello(frame: Frame) -> String {
///     format!("Hello from frame {frame}")
/// }
///
/// # fn build() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::from_env()? // HOST, PORT and the rest; `Server::new()` for the defaults
///     .agents(agents![hello]) // without this: every annotated function
///     .timeout(Duration::from_secs(20))
///     .allow_origin("https://labels.example.com");
/// # let _ = server.into_router()?;
/// # Ok(())
/// # }
/// # build().unwrap();
/// ```
pub struct Server {
    pub(super) agents: Option<AgentSet>,
    pub(super) handlers: Vec<&'static NotificationHandler>,
    pub(super) states: States,
    /// Services whose state `/readyz` reports.
    pub(super) readiness: Vec<Box<dyn Readiness>>,
    /// Sources of further values for `/metrics`.
    pub(super) metric_sources: Vec<Box<dyn MetricSource>>,
    /// Hooks that run after successful calls.
    pub(super) after_call: Vec<Box<dyn AfterCall>>,
    pub(super) settings: Settings,
    /// Errors of arguments, in the order of the calls. The first one is returned when the server is built.
    pub(super) argument_errors: Vec<StartError>,
    /// The socket to listen on, instead of an address.
    pub(super) listener: Option<TcpListener>,
    pub(super) beside: Router,
    pub(super) layers: Vec<Box<dyn FnOnce(Router) -> Router + Send>>,
    /// Stages, each with its agents, of which there must be one.
    pub(super) stages: Vec<(Stage, AgentSet)>,
    /// The worker of the stages. Only [`stage`](Self::stage) links it.
    pub(super) stage_worker: Option<&'static StageWorker>,
    /// The run over a project that the arguments of the program ask for.
    #[cfg(feature = "batch")]
    pub(super) run: Option<Box<super::batch_settings::RunArguments>>,
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

/// An address to listen on as an argument: `[127, 0, 0, 1]` or an [`IpAddr`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an address to listen on",
    label = "not an IP address",
    note = "write `[127, 0, 0, 1]`, or `.host(text.parse::<std::net::IpAddr>()?)` for text"
)]
pub trait IntoHost {
    /// Converts the argument.
    fn into_host(self) -> IpAddr;
}

#[diagnostic::do_not_recommend]
impl<T: Into<IpAddr>> IntoHost for T {
    fn into_host(self) -> IpAddr {
        self.into()
    }
}

impl Server {
    /// Creates a server of every annotated agent, with the default settings. It listens on `127.0.0.1:8080`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            agents: None,
            handlers: Vec::new(),
            states: States::default(),
            readiness: Vec::new(),
            metric_sources: Vec::new(),
            after_call: Vec::new(),
            settings: Settings::default(),
            argument_errors: Vec::new(),
            listener: None,
            beside: Router::new(),
            layers: Vec::new(),
            stages: Vec::new(),
            stage_worker: None,
            #[cfg(feature = "batch")]
            run: None,
        }
    }

    /// Creates a server of every annotated agent, configured by environment variables. `cargo run -- --help` lists them for a
    /// program that calls [`serve`](crate::serve). Methods called on the server override them.
    ///
    /// A blank variable is an error, not the same as an unset one: otherwise, a secret that was lost during deployment would
    /// disable the verification of signatures.
    ///
    /// A socket from systemd (`LISTEN_FDS`) takes precedence over `HOST` and `PORT`.
    ///
    /// # Errors
    /// A variable is blank, not UTF-8, malformed or out of range, or the socket from systemd is not a listening TCP socket.
    pub fn from_env() -> Result<Self, StartError> {
        let settings = Settings::from_variables(|name| std::env::var_os(name))?;
        #[cfg(feature = "logging")]
        crate::logging::check()?;
        #[cfg(feature = "otel")]
        crate::otel::check()?;
        #[cfg(unix)]
        let listener = systemd::activated_listener()?;
        #[cfg(not(unix))]
        let listener = None;
        Ok(Self { settings, listener, ..Self::new() })
    }

    /// Sets the agents. Default: every annotated function.
    #[must_use]
    pub fn agents(mut self, agents: impl IntoAgentSet) -> Self {
        self.agents = Some(agents.into_agent_set());
        self
    }

    /// Adds notification handlers: `.on_notification(handlers![work])`. Default: every annotated handler, unless
    /// [`agents`](Self::agents) is called.
    #[must_use]
    pub fn on_notification(mut self, handlers: impl IntoHandlerSet) -> Self {
        self.handlers.extend(handlers.into_handler_set().iter());
        self
    }

    /// Sets the maximum number of notifications and of jobs of [`Background`](crate::Background) that run concurrently (1 to
    /// 256). Further ones are queued, up to 256 in all; beyond that the response is 503 with `Retry-After`. Default: 4.
    #[must_use]
    pub fn background_concurrency(mut self, jobs: usize) -> Self {
        self.settings.background = jobs;
        self
    }

    /// Adds application state, one value per type. Agents take it as [`State<T>`](crate::State).
    #[must_use]
    pub fn state<T: ApplicationState>(mut self, value: T) -> Self {
        self.states.insert(value);
        self
    }

    /// Adds a service to `/readyz`, such as a model server. Its state is reported under its name. The status is 503 until each service
    /// was ready once.
    #[must_use]
    pub fn readiness(mut self, service: impl Readiness) -> Self {
        self.readiness.push(Box::new(service));
        self
    }

    /// Adds a source of values to `/metrics`, such as a model with a cache. Without the feature `metrics` it has no effect.
    #[must_use]
    pub fn metrics(mut self, source: impl MetricSource) -> Self {
        self.metric_sources.push(Box::new(source));
        self
    }

    /// Adds a hook that runs after each successful call, such as that of a model that prepares the image for later calls. Calls by
    /// stages and runs over a project do not run it, and neither does AWS Lambda.
    #[must_use]
    pub fn after_call(mut self, hook: impl AfterCall) -> Self {
        self.after_call.push(Box::new(hook));
        self
    }

    /// Sets the address to listen on. Default: `127.0.0.1`.
    #[must_use]
    pub fn host(mut self, host: impl IntoHost) -> Self {
        (self.settings.host, self.listener) = (host.into_host(), None);
        self
    }

    /// Sets the port to listen on; 0 for a free one. Default: 8080.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        (self.settings.port, self.listener) = (port, None);
        self
    }

    /// Sets a bound socket to listen on, instead of an address.
    #[must_use]
    pub fn listener(mut self, listener: TcpListener) -> Self {
        self.listener = Some(listener);
        self
    }

    /// Enables HTTPS and HTTP/2. `certificate` is the path of a PEM file with the certificate chain, the server's own certificate
    /// first; `key` is that of its private key. Both are reloaded when they change. The environment variables are
    /// `AGENT_TLS_CERT` and `AGENT_TLS_KEY`. Requires the feature `tls`.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, certificate: impl Into<std::path::PathBuf>, key: impl Into<std::path::PathBuf>) -> Self {
        self.settings.tls.certificate = Some(certificate.into());
        self.settings.tls.key = Some(key.into());
        self
    }

    /// Sets the timeout of calls whose agent has none (1 ms to a day). Default: 60 s. An agent that computes without an `.await`
    /// cannot be interrupted: use [`EditorCall::spawn_blocking`](crate::EditorCall::spawn_blocking).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Sets the maximum number of concurrent calls (1 to 65,536). Further calls get 503 with `Retry-After`. A call counts once its body
    /// has arrived and its signature is verified, and until the blocking work that it started has ended, even if the caller
    /// hangs up. Default: 256.
    #[must_use]
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.settings.concurrency = calls;
        self
    }

    /// Sets the number of concurrent calls that are reserved for agents that do not need the platform, so that a slow platform
    /// cannot block them. Must be less than [`concurrency`](Self::concurrency). No calls are reserved if all agents need the
    /// platform, or none does. Default: an eighth of the concurrent calls, rounded down.
    #[must_use]
    pub fn reserve(mut self, calls: usize) -> Self {
        self.settings.reserve = Some(calls);
        self
    }

    /// Sets the memory for bodies that have not arrived in full, in bytes (1 to 1 GiB; one body of maximum size always fits).
    /// When it is full, the largest unfinished body gets 503 with `Retry-After`, and the oldest among those of the same size.
    /// Default: 64 MiB.
    #[must_use]
    pub fn body_buffer(mut self, bytes: usize) -> Self {
        self.settings.body_buffer = bytes;
        self
    }

    /// Sets the maximum number of open connections (1 to 1,048,576). Further ones wait to be accepted. Default: 4096.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.settings.connections = connections;
        self
    }

    /// Sets the maximum size of a request's body, in bytes (1 to 1 GiB). Larger ones get 413. Default: 2 MiB.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// Sets the memory budget of decoded media and large responses of the platform, in bytes (1 MiB to 16 TiB). Calls that need
    /// more than is free wait up to 30 s; calls that need more than the budget fail. Default: half of the memory that the control
    /// group and the operating system report as available at the start.
    #[must_use]
    pub fn memory_budget(mut self, bytes: u64) -> Self {
        self.settings.memory_budget = Some(bytes);
        self
    }

    /// Sets the timeout for a request's head, and then for its body (1 ms to a day). An idle connection is closed after the same
    /// time. Default: 30 s.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.settings.header_timeout = timeout;
        self.settings.body_timeout = timeout;
        self
    }

    /// Sets the time for running calls to finish once the server stops (at most a day). Calls that take longer get 503.
    /// Default: 8 s.
    #[must_use]
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.settings.shutdown_grace = grace;
        self
    }

    /// Allows calls from pages of another origin, such as `https://labels.example.com`, or of all origins that match a regular
    /// expression, such as `^https://[a-z]+\.example\.com$`. The label editor's own origins are always allowed.
    #[must_use]
    pub fn allow_origin(mut self, origin: &str) -> Self {
        let allowed = self.settings.origins.allow(origin);
        self.argument_errors.extend(allowed.err().map(StartError::from));
        self
    }

    /// Trusts the `X-Forwarded-For` and `X-Forwarded-Proto` headers of a proxy, or of all proxies in a network, such as `10.0.0.7`
    /// or `10.0.0.0/8`. The client is then the last address in `X-Forwarded-For` that is not a trusted proxy. From other peers
    /// both headers are ignored. The client's address is `client` in the log, and [`EditorCall::client`]. The environment variable
    /// is `AGENT_PROXIES`.
    ///
    /// [`EditorCall::client`]: crate::EditorCall::client
    #[must_use]
    pub fn trust_proxy(mut self, proxy: &str) -> Self {
        let trusted = self.settings.proxies.trust(proxy);
        self.argument_errors.extend(trusted.err().map(StartError::from));
        self
    }

    /// Sets whether responses have the private causes of errors and the header `Server-Timing`. Default: [`ErrorCauses::Hidden`]. The environment variable is
    /// `AGENT_SHOW_INTERNALS`.
    #[must_use]
    pub fn error_causes(mut self, causes: ErrorCauses) -> Self {
        self.settings.error_causes = causes;
        self
    }

    /// Sets which calls the server does dry runs for. Default: [`DryRuns::SignedCalls`]. The environment variable is
    /// `AGENT_DRY_RUN`.
    #[must_use]
    pub fn dry_runs(mut self, calls: DryRuns) -> Self {
        self.settings.dry_runs = calls;
        self
    }

    /// Sets the target of findings, for agents whose attribute has none. Default: [`FindingsTarget::Response`]. The environment
    /// variable is `AGENT_FINDINGS`.
    #[must_use]
    pub fn findings(mut self, target: FindingsTarget) -> Self {
        self.settings.findings = target;
        self
    }

    /// Sets the version of this deployment, such as an image's tag or a commit. `GET /` has it, and `agent-studio doctor` shows it.
    /// Default: the crates of the agents, with their versions.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        self.settings.version = Some(version.to_owned());
        self
    }

    /// Adds a secret that the platform signs calls with; the platform shows it beside the agent's address. During a rotation, add
    /// both secrets. The environment variable is `ENCORD_WEBHOOK_SECRET`, with one secret per line.
    ///
    /// With a secret, agents accept only signed calls, unless their attribute sets `signature`: label editors in browsers do not
    /// sign calls, and get 401 (contract: `docs/contract/signatures.md#webhook-signature`). A blank secret is an error.
    #[must_use]
    pub fn webhook_secret(mut self, secret: &str) -> Self {
        let secrets = WebhookSecrets::from_lines(secret);
        self.argument_errors.extend(secrets.is_empty().then_some(StartError::BlankSecret));
        self.settings.secrets.extend(secrets);
        self
    }

    /// Sets the platform client. Default: if agents need the platform, a client configured by `ENCORD_SSH_KEY` or
    /// `ENCORD_SSH_KEY_FILE`, and `ENCORD_DOMAIN`.
    #[must_use]
    pub fn platform(self, platform: PlatformClient) -> Self {
        self.state(platform)
    }

    /// Sets whether the start checks that the platform can be reached with the key. The error distinguishes a wrong key, a wrong
    /// region and a network failure. Without agents that need the platform nothing is checked. Default: [`PlatformCheck::Skip`].
    /// The environment variable is `AGENT_CHECK_PLATFORM`.
    #[must_use]
    pub fn platform_check(mut self, check: PlatformCheck) -> Self {
        self.settings.platform_check = check;
        self
    }

    /// Adds projects to check at the start, in addition to the [platform](Self::platform_check). The server does not start if a class of
    /// [`ontology!`](crate::ontology) that an agent extracts does not fit the ontology of a project; the error names what was removed
    /// or changed. Another title is a warning in the log. The environment variable is `AGENT_CHECK_PROJECTS`.
    #[must_use]
    pub fn check_projects(mut self, projects: impl IntoIterator<Item = impl Into<ProjectHash>>) -> Self {
        self.settings.platform_check = PlatformCheck::AtStart;
        self.settings.checked_projects.extend(projects.into_iter().map(Into::into));
        self
    }

    /// Sets the time for which calls share an ontology before it is fetched again (at most a day). Until then agents do not see new
    /// classes. Default: 30 s.
    #[must_use]
    pub fn ontology_age(mut self, age: Duration) -> Self {
        self.settings.ontology_age = age;
        self
    }

    /// Sets the maximum size of the cache of files and decoded frames, in bytes (at most 16 TiB). A later call on the same file does not
    /// download it again, and a later call on the same frame does not decode it again. A file takes at most a quarter of the cache, a
    /// frame at most three quarters. Both stay for at most five minutes; another version of the file replaces them. The cache takes at
    /// most an eighth of the memory budget, and is emptied when calls need the memory. 0 disables the cache. Default: 64 MiB.
    /// The environment variable is `AGENT_FILE_CACHE`.
    #[must_use]
    pub fn file_cache(mut self, bytes: u64) -> Self {
        self.settings.file_cache = bytes;
        self
    }

    /// Sets the maximum number of data units whose label row and storage item are remembered (at most 1,048,576). A later call on one
    /// requests the label row and the storage item together with the listing, which saves a round trip. The listing then confirms
    /// both, so that no call uses a row or an item that was replaced. 0 disables the cache. Default: 2,048. The environment variable is
    /// `AGENT_LOOKUP_CACHE`.
    #[must_use]
    pub fn lookup_cache(mut self, data_units: usize) -> Self {
        self.settings.lookup_cache = data_units;
        self
    }

    /// Sets the verification of saved label rows. Default: [`SaveVerification::Auto`]. The environment
    /// variable is `AGENT_SAVE_VERIFY`.
    #[must_use]
    pub fn save_verification(mut self, verification: SaveVerification) -> Self {
        self.settings.save_verification = verification;
        self
    }

    /// Adds axum routes. They get the transport layers (trace, CORS, panic handling), but not the limits of agents.
    ///
    /// # Panics
    /// When the server is built, if a route is one of the server's or an agent's: axum refuses overlapping routes.
    #[must_use]
    pub fn routes(mut self, routes: Router) -> Self {
        self.beside = self.beside.merge(routes);
        self
    }

    /// Adds a tower layer around every route, inside of the transport layers. The last one added is the outermost.
    ///
    /// The trace of a request is read before these layers, so a layer that changes trace headers does not change it. A layer can
    /// insert another [`Trace`](crate::Trace) into the request's extensions; the response keeps the trace headers of the caller.
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error: Into<Infallible>, Response: IntoResponse, Future: Send>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        self.layers.push(Box::new(move |router| router.layer(layer)));
        self
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("agents", &self.agents)
            .field("settings", &self.settings)
            .field("argument_errors", &self.argument_errors)
            .field("listener", &self.listener)
            .finish_non_exhaustive()
    }
}

impl From<AgentSet> for Server {
    fn from(agents: AgentSet) -> Self {
        Self::new().agents(agents)
    }
}
