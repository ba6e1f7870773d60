//! Calls of the agents of this process.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use agent_batch::{AgentCall, AgentResponse, AgentTransport, CallMode, TransportError, TransportErrorKind};
use agent_core::dry_run::{DRY_RUN_HEADER, DRY_RUN_VALUE};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use crate::app::App;
use crate::start_error::StartError;

/// An agent of this process. Its calls pass through all layers of the server except the connection.
pub(super) struct InProcessAgent {
    pub(super) router: Router,
    pub(super) app: Arc<App>,
    pub(super) path: &'static str,
}

impl InProcessAgent {
    fn request(&self, call: AgentCall<'_>) -> Request<Body> {
        let mut payload = json!({"projectHash": call.project, "dataHash": call.data, "frame": call.frame});
        if let Some(objects) = call.objects {
            payload["objectHashes"] = json!(objects);
        }
        let body = payload.to_string();
        let mut request = Request::post(self.path).header(header::CONTENT_TYPE, "application/json");
        if call.mode == CallMode::DryRun {
            request = request.header(DRY_RUN_HEADER, DRY_RUN_VALUE);
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
        let signature =
            self.app.agent_at(self.path).and_then(|agent| agent.served().signature.sign(&now, body.as_bytes()));
        if let Some(signature) = signature {
            request = request.header("x-encord-timestamp", now).header("x-encord-signature", signature);
        }
        request.body(Body::from(body)).unwrap_or_default()
    }

    async fn send(&self, call: AgentCall<'_>) -> Result<AgentResponse, TransportError> {
        let response = self.router.clone().oneshot(self.request(call));
        let response = tokio::time::timeout(call.timeout, response).await;
        let no_response = |message: String| TransportError { message, kind: TransportErrorKind::NoResponse };
        // A router answers every request: its error type has no values.
        let response = response.map_err(|_| no_response("no response in time".to_owned()))?;
        let (parts, body) = response.unwrap_or_else(|never| match never {}).into_parts();
        let retry_after = parts.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.unwrap_or_default().to_owned();
        let body = body.collect().await.map_err(|error| no_response(error.to_string()))?;
        Ok(AgentResponse { status: parts.status.as_u16(), retry_after, body: body.to_bytes().to_vec() })
    }
}

impl fmt::Debug for InProcessAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcessAgent").field("path", &self.path).finish_non_exhaustive()
    }
}

impl AgentTransport for InProcessAgent {
    fn call<'c>(&'c self, call: AgentCall<'c>) -> BoxFuture<'c, Result<AgentResponse, TransportError>> {
        Box::pin(self.send(call))
    }
}

/// Returns the path of an agent by its path or the name of its function, or of the only agent.
pub(super) fn find_agent(app: &App, wanted: Option<&str>) -> Result<&'static str, StartError> {
    let mut agents = app.agents.iter().map(|served| &served.agent.definition);
    let found = match wanted {
        Some(wanted) => {
            let name = wanted.trim_start_matches('/');
            agents.find(|agent| agent.name == name || agent.path.trim_start_matches('/') == name)
        }
        None if app.agents.len() == 1 => agents.next(),
        None => None,
    };
    let paths = || app.agents.iter().map(|served| served.agent.definition.path).collect::<Vec<_>>().join(", ");
    let error = || match wanted {
        Some(wanted) => format!("there is no agent `{wanted}`; there are {}", paths()),
        None => format!("the program has several agents: choose one with --agent. There are {}", paths()),
    };
    found.map(|agent| agent.path).ok_or_else(|| StartError::Run(error().into()))
}
