//! Calling agents in tests, without a port or a server process.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower::ServiceExt;
use zeroize::Zeroizing;

pub use agent_platform::auth::webhook_signature as signature;

use crate::http::TransportLayer;
use crate::server::Server;
use crate::settings::DryRuns;
use crate::start_error::StartError;
use agent_core::background::Pool;
use agent_core::dry_run::{DRY_RUN_HEADER, DRY_RUN_VALUE};
use agent_platform::labels::LabelDifference;

/// A client that calls agents in-process. Requests pass through all layers except the connection.
///
/// ```
/// use agent_runtime::prelude::*;
/// use agent_runtime::testing::{TestClient, payload};
///
/// #[editor_agent]
/// async fn which_frame(Frame(frame): Frame) -> String {
///     format!("Frame {frame}")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = TestClient::new(agents![which_frame]).unwrap();
/// let response = client.call("/which-frame", &payload().on_frame(7)).await;
/// assert_eq!(response.message(), Some("Frame 7"));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct TestClient {
    router: Router,
    background: Arc<Pool>,
    secret: Option<Zeroizing<String>>,
    is_dry_run: bool,
}

/// Returns a payload with arbitrary project and data hashes.
#[must_use]
pub fn payload() -> crate::AgentPayload {
    crate::AgentPayload::new(uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2))
}

impl TestClient {
    /// Creates a client for a set of agents, or for a [`Server`] with its state and settings. The server does
    /// [dry runs](Self::dry_run) for it.
    ///
    /// # Errors
    /// The errors of [`Server::into_router`].
    pub fn new(server: impl Into<Server>) -> Result<Self, StartError> {
        let (app, router) = server.into().dry_runs(DryRuns::Everyone).build()?;
        let background = Arc::clone(&app.background);
        Ok(Self { router: router.layer(TransportLayer(app)), background, secret: None, is_dry_run: false })
    }

    /// Signs every call with this secret, as the platform does.
    #[must_use]
    pub fn signing_with(self, secret: &str) -> Self {
        Self { secret: Some(Zeroizing::new(secret.to_owned())), ..self }
    }

    /// Asks for dry runs: nothing is saved, and [`TestResponse::label_differences`] has the changes.
    ///
    /// ```no_run
    /// # use agent_runtime::AgentSet;
    /// # use agent_runtime::testing::{TestClient, payload};
    /// # async fn example(agents: AgentSet) {
    /// let client = TestClient::new(agents).unwrap().dry_run();
    /// let response = client.call("/simplify", &payload()).await;
    /// assert_eq!(response.label_differences()[0].to_string(), "\
    /// changed Cup a1b2c3d4 on frame 0: polygon of 120 points in 0.1, 0.2, 0.3 × 0.4 → polygon of 34 points in 0.1, 0.2, 0.3 × 0.4");
    /// # }
    /// ```
    #[must_use]
    pub fn dry_run(self) -> Self {
        Self { is_dry_run: true, ..self }
    }

    /// Calls the agent at `path` with a payload, which may be any JSON.
    pub async fn call(&self, path: &str, payload: &impl Serialize) -> TestResponse {
        let body = serde_json::to_vec(payload).unwrap_or_default();
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        if self.is_dry_run {
            request = request.header(DRY_RUN_HEADER, DRY_RUN_VALUE);
        }
        if let Some(secret) = &self.secret {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
            let signature = signature(secret, &now, &body);
            request = request.header("x-encord-timestamp", now).header("x-encord-signature", signature);
        }
        self.send(request.body(Body::from(body)).unwrap_or_default()).await
    }

    /// Waits until no background work is left: neither notifications, nor work left to [`Background`](crate::Background).
    pub async fn idle(&self) {
        self.background.idle().await;
    }

    /// Sends a `GET` request to a path such as `/`.
    pub async fn get(&self, path: &str) -> TestResponse {
        self.send(Request::builder().method(Method::GET).uri(path).body(Body::empty()).unwrap_or_default()).await
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<Body>) -> TestResponse {
        // A router answers every request: its error type has no values.
        let response = self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
        let json = serde_json::from_slice(&body).ok();
        TestResponse { status: parts.status, headers: parts.headers, body, json }
    }
}

/// A response, with its whole body.
#[derive(Debug, Clone)]
pub struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    json: Option<Value>,
}

impl TestResponse {
    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body as text. Invalid UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body as JSON. `Null` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> &Value {
        self.json.as_ref().unwrap_or(&Value::Null)
    }

    /// Returns the message shown to the annotator, of a result or an error.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.json().get("message")?.as_str()
    }

    /// Returns the label changes of a [dry run](TestClient::dry_run): a difference for each save. Empty if nothing would have been
    /// saved, or if the call was no dry run.
    #[must_use]
    pub fn label_differences(&self) -> Vec<LabelDifference> {
        let labels = self.json().pointer("/dryRun/labels");
        labels.and_then(|labels| Vec::deserialize(labels).ok()).unwrap_or_default()
    }

    /// Asserts that the call succeeded with this message.
    ///
    /// # Panics
    /// It did not. The panic shows the whole response.
    #[track_caller]
    pub fn assert_message(&self, message: &str) {
        let succeeded = self.status.is_success() && self.message() == Some(message);
        assert!(succeeded, "expected the message {message:?}, received {}: {}", self.status, self.text());
    }

    /// Asserts that the call failed with this status and message.
    ///
    /// # Panics
    /// It did not. The panic shows the whole response.
    #[track_caller]
    pub fn assert_error(&self, status: u16, message: &str) {
        let failed = self.status == status && self.message() == Some(message);
        assert!(failed, "expected {status} {message:?}, received {}: {}", self.status, self.text());
    }

    /// Returns the agent's decision.
    #[must_use]
    pub fn decision(&self) -> Option<&str> {
        self.json().get("decision")?.as_str()
    }
}
