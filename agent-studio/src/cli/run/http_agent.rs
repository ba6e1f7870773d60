//! Calls of an agent over HTTP.

use agent_batch::{AgentCall, AgentResponse, AgentTransport, CallMode, TransportError, TransportErrorKind};
use agent_platform::client::TraceId;
use agent_platform::labels::DRY_RUN_HEADER;
use futures_util::future::BoxFuture;
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use zeroize::Zeroizing;

use crate::agent_payload::AgentPayload;
use crate::outgoing::{RequestError, send, signature_headers};

/// An agent behind a URL.
#[derive(Debug)]
pub(super) struct HttpAgent {
    pub(super) client: reqwest::Client,
    pub(super) url: Url,
    /// The secret that calls are signed with.
    pub(super) secret: Option<Zeroizing<String>>,
}

impl HttpAgent {
    async fn send(&self, call: AgentCall<'_>) -> Result<AgentResponse, TransportError> {
        let payload = AgentPayload {
            project_hash: call.project,
            data_hash: call.data,
            frame: call.frame,
            object_hashes: call.objects,
        };
        let body = serde_json::to_vec(&payload).unwrap_or_default();
        let mut request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        request = request.header("x-cloud-trace-context", format!("{}/1;o=1", TraceId::fresh()));
        if let Some(secret) = &self.secret {
            for (name, value) in signature_headers(secret, &body) {
                request = request.header(name, value);
            }
        }
        if call.mode == CallMode::DryRun {
            request = request.header(DRY_RUN_HEADER, "true");
        }
        let response = send(request.body(body).timeout(call.timeout)).await.map_err(|error| failure(&error))?;
        let retry_after = response.header("retry-after").to_owned();
        Ok(AgentResponse { status: response.status, retry_after, body: response.body })
    }
}

impl AgentTransport for HttpAgent {
    fn call<'c>(&'c self, call: AgentCall<'c>) -> BoxFuture<'c, Result<AgentResponse, TransportError>> {
        Box::pin(self.send(call))
    }
}

fn failure(error: &RequestError) -> TransportError {
    let kind = match error {
        RequestError::Http(error) if error.is_connect() => TransportErrorKind::NotSent,
        RequestError::Http(_) => TransportErrorKind::NoResponse,
        RequestError::TooLarge => TransportErrorKind::InvalidResponse,
    };
    TransportError { message: error.to_string(), kind }
}
