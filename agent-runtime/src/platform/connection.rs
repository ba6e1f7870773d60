//! The server's one connection to the platform, and what its calls share of it.

use std::any::type_name;
use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use agent_platform::client::{Platform, TemporaryFile, TraceId, Traffic};
use agent_platform::memory::ByteBudget;

use super::ontologies::Ontologies;
use super::row_locks::RowLocks;
use super::save::{RecentGaps, SaveVerification};
use crate::agent::{AgentSet, SourceLocation};
use crate::call::EditorCall;
use crate::error::AgentError;
use crate::server::{Settings, StartError};
use crate::state::States;
use crate::trace::Trace;

/// What every call of a server shares of the platform.
pub(crate) struct Connection {
    platform: Platform,
    budget: ByteBudget,
    pub(crate) ontologies: Ontologies,
    pub(crate) rows: RowLocks,
    /// How saves are verified.
    pub(super) save_verification: SaveVerification,
    pub(super) recent_gaps: RecentGaps,
    /// The paths of the agents that save the label row they are lent.
    saving: HashSet<&'static str>,
}

/// Who needs the platform first: an agent, or a handler of notifications.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whose {
    pub(crate) name: &'static str,
    pub(crate) location: SourceLocation,
}

type Checking<'states> = Pin<Box<dyn Future<Output = Result<(), StartError>> + Send + 'states>>;

/// How the platform is connected and checked. Only parameters that need the platform name these functions, so that a
/// program without such parameters does not carry the client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlatformHooks {
    /// Connects, unless the server was given a platform; nothing is sent.
    pub(crate) connect: fn(&mut States, &AgentSet, Whose, &Settings) -> Result<(), StartError>,
    /// Whether the platform can be used, asked of the platform.
    pub(crate) check: fn(&States) -> Checking<'_>,
    /// How much was asked of the platform so far.
    pub(crate) traffic: fn(&States) -> Option<Traffic>,
}

impl PlatformHooks {
    pub(crate) const ENCORD: Self = Self { connect, check, traffic };
}

fn connect(states: &mut States, agents: &AgentSet, whose: Whose, settings: &Settings) -> Result<(), StartError> {
    let platform = match states.get::<Platform>() {
        Some(platform) => platform,
        None => Platform::from_env().map_err(|source| StartError::Platform {
            agent: whose.name,
            location: whose.location,
            source: Box::new(source),
        })?,
    };
    let saving = agents.iter().filter(|agent| agent.needs().saves_label_row()).map(|agent| agent.path).collect();
    let (ontologies, rows) = (Ontologies::new(settings.ontology_age), RowLocks::default());
    let (save_verification, recent_gaps) = (settings.save_verification, RecentGaps::default());
    let budget = states.get::<ByteBudget>().unwrap_or_default();
    let connection = Connection { platform, budget, ontologies, rows, save_verification, recent_gaps, saving };
    states.insert(Arc::new(connection));
    // A folder with many files takes a while, and nobody waits for this.
    std::thread::spawn(TemporaryFile::remove_stale);
    Ok(())
}

fn check(states: &States) -> Checking<'_> {
    let connection = states.get::<Arc<Connection>>();
    Box::pin(async move {
        let Some(connection) = connection else { return Ok(()) };
        let checked = connection.platform.check().await;
        checked.map_err(|source| StartError::PlatformCheck { source: Box::new(source) })
    })
}

fn traffic(states: &States) -> Option<Traffic> {
    states.get::<Arc<Connection>>().map(|connection| connection.platform.traffic())
}

impl Connection {
    /// The connection of the server that answers a call.
    pub(super) fn of(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        Self::among(call.states())
    }

    /// The connection of the server with this state.
    pub(super) fn among(states: &States) -> Result<Arc<Self>, AgentError> {
        states.get::<Arc<Self>>().ok_or_else(|| {
            let item = type_name::<super::PlatformClient>();
            AgentError::internal(format!(
                "the server is not connected to the platform, because no parameter of its agents says that it needs it: \
                 declare it in your `FromCall::declare` with `{item}::declare(needs)`"
            ))
        })
    }

    /// The platform, for the requests of one call, whose memory they take part in.
    pub(super) fn platform(&self, call: &EditorCall) -> Platform {
        self.platform_for(call.trace()).with_memory(call.memory().clone())
    }

    /// The platform, for the requests of one trace.
    pub(super) fn platform_for(&self, trace: &Trace) -> Platform {
        let platform = self.platform.with_trace(TraceId::parse(trace.id()).unwrap_or_else(TraceId::fresh));
        platform.with_memory(self.budget.account())
    }

    /// Whether the call's agent saves the label row it is lent.
    pub(super) fn saves_row(&self, call: &EditorCall) -> bool {
        self.saving.contains(call.definition().path)
    }
}
