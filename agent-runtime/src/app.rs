//! Agents, handlers and limits of a server, shared by all of its calls.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Once};

use agent_core::after_call::AfterCall;
use agent_core::agent::Agent;
use agent_core::background::Pool;
use agent_core::metrics::MetricSource;
use agent_core::notification::{NotificationHandler, Takes};
use agent_core::readiness::Readiness;
use agent_core::service::SharedService;
use agent_core::states::States;
use agent_platform::client::Traffic;

use crate::body_buffer::BodyBuffer;
use crate::call_limits::{AgentLimit, CallLimits};
use crate::drain_report::DrainReport;
use crate::lifecycle::Lifecycle;
use crate::metrics::{AgentMetrics, Metrics, Readings};
use crate::notification::Inbox;
use crate::served_stage::{ServedStage, StageWakes};
use crate::settings::Settings;
use crate::start_error::StartError;
use crate::webhook_signature::SignatureCheck;

/// An agent with its signature policy, limits and metrics on one server.
pub(crate) struct ServedAgent {
    pub(crate) agent: &'static Agent,
    pub(crate) signature: SignatureCheck,
    pub(crate) limit: AgentLimit,
    pub(crate) metrics: AgentMetrics,
    /// Warns of a message that the platform cuts, the first time only.
    pub(crate) long_message: Once,
}

/// A handler of notifications with its signature policy and the deliveries that it has seen.
pub(crate) struct ServedHandler {
    pub(crate) handler: &'static NotificationHandler,
    pub(crate) signature: SignatureCheck,
    pub(crate) takes: Takes,
    pub(crate) inbox: Inbox,
}

/// State that all calls of a server share.
pub(crate) struct App {
    pub(crate) agents: Vec<ServedAgent>,
    /// Positions in `agents`.
    pub(crate) agents_by_path: HashMap<&'static str, usize>,
    pub(crate) states: Arc<States>,
    /// Services whose state `/readyz` reports.
    pub(crate) readiness: Vec<Box<dyn Readiness>>,
    /// Sources of further values for `/metrics`.
    pub(crate) metric_sources: Vec<Box<dyn MetricSource>>,
    /// Hooks that run after successful calls.
    pub(crate) after_call: Vec<Box<dyn AfterCall>>,
    /// Handlers of notifications.
    pub(crate) handlers: Vec<Arc<ServedHandler>>,
    /// Background work.
    pub(crate) background: Arc<Pool>,
    pub(crate) settings: Settings,
    /// The connection to the platform, if an agent needs it.
    pub(crate) platform: Option<&'static dyn SharedService>,
    /// The permits of running calls.
    pub(crate) calls: CallLimits,
    /// Memory for bodies of requests that are not admitted yet.
    pub(crate) bodies: BodyBuffer,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) metrics: Metrics,
    /// The workflow stages that agents work on.
    pub(crate) stages: Vec<ServedStage>,
    /// The worker of the stages, if there are any.
    pub(crate) stage_worker: Option<&'static StageWorker>,
    pub(crate) stage_wakes: Arc<StageWakes>,
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The functions that work on stages. Only agents with a stage refer to them.
pub struct StageWorker {
    /// The connection to the platform.
    pub(crate) service: &'static dyn SharedService,
    /// The handler of notifications about tasks.
    pub(crate) handler: &'static NotificationHandler,
    /// Checks the stages at the start.
    pub(crate) check: for<'a> fn(&'a Arc<App>) -> Boxed<'a, Result<(), StartError>>,
    /// Starts the work in the background.
    pub(crate) serve: fn(&Arc<App>),
    /// Drains every stage once.
    pub(crate) drain: for<'a> fn(&'a Arc<App>) -> Boxed<'a, Result<DrainReport, StartError>>,
}

impl std::fmt::Debug for StageWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StageWorker")
    }
}

/// An agent of a server, and the server's state, which it keeps alive. Calls share one reference count instead of several.
#[derive(Clone)]
pub(crate) struct AgentHandle {
    app: Arc<App>,
    index: usize,
}

impl AgentHandle {
    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    pub(crate) fn served(&self) -> &ServedAgent {
        &self.app.agents[self.index]
    }
}

impl App {
    /// Returns the agent at a path.
    pub(crate) fn agent_at(self: &Arc<Self>, path: &str) -> Option<AgentHandle> {
        let index = *self.agents_by_path.get(path)?;
        Some(AgentHandle { app: Arc::clone(self), index })
    }

    /// Returns the paths of all agents and notification handlers.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &'static str> {
        let handlers = self.handlers.iter().map(|served| served.handler.path);
        self.agents.iter().map(|served| served.agent.definition.path).chain(handlers)
    }

    /// Returns the version of the deployment: the configured one, or the crates of its agents and handlers.
    pub(crate) fn version(&self) -> String {
        let agents = self.agents.iter().map(|served| served.agent.definition.package);
        let handlers = self.handlers.iter().map(|served| served.handler.package);
        let crates = || agents.chain(handlers).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ");
        self.settings.version.clone().unwrap_or_else(crates)
    }

    /// Returns the number of requests to the platform so far. `None` if no agent needs it.
    pub(crate) fn traffic(&self) -> Option<Traffic> {
        self.platform?.traffic(&self.states)
    }

    /// Returns the current values for `/metrics`.
    pub(crate) fn readings(&self) -> Readings {
        Readings {
            traffic: self.traffic(),
            budget: self.states.get(),
            background_open: self.background.open(),
            stages: self.stages.iter().map(ServedStage::reading).collect(),
            further: self.metric_sources.iter().flat_map(|source| source.metrics()).collect(),
        }
    }
}
