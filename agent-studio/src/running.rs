//! A local platform that runs.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use agent_platform::auth::Credentials;
use agent_platform::client::{BuildError, Domain, DomainError, Platform};
use agent_platform::labels::{LabelRow, RowError, RowMetadata};
use agent_platform::ontology::Ontology;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::calls::Calls;
use crate::client_key::{ClientKey, KeyNotMade};
use crate::faults::Faults;
use crate::page::{AgentServer, AgentServers};
use crate::project::{ListingFilter, Project, ReadOptions, Refusal};
use crate::server::Shared;

/// A local platform that runs. It ends when this is dropped.
pub struct RunningPlatform {
    address: SocketAddr,
    shared: Arc<Shared>,
    key: ClientKey,
    agent_servers: Option<AgentServers>,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
}

/// Why a client of a local platform cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The key is of no use.
    #[error(transparent)]
    Key(#[from] KeyNotMade),
    /// The address is none.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// The client cannot be set up.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Why a label row was not edited.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError<E> {
    /// The platform refuses it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The row cannot be read.
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

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base address: what `ENCORD_DOMAIN` holds.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The key that was made up for this run and is registered.
    #[must_use]
    pub fn key(&self) -> &ClientKey {
        &self.key
    }

    /// Credentials with that key.
    ///
    /// # Errors
    /// None in practice.
    pub fn credentials(&self) -> Result<Credentials, KeyNotMade> {
        self.key.credentials()
    }

    /// That key as the text of an OpenSSH private key: what `ENCORD_SSH_KEY` holds. A secret.
    ///
    /// # Errors
    /// None in practice.
    pub fn private_key(&self) -> Result<Zeroizing<String>, KeyNotMade> {
        self.key.openssh()
    }

    /// A client of this platform with that key.
    ///
    /// # Errors
    /// The client cannot be set up.
    pub fn client(&self) -> Result<Platform, ClientError> {
        let builder = Platform::builder().credentials(self.credentials()?).domain(Domain::parse(&self.url())?);
        Ok(builder.build()?)
    }

    /// The hashes of the projects, in the order in which they were given.
    #[must_use]
    pub fn project_hashes(&self) -> Vec<Uuid> {
        self.shared.projects.iter().map(|project| project.identity.project).collect()
    }

    /// Offers the agents of a further server on the label editor page, if there is one: for a server that has been started
    /// after the platform.
    pub fn offer_agents(&self, server: AgentServer) {
        if let Some(servers) = &self.agent_servers {
            servers.add(server);
        }
    }

    /// What goes wrong on purpose.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// The calls that reached it.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.shared.calls
    }

    /// Holds every answer back by this much from now on.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.set_latency(latency);
    }

    /// Makes a bearer token that is good as long as the platform runs, of this user. `None` if the system has no random
    /// numbers.
    #[must_use]
    pub fn new_bearer_token(&self, email: &str) -> Option<String> {
        self.shared.auth.callers.new_token(&email.into())
    }

    fn project_of_row(&self, label_hash: &str) -> Result<&Arc<Project>, Refusal> {
        let found = self.shared.projects.iter().find(|project| project.world().place(label_hash).is_some());
        found.ok_or_else(|| Refusal::NotFound(format!("unknown label row {label_hash}")))
    }

    fn project_of_data(&self, data_hash: &str) -> Result<&Arc<Project>, Refusal> {
        let found = self.shared.projects.iter().find(|project| project.world().data(data_hash).is_some());
        found.ok_or_else(|| Refusal::NotFound(format!("unknown data {data_hash}")))
    }

    /// The hash of the label row that the data has on the branch, if it has one.
    #[must_use]
    pub fn label_hash(&self, data_hash: &str, branch: &str) -> Option<String> {
        let project = self.project_of_data(data_hash).ok()?;
        let world = project.world();
        Some(world.data(data_hash)?.rows.get(branch)?.label_hash.clone())
    }

    /// A label row as it is stored, as JSON.
    #[must_use]
    pub fn label_row(&self, label_hash: &str) -> Option<String> {
        let project = self.project_of_row(label_hash).ok()?;
        let world = project.world();
        let (_, row) = world.row(label_hash)?;
        Some(row.document.to_string())
    }

    /// The stage that the task of the data is in, by title.
    #[must_use]
    pub fn stage(&self, data_hash: &str) -> Option<String> {
        let project = self.project_of_data(data_hash).ok()?;
        let stage = project.world().data(data_hash)?.stage;
        project.identity.workflow.stage(stage).map(|stage| stage.title.clone())
    }

    /// The ontology of the project that the data belongs to.
    #[must_use]
    pub fn ontology(&self, data_hash: &str) -> Option<Arc<Ontology>> {
        Some(Arc::clone(&self.project_of_data(data_hash).ok()?.ontology))
    }

    /// Makes a label row where the data has none on the branch; its hash either way. What an annotator does by opening it.
    ///
    /// # Errors
    /// Data that are not there, or a disk that is full.
    pub fn create_label_row(&self, data_hash: &str, branch: &str) -> Result<String, Refusal> {
        let project = self.project_of_data(data_hash)?;
        let labels = project.create(&[data_hash.to_owned()], branch)?;
        labels.into_iter().next().ok_or_else(|| Refusal::NotFound(format!("unknown data {data_hash}")))
    }

    /// Saves a label row as another user, past the network: what an annotator does meanwhile.
    ///
    /// # Errors
    /// What the platform refuses; see [`Refusal`].
    pub fn save_as(&self, email: &str, label_hash: &str, row: &str) -> Result<(), Refusal> {
        self.project_of_row(label_hash)?.save(&[(label_hash.to_owned(), row)], email)
    }

    /// Edits the label row of the data on `main` as another user, past the network; makes one if there is none.
    ///
    /// # Errors
    /// What the platform refuses, or what the edit says.
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
        let filter = ListingFilter::of_data(data_hash);
        if let Some(entry) = project.listing(&filter, |_| None)?.first() {
            row = row.with_metadata(RowMetadata::parse(entry));
        }
        let outcome = edit(&mut row).map_err(EditError::Edit)?;
        project.save(&[(label_hash, &row.to_json())], email)?;
        Ok(outcome)
    }

    /// Stops it: no new connections, and the calls that are being answered are finished.
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
