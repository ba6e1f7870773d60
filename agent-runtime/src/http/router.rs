//! Which path leads where, and what every answer has in common.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};

use super::error_response::json_response;
use super::notified::{self, ServedHandler};
use super::{accept, endpoint, page};
use crate::agent::Agent;
use crate::error::{AgentError, ErrorStatus};
use crate::server::App;
use crate::signed::SignatureCheck;

/// The server's own paths, which no agent can have. `agent-macros/src/path.rs` has the same list.
pub(crate) const RESERVED_PATHS: [&str; 5] = ["/", "/healthz", "/readyz", "/metrics", "/openapi.json"];

/// Every route of the server; [`TransportLayer`](super::TransportLayer) goes around them. `beside` holds the routes that
/// the application adds.
pub(crate) fn router(app: &Arc<App>, beside: Router) -> Router {
    let mut router =
        Router::new().route("/", get(listing)).route("/healthz", get(healthz)).route("/readyz", get(readyz));
    for (agent, signature) in app.served() {
        router = router.route(agent.path, agent_route(app, agent, signature));
    }
    for handler in &app.handlers {
        router = router.route(handler.handler.path, handler_route(app, handler));
    }
    router.fallback(not_found).method_not_allowed_fallback(method_not_allowed).with_state(Arc::clone(app)).merge(beside)
}

fn agent_route(
    app: &Arc<App>,
    agent: &'static Agent,
    signature: &Arc<SignatureCheck>,
) -> axum::routing::MethodRouter<Arc<App>> {
    let (app, signature) = (Arc::clone(app), Arc::clone(signature));
    post(move |request: Request| endpoint::answer(Arc::clone(&app), agent, Arc::clone(&signature), request))
        .fallback(move || async move { call_with_post(agent) })
}

fn handler_route(app: &Arc<App>, handler: &Arc<ServedHandler>) -> axum::routing::MethodRouter<Arc<App>> {
    let (app, handler) = (Arc::clone(app), Arc::clone(handler));
    post(move |request: Request| notified::answer(Arc::clone(&app), Arc::clone(&handler), request))
}

async fn listing(State(app): State<Arc<App>>, headers: HeaderMap) -> Response<Body> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let mut response = if accept::wants_page(&headers) { page::html(&app, host) } else { page::json(&app) };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Origin"));
    response
}

/// The process runs.
async fn healthz() -> Response<Body> {
    json_response(StatusCode::OK, r#"{"status":"ok"}"#)
}

/// New calls are welcome. Not so once the server is stopping.
async fn readyz(State(app): State<Arc<App>>) -> Response<Body> {
    if app.lifecycle.is_serving() {
        return json_response(StatusCode::OK, r#"{"status":"ready"}"#);
    }
    AgentError::new(ErrorStatus::ServiceUnavailable, "The server is stopping.").into_response()
}

async fn not_found(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let path = request.uri().path();
    let alike = |agent: &&Agent| path.trim_matches('/').eq_ignore_ascii_case(agent.path.trim_matches('/'));
    let hint = match app.agents.iter().find(alike) {
        Some(agent) => format!("Did you mean `{}`?", agent.path),
        None => "`GET /` lists the agents.".to_owned(),
    };
    AgentError::new(ErrorStatus::NotFound, format!("There is no agent at `{path}`. {hint}")).into_response()
}

fn call_with_post(agent: &Agent) -> Response<Body> {
    let message = format!("`{}` is an editor agent: call it with POST.", agent.path);
    let mut response = AgentError::new(ErrorStatus::MethodNotAllowed, message).into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

async fn method_not_allowed() -> Response<Body> {
    AgentError::new(ErrorStatus::MethodNotAllowed, "This path is read with GET.").into_response()
}
