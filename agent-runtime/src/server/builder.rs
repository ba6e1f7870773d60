//! Putting a server together.

use std::convert::Infallible;
use std::net::{IpAddr, TcpListener};
use std::time::Duration;

use agent_platform::client::Platform;
use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower::{Layer, Service};

#[cfg(unix)]
use super::systemd;
use crate::settings::Settings;
use crate::start_error::StartError;
use crate::webhook_signature::WebhookSecrets;
use agent_core::agent::AgentSet;
use agent_core::extract::ApplicationState;
use agent_core::notification::{NotificationHandler, OnNotification};
use agent_core::platform::SaveVerification;
use agent_core::states::States;

/// A server of editor agents.
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
///     .allow_origin("https://labels.example.com")?;
/// # let _ = server.into_router()?;
/// # Ok(())
/// # }
/// # build().unwrap();
/// ```
pub struct Server {
    pub(super) agents: Option<AgentSet>,
    pub(super) handlers: Vec<&'static NotificationHandler>,
    pub(super) states: States,
    pub(super) settings: Settings,
    /// Whether a blank secret was given.
    pub(super) blank_secret: bool,
    /// What is listened on instead of an address.
    pub(super) listener: Option<TcpListener>,
    pub(super) beside: Router,
    pub(super) layers: Vec<Box<dyn FnOnce(Router) -> Router + Send>>,
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl Server {
    /// A server with the default settings, for every annotated agent. Listens on `127.0.0.1:8080`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            agents: None,
            handlers: Vec::new(),
            states: States::default(),
            settings: Settings::default(),
            blank_secret: false,
            listener: None,
            beside: Router::new(),
            layers: Vec::new(),
        }
    }

    /// Configures a server by the environment, for every annotated agent. `cargo run -- --help` lists the variables of a
    /// program that calls [`serve`](crate::serve). Settings made after this win.
    ///
    /// A variable that is set must be usable. A blank value is an error and not the same as an unset variable, so that a
    /// secret that got lost on its way here does not switch the check of signatures off.
    ///
    /// A socket that systemd passes (`LISTEN_FDS`) is listened on instead of `HOST` and `PORT`.
    ///
    /// # Errors
    /// A variable is blank, not UTF-8, malformed or out of range, or a socket cannot be listened on.
    pub fn from_env() -> Result<Self, StartError> {
        let settings = Settings::from_variables(|name| std::env::var_os(name))?;
        #[cfg(feature = "logging")]
        crate::logging::check()?;
        #[cfg(unix)]
        let listener = systemd::activated_listener()?;
        #[cfg(not(unix))]
        let listener = None;
        Ok(Self { settings, listener, ..Self::new() })
    }

    /// Serves these agents, and not every annotated function.
    #[must_use]
    pub fn agents(mut self, agents: AgentSet) -> Self {
        self.agents = Some(agents);
        self
    }

    /// Serves this handler of notifications. Without this and without [`agents`](Self::agents): every annotated one.
    #[must_use]
    pub fn on_notification<H: OnNotification>(mut self) -> Self {
        self.handlers.push(H::HANDLER);
        self
    }

    /// Maximum number of notifications and of works left to [`Background`](crate::Background) that run at once (1 to 256).
    /// Further ones wait, up to 256 in all; beyond that the response is 503 with `Retry-After`. Default: 4.
    #[must_use]
    pub fn background_concurrency(mut self, works: usize) -> Self {
        self.settings.background = works;
        self
    }

    /// Gives the agents application state, one value per type; they take it as [`State<T>`](crate::State).
    #[must_use]
    pub fn state<T: ApplicationState>(mut self, value: T) -> Self {
        self.states.insert(value);
        self
    }

    /// The address to listen on.
    #[must_use]
    pub fn host(mut self, host: impl Into<IpAddr>) -> Self {
        (self.settings.host, self.listener) = (host.into(), None);
        self
    }

    /// The port to listen on; 0 for a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        (self.settings.port, self.listener) = (port, None);
        self
    }

    /// Listens on this socket, which is bound already, instead of an address.
    #[must_use]
    pub fn listener(mut self, listener: TcpListener) -> Self {
        self.listener = Some(listener);
        self
    }

    /// Speaks HTTPS, with HTTP/2 for callers that want it: `certificate` is the path of a PEM file with the server's own
    /// certificate first and those that signed it after it, `key` that of its private key. Both are read again when they
    /// change. From the environment they are `AGENT_TLS_CERT` and `AGENT_TLS_KEY`. Needs the feature `tls`.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, certificate: impl Into<std::path::PathBuf>, key: impl Into<std::path::PathBuf>) -> Self {
        self.settings.tls.certificate = Some(certificate.into());
        self.settings.tls.key = Some(key.into());
        self
    }

    /// Timeout of one call whose agent sets none (1 ms to a day). Default: 60 s. An agent that computes without an `.await`
    /// cannot be interrupted: use `tokio::task::spawn_blocking`.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Maximum number of concurrent calls (1 to 65,536). Further calls get 503 with `Retry-After`. A call counts once its body
    /// has arrived and its signature is verified, and until the blocking work that it started has ended, even if the caller
    /// hangs up. Default: 256.
    #[must_use]
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.settings.concurrency = calls;
        self
    }

    /// Number of concurrent calls that are kept for agents that do not need the platform: agents that need it may run only the
    /// rest, so that a slow platform cannot block the others. Must be less than [`concurrency`](Self::concurrency). No calls are
    /// kept if all agents need the platform, or none does. Default: an eighth of the concurrent calls, rounded down.
    #[must_use]
    pub fn reserve(mut self, calls: usize) -> Self {
        self.settings.reserve = Some(calls);
        self
    }

    /// Memory for bodies that have not arrived in full, in bytes (1 to 1 GiB, and at least one body fits). When it is full,
    /// the largest unfinished body is refused with 503 and `Retry-After`, and the oldest among those of the same size.
    /// Default: 64 MiB.
    #[must_use]
    pub fn body_buffer(mut self, bytes: usize) -> Self {
        self.settings.body_buffer = bytes;
        self
    }

    /// Maximum number of open connections (1 to 1,048,576). Further ones wait. Default: 4096.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.settings.connections = connections;
        self
    }

    /// Maximum size of a request's body, in bytes (1 to 1 GiB). Default: 2 MiB.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// Sets the memory that decoded media and large responses of the platform may take together, in bytes, at least 1 MiB.
    /// Calls that need more than is left wait up to 30 s; a need above the whole budget is refused. Default: half of the memory
    /// that is available at the start, as the control group and the operating system say.
    #[must_use]
    pub fn memory_budget(mut self, bytes: u64) -> Self {
        self.settings.memory_budget = Some(bytes);
        self
    }

    /// Timeout for a request's head, and then for its body, to arrive (1 ms to a day). An idle connection is closed after
    /// the same time. Default: 30 s.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.settings.header_timeout = timeout;
        self.settings.body_timeout = timeout;
        self
    }

    /// Time that running calls have to finish once the server is told to stop (at most a day). Calls that run longer get
    /// 503. Default: 8 s.
    #[must_use]
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.settings.shutdown_grace = grace;
        self
    }

    /// Lets pages of a further origin call, e.g. `https://labels.example.com`, or those of every origin that a pattern
    /// matches as a whole, e.g. `^https://[a-z]+\.example\.com$`. The label editor's own may always.
    ///
    /// # Errors
    /// What is neither an origin nor a pattern that starts with `^`, ends with `$` and is a regular expression.
    pub fn allow_origin(mut self, origin: &str) -> Result<Self, StartError> {
        self.settings.origins.allow(origin)?;
        Ok(self)
    }

    /// Believes a proxy at this address, or proxies in this network, e.g. `10.0.0.7` or `10.0.0.0/8`, about who calls: the
    /// caller is then the last address in `X-Forwarded-For` that is no such proxy, and reached the proxy as `X-Forwarded-Proto`
    /// says. From everybody else both are ignored. It is what the log calls `client`, and [`EditorCall::client`] gives; from the
    /// environment it is `AGENT_PROXIES`.
    ///
    /// [`EditorCall::client`]: crate::EditorCall::client
    ///
    /// # Errors
    /// What is neither an address nor a network.
    pub fn trust_proxy(mut self, proxy: &str) -> Result<Self, StartError> {
        self.settings.proxies.trust(proxy)?;
        Ok(self)
    }

    /// Sends the private cause of errors as `detail`. For development: it may hold what no annotator should see.
    #[must_use]
    pub fn show_internals(mut self, show: bool) -> Self {
        self.settings.show_internals = show;
        self
    }

    /// What this deployment calls itself in `GET /`, such as an image's tag or a commit: `agent-studio doctor` shows it. Unless
    /// set: the crates that the agents are in, with their versions.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        self.settings.version = Some(version.to_owned());
        self
    }

    /// A secret that the platform signs calls with, as it shows it beside the agent's address. Add a second one while it
    /// replaces the first: both count. From the environment it is `ENCORD_WEBHOOK_SECRET`, several one per line.
    ///
    /// Once there is one, agents take signed calls only, unless their attribute says otherwise: label editors in browsers
    /// sign nothing and are answered 401 (contract: `platform-api.md`, section 10). A server that is given a blank secret does
    /// not start.
    #[must_use]
    pub fn webhook_secret(mut self, secret: &str) -> Self {
        let secrets = WebhookSecrets::from_lines(secret);
        self.blank_secret |= secrets.is_empty();
        self.settings.secrets.extend(secrets);
        self
    }

    /// The client with which agents reach the platform. Without it, a server whose agents need the platform makes one from
    /// the environment: `ENCORD_SSH_KEY` or `ENCORD_SSH_KEY_FILE`, and `ENCORD_DOMAIN`.
    #[must_use]
    pub fn platform(self, platform: Platform) -> Self {
        self.state(platform)
    }

    /// Asks the platform at the start whether it can be used, and does not start if not: the error tells a wrong key, a
    /// wrong region and no network apart. Not asked unless set, nor if no agent needs the platform.
    #[must_use]
    pub fn check_platform(mut self, check: bool) -> Self {
        self.settings.check_platform = check;
        self
    }

    /// Time for which calls share an ontology before it is fetched again (at most a day). Until then an agent does not see
    /// classes that were added. Default: 30 s.
    #[must_use]
    pub fn ontology_age(mut self, age: Duration) -> Self {
        self.settings.ontology_age = age;
        self
    }

    /// Sets how saved label rows are verified, or that they are not. Default: [`SaveVerification::Auto`]. The environment
    /// variable is `AGENT_SAVE_VERIFY`.
    #[must_use]
    pub fn save_verification(mut self, verification: SaveVerification) -> Self {
        self.settings.save_verification = verification;
        self
    }

    /// Serves further axum routes beside the agents. They get trace, CORS and panic handling, not the agents' limits.
    ///
    /// # Panics
    /// When the server is built, if a route is one of the server's or an agent's: axum refuses overlapping routes.
    #[must_use]
    pub fn routes(mut self, routes: Router) -> Self {
        self.beside = self.beside.merge(routes);
        self
    }

    /// Wraps every route in a tower layer; the last one added is the outermost. What it answers gets trace and CORS too.
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

impl From<AgentSet> for Server {
    fn from(agents: AgentSet) -> Self {
        Self::new().agents(agents)
    }
}
