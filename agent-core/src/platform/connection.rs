//! The connection to the platform that the calls of a server share.

use std::sync::Arc;
use std::time::Duration;

use agent_platform::client::{Platform, TemporaryFile, TraceId, Traffic};
use agent_platform::memory::ByteBudget;

use super::ontologies::Ontologies;
use super::recent_gaps::RecentGaps;
use super::row_locks::RowLocks;
use super::save_verification::SaveVerification;
use crate::agent::call::EditorCall;
use crate::error::AgentError;
use crate::service::{ServiceCheck, ServiceError, SharedService};
use crate::states::States;
use crate::trace::Trace;

/// Default maximum age of a cached ontology.
pub const DEFAULT_ONTOLOGY_AGE: Duration = Duration::from_secs(30);

/// The connection that all calls of a server share.
pub(crate) struct Connection {
    platform: Platform,
    budget: ByteBudget,
    pub(crate) ontologies: Ontologies,
    pub(crate) rows: RowLocks,
    /// How saves are verified.
    pub(crate) save_verification: SaveVerification,
    pub(crate) recent_gaps: RecentGaps,
}

/// Maximum age of a cached ontology, as a shared value of the server.
#[derive(Debug, Clone, Copy)]
pub struct OntologyAge(pub Duration);

/// The connection to the Encord platform.
#[derive(Debug)]
pub struct PlatformService;

impl SharedService for PlatformService {
    fn set_up(&self, states: &mut States) -> Result<(), ServiceError> {
        let connection = Connection::open(states)?;
        states.insert(connection);
        Ok(())
    }

    fn check<'states>(&self, states: &'states States) -> ServiceCheck<'states> {
        let connection = states.get::<Arc<Connection>>();
        Box::pin(async move {
            let Some(connection) = connection else { return Ok(()) };
            Ok(connection.platform.check().await?)
        })
    }

    fn traffic(&self, states: &States) -> Option<Traffic> {
        states.get::<Arc<Connection>>().map(|connection| connection.platform.traffic())
    }
}

impl Connection {
    /// The connection of the server that answers a call.
    pub(crate) fn of(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        Self::among(call.states())
    }

    /// Creates the connection of a server, with the platform that the server was given or the one of the environment.
    fn open(states: &States) -> Result<Arc<Self>, ServiceError> {
        let platform = match states.get::<Platform>() {
            Some(platform) => platform,
            None => Platform::from_env()?,
        };
        let OntologyAge(age) = states.get().unwrap_or(OntologyAge(DEFAULT_ONTOLOGY_AGE));
        let budget = states.get::<ByteBudget>().unwrap_or_default();
        // A folder with many files takes a while, and nobody waits for this.
        std::thread::spawn(TemporaryFile::remove_stale);
        Ok(Arc::new(Self {
            platform,
            budget,
            ontologies: Ontologies::new(age),
            rows: RowLocks::default(),
            save_verification: states.get().unwrap_or_default(),
            recent_gaps: RecentGaps::default(),
        }))
    }

    /// The connection of the server with these shared values. It is opened now if no parameter has declared that it needs the platform.
    pub(crate) fn among(states: &States) -> Result<Arc<Self>, AgentError> {
        states.get_or_try_insert(|| Self::open(states)).map_err(AgentError::internal)
    }

    /// The platform, for the requests of one call.
    pub(crate) fn platform(&self, call: &EditorCall) -> Platform {
        self.platform_for(call.trace()).with_memory(call.memory().clone())
    }

    /// The platform, for the requests of one trace.
    pub(crate) fn platform_for(&self, trace: &Trace) -> Platform {
        let platform = self.platform.with_trace(TraceId::parse(trace.id()).unwrap_or_else(TraceId::fresh));
        platform.with_memory(self.budget.account())
    }
}
