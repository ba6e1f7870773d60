//! The server: what it serves, under which limits, from start to stop.

mod activity;
mod banner;
mod builder;
#[cfg(feature = "tls")]
mod certificate;
mod check;
mod connection;
#[cfg(unix)]
mod inherited;
mod lifecycle;
mod listen;
mod service_manager;
mod settings;
mod signals;
mod start_error;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;
#[cfg(feature = "tls")]
mod validity;

use std::sync::Arc;

use agent_platform::client::Traffic;
use tokio::sync::Semaphore;

pub use builder::Server;
pub(crate) use lifecycle::Lifecycle;
pub use listen::RunningServer;
pub(crate) use settings::Settings;
pub use start_error::StartError;

use crate::http::{ServedAgent, ServedHandler};
use crate::metrics::Metrics;
use crate::notification::Inbox;
use crate::platform::PlatformHooks;
use crate::state::States;

/// What every call of a server shares.
pub(crate) struct App {
    pub(crate) agents: Vec<Arc<ServedAgent>>,
    pub(crate) states: Arc<States>,
    /// What takes notifications.
    pub(crate) handlers: Vec<Arc<ServedHandler>>,
    /// The notifications that are worked on.
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) settings: Settings,
    /// How the platform is reached, if an agent needs it.
    pub(crate) platform: Option<PlatformHooks>,
    /// One permit per call under way.
    pub(crate) permits: Semaphore,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) metrics: Metrics,
}

impl App {
    /// Where agents and handlers of notifications are served.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &'static str> {
        let handlers = self.handlers.iter().map(|served| served.handler.path);
        self.agents.iter().map(|served| served.agent.path).chain(handlers)
    }

    /// How much was asked of the platform so far; nothing if no agent needs it.
    pub(crate) fn traffic(&self) -> Option<Traffic> {
        (self.platform?.traffic)(&self.states)
    }
}

/// Serves every annotated agent until SIGTERM or ctrl-c, configured by the environment: `Server::from_env()?.serve()`.
///
/// With `--help` among the program's arguments it prints the environment variables instead, and returns.
///
/// # Errors
/// Those of [`Server::from_env`] and [`Server::serve`].
pub async fn serve() -> Result<(), StartError> {
    if std::env::args().skip(1).any(|argument| argument == "--help" || argument == "-h") {
        banner::print_help();
        return Ok(());
    }
    Server::from_env()?.serve().await
}
