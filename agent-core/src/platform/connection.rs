//! The connection to the platform that the calls of a server share.

use std::sync::Arc;
use std::time::Duration;

use agent_platform::client::{PlatformClient, TemporaryFile, TraceId, Traffic};

use super::drift::CheckedProjects;
use super::lookups::{DEFAULT_LOOKUP_CACHE, LookupCacheSize, Lookups};
use super::ontologies::Ontologies;
use super::recent_gaps::RecentGaps;
use super::save_verification::SaveVerification;
use crate::call::Call;
use crate::error::AgentError;
use crate::row_locks::RowLocks;
use crate::service::{ServiceCheck, ServiceError, SharedService};
use crate::states::States;

/// Default maximum age of a cached ontology.
pub const DEFAULT_ONTOLOGY_AGE: Duration = Duration::from_secs(30);

/// The connection that all calls of a server share.
pub(crate) struct Connection {
    client: PlatformClient,
    pub(crate) ontologies: Ontologies,
    pub(crate) rows: RowLocks,
    /// Held while an agent changes the issues of a data unit, by data unit and path of the agent.
    pub(crate) issues: RowLocks,
    pub(crate) lookups: Lookups,
    /// Verification of saves.
    pub(crate) save_verification: SaveVerification,
    pub(crate) recent_gaps: RecentGaps,
}

/// Maximum age of a cached ontology, as a shared value of the server.
#[derive(Debug, Clone, Copy)]
pub struct OntologyAge(pub Duration);

/// Default maximum size of the cache of files and decoded frames, in bytes.
pub const DEFAULT_FILE_CACHE: u64 = 64 << 20;

/// Maximum size of the cache of files and decoded frames, in bytes, as a shared value of the server. 0 disables the cache.
#[derive(Debug, Clone, Copy)]
pub struct FileCacheSize(pub u64);

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
            connection.client.check().await?;
            let projects: CheckedProjects = states.get().unwrap_or_default();
            projects.check(&connection.client).await
        })
    }

    fn traffic(&self, states: &States) -> Option<Traffic> {
        states.get::<Arc<Connection>>().map(|connection| connection.client.traffic())
    }
}

impl PlatformService {
    /// Returns the platform client of a server, for requests of its own with this trace.
    ///
    /// # Errors
    /// A missing or invalid setting.
    pub fn client(states: &States, trace: &TraceId) -> Result<PlatformClient, ServiceError> {
        let connection = states.get_or_try_insert(|| Connection::open(states))?;
        Ok(connection.client.with_trace(trace.clone()))
    }
}

impl Connection {
    /// Returns the connection of the server that serves the call. It is opened now if no parameter has declared that it needs the
    /// platform.
    pub(crate) fn for_call(call: &impl Call) -> Result<Arc<Self>, AgentError> {
        call.states().get_or_try_insert(|| Self::open(call.states())).map_err(AgentError::internal)
    }

    /// Creates the connection of a server, with the platform that the server was given or the one of the environment.
    fn open(states: &States) -> Result<Arc<Self>, ServiceError> {
        let client = match states.get::<PlatformClient>() {
            Some(client) => client,
            None => PlatformClient::from_env()?,
        };
        let OntologyAge(age) = states.get().unwrap_or(OntologyAge(DEFAULT_ONTOLOGY_AGE));
        // A folder with many files takes a while, and nobody waits for this.
        std::thread::spawn(TemporaryFile::remove_stale);
        Ok(Arc::new(Self {
            client,
            ontologies: Ontologies::new(age),
            rows: RowLocks::default(),
            issues: RowLocks::default(),
            lookups: Lookups::new(states.get().unwrap_or(LookupCacheSize(DEFAULT_LOOKUP_CACHE))),
            save_verification: states.get().unwrap_or_default(),
            recent_gaps: RecentGaps::default(),
        }))
    }

    /// Returns the client for the requests of one call.
    pub(crate) fn client(&self, call: &impl Call) -> PlatformClient {
        let trace = call.trace().id().clone();
        let mut client = self.client.with_trace(trace).with_memory(call.memory().clone());
        if let Some(stopwatch) = call.platform_stopwatch() {
            client = client.with_stopwatch(stopwatch.clone());
        }
        if call.is_dry_run() { client.read_only() } else { client }
    }
}
