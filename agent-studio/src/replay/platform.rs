//! A local platform that serves the project of one case after the other.

use agent_platform::labels::LabelDifference;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Body;
use hyper::{Request, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use super::replay_error::ReplayError;
use crate::cases::{AgentResponse, Case, CaseError, Outcome};
use crate::client_key::ClientKey;
use crate::local_platform::{LocalPlatform, LocalPlatformError};
use crate::project::{MAIN, Project};
use crate::server::serve;

/// The user of a registered key.
const USER: &str = "agent@example.test";

/// A local platform at one address, whose project is replaced for each case. It is stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct ReplayPlatform {
    address: SocketAddr,
    key: ClientKey,
    /// A further registered key.
    key_id: Option<String>,
    /// The routes of the current project.
    current: Arc<RwLock<Router>>,
    server: JoinHandle<()>,
    _stop: watch::Sender<bool>,
}

/// The project of a case while it is served.
#[derive(Debug)]
pub(super) struct ServedCase<'c> {
    case: &'c Case,
    project: Arc<Project>,
}

impl ReplayPlatform {
    /// Starts a platform without a project, so that agents can check their key. `key_id` is a further accepted key.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub(crate) async fn start(address: SocketAddr, key_id: Option<String>) -> Result<Self, LocalPlatformError> {
        let failed = |source| LocalPlatformError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let key = ClientKey::random()?;
        let (_, empty) = builder(key_id.as_deref()).open(&key)?;
        let current = Arc::new(RwLock::new(empty));
        let routes = Arc::clone(&current);
        let forward = move |request: Request<Body>| {
            let router = routes.read().unwrap_or_else(PoisonError::into_inner).clone();
            async move {
                let response: Result<Response<Body>, Infallible> = router.oneshot(request).await;
                let Ok(response) = response;
                response
            }
        };
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve(listener, Router::new().fallback(forward), stopped));
        Ok(Self { address, key, key_id, current, server, _stop: stop })
    }

    /// Returns the base URL, the value of `ENCORD_DOMAIN`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the generated key.
    pub(super) fn key(&self) -> &ClientKey {
        &self.key
    }

    /// Serves the project of a case, as it was before the call.
    ///
    /// # Errors
    /// The project is invalid.
    pub(super) fn show<'c>(&self, case: &'c Case) -> Result<ServedCase<'c>, ReplayError> {
        let (shared, router) = builder(self.key_id.as_deref()).project(case.source()?).open(&self.key)?;
        let project = shared.projects.first().map(Arc::clone);
        let project = project.ok_or_else(|| CaseError::content(&case.folder, &"it has no project"))?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = router;
        Ok(ServedCase { case, project })
    }
}

impl Drop for ReplayPlatform {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl ServedCase<'_> {
    /// Returns the outcome of a call, from its response and the labels now.
    ///
    /// # Errors
    /// A label row cannot be parsed.
    pub(super) fn outcome(&self, response: AgentResponse) -> Result<Outcome, ReplayError> {
        let after = {
            let world = self.project.world();
            let row = world.data(&self.case.project.data.data_hash).and_then(|data| data.rows.get(MAIN));
            row.map(|row| Arc::clone(&row.document))
        };
        let changes = LabelDifference::from_documents(self.case.row(), after.as_deref(), &self.project.ontology);
        let changes = changes.map_err(|error| CaseError::content(&self.case.folder, &error))?;
        Ok(Outcome { response, changes })
    }
}

fn builder(key_id: Option<&str>) -> crate::LocalPlatformBuilder {
    let builder = LocalPlatform::builder();
    match key_id {
        Some(key_id) => builder.public_key(USER, key_id),
        None => builder,
    }
}
