//! A running local platform.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use agent_platform::auth::Credentials;
use agent_platform::client::{BuildError, Domain, DomainError, PlatformClient};
use agent_platform::labels::{LabelRow, RowError, RowMetadata};
use agent_platform::ontology::Ontology;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::calls::Calls;
use crate::client_key::{ClientKey, KeyGenerationError};
use crate::faults::Faults;
use crate::page::{AgentServer, AgentServers};
use crate::project::{ListingFilter, Project, ReadOptions, Refusal};
use crate::server::Shared;

/// A running local platform. It is stopped when this is dropped.
pub struct RunningPlatform {
    address: SocketAddr,
    shared: Arc<Shared>,
    key: ClientKey,
    agent_servers: Option<AgentServers>,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
}

/// Error of creating a client of a local platform.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The key is invalid.
    #[error(transparent)]
    Key(#[from] KeyGenerationError),
    /// The URL is invalid.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// The client cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Error of editing a label row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError<E> {
    /// The platform rejects the row.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The row cannot be parsed.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The edit failed.
    #[error(transparent)]
    Edit(E),
}

impl RunningPlatform {
    pub(crate) fn new(
        address: SocketAddr,
        shared: Arc<Shared>,
        key: ClientKey,
        agent_servers: Option<AgentServers>,
        stop: watch::Sender<bool>,
        server: JoinHandle<()>,
    ) -> Self {
        Self { address, shared, key, agent_servers, stop, server: Some(server) }
    }

    /// Returns the address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL, the value of `ENCORD_DOMAIN`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the registered key that was generated for this run.
    #[must_use]
    pub fn key(&self) -> &ClientKey {
        &self.key
    }

    /// Returns credentials with that key.
    ///
    /// # Errors
    /// None in practice.
    pub fn credentials(&self) -> Result<Credentials, KeyGenerationError> {
        self.key.credentials()
    }

    /// Returns that key in OpenSSH format, the value of `ENCORD_SSH_KEY`. It is a secret.
    ///
    /// # Errors
    /// None in practice.
    pub fn private_key(&self) -> Result<Zeroizing<String>, KeyGenerationError> {
        self.key.openssh()
    }

    /// Creates a client of this platform with that key.
    ///
    /// # Errors
    /// The client cannot be built.
    pub fn client(&self) -> Result<PlatformClient, ClientError> {
        let builder = PlatformClient::builder().credentials(self.credentials()?).domain(Domain::parse(&self.url())?);
        Ok(builder.build()?)
    }

    /// Returns the project hashes, in the order of the builder.
    #[must_use]
    pub fn project_hashes(&self) -> Vec<Uuid> {
        self.shared.projects.iter().map(|project| project.identity.project).collect()
    }

    /// Offers the agents of another server on the label editor page, for a server that starts after the platform. Has
    /// no effect without a page.
    pub fn offer_agents(&self, server: AgentServer) {
        if let Some(servers) = &self.agent_servers {
            servers.add(server);
        }
    }

    /// Returns the active faults.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Returns the call log.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.shared.calls
    }

    /// Sets the latency added to every response from now on.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.set_latency(latency);
    }

    fn project_of_row(&self, label_hash: &str) -> Result<&Arc<Project>, Refusal> {
        let found = self.shared.projects.iter().find(|project| project.world().locate(label_hash).is_some());
        found.ok_or_else(|| Refusal::NotFound(format!("unknown label row {label_hash}")))
    }

    fn project_of_data(&self, data_hash: &str) -> Result<&Arc<Project>, Refusal> {
        let found = self.shared.projects.iter().find(|project| project.world().data(data_hash).is_some());
        found.ok_or_else(|| Refusal::NotFound(format!("unknown data {data_hash}")))
    }

    /// Returns the hash of the label row of a data unit on a branch.
    #[must_use]
    pub fn label_hash(&self, data_hash: &str, branch: &str) -> Option<String> {
        let project = self.project_of_data(data_hash).ok()?;
        let world = project.world();
        Some(world.data(data_hash)?.rows.get(branch)?.label_hash.clone())
    }

    /// Returns the stored document of a label row, as JSON.
    #[must_use]
    pub fn label_row(&self, label_hash: &str) -> Option<String> {
        let project = self.project_of_row(label_hash).ok()?;
        let world = project.world();
        let (_, row) = world.row(label_hash)?;
        Some(row.document.to_string())
    }

    /// Returns the hashes and titles of all data units.
    pub(crate) fn data_titles(&self) -> Vec<(String, String)> {
        let titles = self.shared.projects.iter().flat_map(|project| {
            project.world().data.iter().map(|data| (data.hash.clone(), data.title.clone())).collect::<Vec<_>>()
        });
        titles.collect()
    }

    /// Returns the label rows on `main`, by data hash.
    pub(crate) fn main_rows(&self) -> HashMap<String, String> {
        let rows = self.shared.projects.iter().flat_map(|project| {
            let world = project.world();
            let rows = world
                .data
                .iter()
                .filter_map(|data| data.rows.get("main").map(|row| (data.hash.clone(), row.document.to_string())));
            rows.collect::<Vec<_>>()
        });
        rows.collect()
    }

    /// Returns the title of the stage of a data unit's task.
    #[must_use]
    pub fn stage(&self, data_hash: &str) -> Option<String> {
        let project = self.project_of_data(data_hash).ok()?;
        let stage = project.world().data(data_hash)?.stage;
        project.identity.workflow.stage(stage).map(|stage| stage.title.clone())
    }

    /// Returns the priority of a data unit's task, 0 to 1.
    #[must_use]
    pub fn priority(&self, data_hash: &str) -> Option<f64> {
        let project = self.project_of_data(data_hash).ok()?;
        let world = project.world();
        world.data(data_hash).map(|data| data.priority)
    }

    /// Restores the initial state of all projects in memory: label rows, tasks and storage items. Projects in folders
    /// keep their state. Faults and the call log are not affected.
    pub fn reset_projects(&self) {
        self.shared.projects.iter().for_each(|project| project.reset());
    }

    /// Returns the ontology of a data unit's project.
    #[must_use]
    pub fn ontology(&self, data_hash: &str) -> Option<Arc<Ontology>> {
        Some(Arc::clone(&self.project_of_data(data_hash).ok()?.ontology))
    }

    /// Creates the label row of a data unit on a branch if it is missing, and returns its hash. An annotator does the
    /// same by opening the data unit.
    ///
    /// # Errors
    /// The data unit is unknown, or the row cannot be written.
    pub fn create_label_row(&self, data_hash: &str, branch: &str) -> Result<String, Refusal> {
        let project = self.project_of_data(data_hash)?;
        let labels = project.create(&[data_hash.to_owned()], branch)?;
        labels.into_iter().next().ok_or_else(|| Refusal::NotFound(format!("unknown data {data_hash}")))
    }

    /// Saves a label row as another user, without a request, to simulate a concurrent annotator.
    ///
    /// # Errors
    /// The platform rejects the row; see [`Refusal`].
    pub fn save_as(&self, email: &str, label_hash: &str, row: &str) -> Result<(), Refusal> {
        self.project_of_row(label_hash)?.save(&[(label_hash.to_owned(), row)], email)
    }

    /// Edits the label row of a data unit on `main` as another user, without a request. Creates the row if it is
    /// missing.
    ///
    /// # Errors
    /// The platform rejects the row, or `edit` fails.
    pub fn edit_as<T, E>(
        &self,
        email: &str,
        data_hash: &str,
        edit: impl FnOnce(&mut LabelRow) -> Result<T, E>,
    ) -> Result<T, EditError<E>> {
        let project = self.project_of_data(data_hash)?;
        let label_hash = self.create_label_row(data_hash, "main")?;
        let rows = project.read(std::slice::from_ref(&label_hash), &ReadOptions::default(), |_| None)?;
        let text = rows.first().map(ToString::to_string).unwrap_or_default();
        let mut row = LabelRow::parse(text, Arc::clone(&project.ontology))?.with_author(email);
        let filter = ListingFilter::for_data(data_hash);
        if let Some(entry) = project.listing(&filter, |_| None)?.first() {
            row = row.with_metadata(RowMetadata::parse(entry));
        }
        let outcome = edit(&mut row).map_err(EditError::Edit)?;
        project.save(&[(label_hash, &row.to_json())], email)?;
        Ok(outcome)
    }

    /// Shuts down gracefully: accepts no new connections and waits for running calls.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        if let Some(server) = self.server.take() {
            let _ = server.await;
        }
    }
}

impl fmt::Debug for RunningPlatform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("RunningPlatform");
        out.field("address", &self.address).field("projects", &self.shared.projects).finish_non_exhaustive()
    }
}

impl Drop for RunningPlatform {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}
