//! Calling agents in tests: no port, no server, the same answers.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::Value;
use tower::ServiceExt;
use zeroize::Zeroizing;

pub use agent_platform::auth::webhook_signature as signature;

use crate::http::TransportLayer;
use crate::server::Server;
use crate::start_error::StartError;
use agent_core::background::Pool;

/// Calls agents in-process, through everything that a request over the network goes through except the connection.
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
/// let answer = client.call("/which-frame", &payload().on_frame(7)).await;
/// assert_eq!(answer.message(), Some("Frame 7"));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct TestClient {
    router: Router,
    background: Arc<Pool>,
    secret: Option<Zeroizing<String>>,
}

/// A payload with made-up hashes, for tests that do not care about them.
#[must_use]
pub fn payload() -> crate::AgentPayload {
    crate::AgentPayload::new(uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2))
}

impl TestClient {
    /// A client for a set of agents, or for a whole [`Server`] with its state and settings.
    ///
    /// # Errors
    /// Everything that keeps such a server from starting.
    pub fn new(server: impl Into<Server>) -> Result<Self, StartError> {
        let (app, router) = server.into().build()?;
        let background = Arc::clone(&app.background);
        Ok(Self { router: router.layer(TransportLayer(app)), background, secret: None })
    }

    /// Signs every call with this secret, as the platform does.
    #[must_use]
    pub fn signing_with(self, secret: &str) -> Self {
        Self { secret: Some(Zeroizing::new(secret.to_owned())), ..self }
    }

    /// Calls the agent at `path` with a payload, which may be any JSON.
    pub async fn call(&self, path: &str, payload: &impl Serialize) -> TestAnswer {
        let body = serde_json::to_vec(payload).unwrap_or_default();
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(secret) = &self.secret {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
            let signature = signature(secret, &now, &body);
            request = request.header("x-encord-timestamp", now).header("x-encord-signature", signature);
        }
        self.send(request.body(Body::from(body)).unwrap_or_default()).await
    }

    /// Waits until nothing goes on in the background: neither notifications, nor what agents left to
    /// [`Background`](crate::Background).
    pub async fn idle(&self) {
        self.background.idle().await;
    }

    /// Reads a path, such as `/`.
    pub async fn get(&self, path: &str) -> TestAnswer {
        self.send(Request::builder().method(Method::GET).uri(path).body(Body::empty()).unwrap_or_default()).await
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<Body>) -> TestAnswer {
        // A router answers every request: its error type has no values.
        let response = self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
        let json = serde_json::from_slice(&body).ok();
        TestAnswer { status: parts.status, headers: parts.headers, body, json }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct TestAnswer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    json: Option<Value>,
}

impl TestAnswer {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as text, with what is not UTF-8 replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `Null` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> &Value {
        self.json.as_ref().unwrap_or(&Value::Null)
    }

    /// What the annotator reads, of an answer or of an error.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.json().get("message")?.as_str()
    }

    /// What the agent decided.
    #[must_use]
    pub fn decision(&self) -> Option<&str> {
        self.json().get("decision")?.as_str()
    }
}
