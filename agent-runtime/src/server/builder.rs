//! Putting a server together.

use std::convert::Infallible;
use std::net::{IpAddr, TcpListener};
use std::time::Duration;

use agent_platform::client::Platform;
use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tokio::sync::Semaphore;
use tower::{Layer, Service};

#[cfg(unix)]
use super::inherited;
use super::{Settings, StartError};
use crate::agent::AgentSet;
use crate::notification::{NotificationHandler, OnNotification};
use crate::signed::WebhookSecrets;
use crate::state::{ApplicationState, States};

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
            listener: None,
            beside: Router::new(),
            layers: Vec::new(),
        }
    }

    /// A server configured by the environment, for every annotated agent. `cargo run -- --help` lists the variables of a
    /// program that calls [`serve`](crate::serve). What is set after this wins.
    ///
    /// A socket that systemd passes (`LISTEN_FDS`) is listened on instead of `HOST` and `PORT`.
    ///
    /// # Errors
    /// A variable whose value makes no sense, or a socket that cannot be listened on.
    pub fn from_env() -> Result<Self, StartError> {
        let settings = Settings::from_variables(|name| std::env::var(name).ok())?;
        #[cfg(unix)]
        let listener = inherited::listener()?;
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

    /// How many notifications, and works that agents leave to [`Background`](crate::Background), are worked on at once, at
    /// least 1; more wait, up to 256 in all, and others are answered 503 with `Retry-After`. 4 unless set.
    #[must_use]
    pub fn background_concurrency(mut self, works: usize) -> Self {
        self.settings.background = works.max(1);
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

    /// How long one call may take unless its agent says otherwise; 60 s unless set. An agent that computes without an
    /// `.await` cannot be interrupted: use `tokio::task::spawn_blocking`.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// How many calls run at once, at least 1; more are answered 503 with `Retry-After`. 256 unless set.
    #[must_use]
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.settings.concurrency = calls.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How many connections are open at once, at least 1; more wait. 4096 unless set.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.settings.connections = connections.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How large a request's body may be, in bytes; 2 MiB unless set.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// How long a request's head, and then its body, may take to arrive; 30 s unless set. An idle connection is closed
    /// after as long.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.settings.header_timeout = timeout;
        self.settings.body_timeout = timeout;
        self
    }

    /// How long running calls may still take once the server is told to stop; 8 s unless set. What is not done by then is
    /// answered 503.
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
    /// sign nothing and are answered 401 (contract: `platform-api.md`, section 10).
    #[must_use]
    pub fn webhook_secret(mut self, secret: &str) -> Self {
        self.settings.secrets.extend(WebhookSecrets::of_lines(secret));
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

    /// How long calls share an ontology before it is fetched again; 30 s unless set. Until then an agent does not see
    /// classes that were added.
    #[must_use]
    pub fn ontology_age(mut self, age: Duration) -> Self {
        self.settings.ontology_age = age;
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
