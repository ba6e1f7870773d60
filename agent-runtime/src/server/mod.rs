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
#[cfg(feature = "lambda")]
mod lambda;
mod lifecycle;
mod listen;
mod place;
mod ranges;
mod service_manager;
mod settings;
mod signals;
mod start;
mod start_error;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;
#[cfg(feature = "tls")]
mod validity;
mod variables;

use std::collections::BTreeSet;
use std::sync::Arc;

use agent_platform::client::Traffic;

pub use builder::Server;
pub(crate) use lifecycle::Lifecycle;
pub use listen::RunningServer;
pub(crate) use settings::Settings;
pub use start_error::StartError;

use place::Place;

use crate::background::Pool;
use crate::call_permit::CallLimits;
use crate::http::{BodyBuffer, ServedAgent, ServedHandler};
use crate::metrics::Metrics;
use crate::platform::PlatformHooks;
use crate::state::States;

/// What every call of a server shares.
pub(crate) struct App {
    pub(crate) agents: Vec<Arc<ServedAgent>>,
    pub(crate) states: Arc<States>,
    /// What takes notifications.
    pub(crate) handlers: Vec<Arc<ServedHandler>>,
    /// What goes on after answers.
    pub(crate) background: Arc<Pool>,
    pub(crate) settings: Settings,
    /// How the platform is reached, if an agent needs it.
    pub(crate) platform: Option<PlatformHooks>,
    /// The permits of running calls.
    pub(crate) calls: CallLimits,
    /// The memory for bodies of requests that are not admitted yet.
    pub(crate) bodies: BodyBuffer,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) metrics: Metrics,
}

impl App {
    /// Where agents and handlers of notifications are served.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &'static str> {
        let handlers = self.handlers.iter().map(|served| served.handler.path);
        self.agents.iter().map(|served| served.agent.path).chain(handlers)
    }

    /// What runs: what the deployment calls itself, or the crates of agents and handlers.
    pub(crate) fn version(&self) -> String {
        let agents = self.agents.iter().map(|served| served.agent.package);
        let handlers = self.handlers.iter().map(|served| served.handler.package);
        let crates = || agents.chain(handlers).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ");
        self.settings.version.clone().unwrap_or_else(crates)
    }

    /// How much was asked of the platform so far; nothing if no agent needs it.
    pub(crate) fn traffic(&self) -> Option<Traffic> {
        (self.platform?.traffic)(&self.states)
    }
}

/// Serves every annotated agent until SIGTERM or ctrl-c, configured by the environment: `Server::from_env()?.serve()`.
/// In AWS Lambda it answers the function's events instead of listening: see [`Server::serve`].
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
    match Server::from_env() {
        Ok(server) => server.serve().await,
        Err(error) => Err(Place::here().told(error).await),
    }
}
