//! The server: what it serves, under which limits, from start to stop.

mod activity;
mod banner;
mod builder;
mod check;
mod lifecycle;
mod listen;
mod settings;
mod signals;
mod start_error;

use std::sync::Arc;

use tokio::sync::Semaphore;

pub use builder::Server;
pub(crate) use lifecycle::Lifecycle;
pub use listen::RunningServer;
pub(crate) use settings::Settings;
pub use start_error::StartError;

use crate::agent::{Agent, AgentSet};
use crate::http::ServedHandler;
use crate::notification::Inbox;
use crate::platform::PlatformHooks;
use crate::signed::SignatureCheck;
use crate::state::States;

/// What every call of a server shares.
pub(crate) struct App {
    pub(crate) agents: AgentSet,
    pub(crate) states: Arc<States>,
    /// What takes notifications.
    pub(crate) handlers: Vec<Arc<ServedHandler>>,
    /// The notifications that are worked on.
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) settings: Settings,
    /// What each agent demands of its callers, in the order of the agents.
    pub(crate) signatures: Vec<Arc<SignatureCheck>>,
    /// How the platform is reached, if an agent needs it.
    pub(crate) platform: Option<PlatformHooks>,
    /// One permit per call under way.
    pub(crate) permits: Semaphore,
    pub(crate) lifecycle: Lifecycle,
}

impl App {
    /// The agents, each with what it demands of its callers.
    pub(crate) fn served(&self) -> impl Iterator<Item = (&'static Agent, &Arc<SignatureCheck>)> {
        self.agents.iter().zip(&self.signatures)
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
