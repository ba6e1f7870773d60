//! The routes of a server.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Router};

use super::caller::Caller;
#[cfg(feature = "openapi")]
use super::description;
use super::error_response::{ErrorResponse, json_response};
use super::notification_endpoint;
use super::readiness::readyz;
use super::{accept, call, listing, page};
use crate::app::{AgentHandle, App, ServedHandler};
use agent_core::error::ErrorStatus;

/// The server's own paths, which no agent can have. `agent-macros/src/attribute/path.rs` has the same list.
pub(crate) const RESERVED_PATHS: [&str; 6] = ["/", "/docs", "/healthz", "/readyz", "/metrics", "/openapi.json"];

/// Descriptions of a path, for the 405 of other methods than `POST`.
const AGENT: &str = "is an editor agent: call it";
const HANDLER: &str = "takes notifications: send them";

/// Builds all routes of a server, without the transport layers. `beside` has the application's routes.
pub(crate) fn router(app: &Arc<App>, beside: Router) -> Router {
    let mut router = Router::new()
        .route("/", get(index))
        .route("/docs", get(docs))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz));
    #[cfg(feature = "openapi")]
    {
        router = router.route("/openapi.json", get(openapi_document(app)));
    }
    if app.metrics.is_enabled() {
        router = router.route("/metrics", get(metrics));
    }
    for path in app.agents.iter().map(|served| served.agent.definition.path) {
        if let Some(agent) = app.agent_at(path) {
            router = router.route(path, agent_route(path, agent));
        }
    }
    for handler in &app.handlers {
        router = router.route(handler.handler.path, handler_route(app, handler));
    }
    router.fallback(unmatched).method_not_allowed_fallback(method_not_allowed).with_state(Arc::clone(app)).merge(beside)
}

fn agent_route(path: &'static str, agent: AgentHandle) -> axum::routing::MethodRouter<Arc<App>> {
    post(move |request: Request| call::respond(agent.clone(), request))
        .fallback(move || async move { sent_with_post(path, AGENT) })
}

fn handler_route(app: &Arc<App>, handler: &Arc<ServedHandler>) -> axum::routing::MethodRouter<Arc<App>> {
    let (path, app, handler) = (handler.handler.path, Arc::clone(app), Arc::clone(handler));
    post(move |request: Request| notification_endpoint::respond(Arc::clone(&app), Arc::clone(&handler), request))
        .fallback(move || async move { sent_with_post(path, HANDLER) })
}

/// The list of agents: a page for browsers, JSON for tools.
async fn index(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Caller>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let mut response = if accept::wants_page(&headers) {
        page::index(&app, &base(caller.as_deref(), &uri, &headers))
    } else {
        listing::json(&app)
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Origin"));
    response
}

/// The documentation of the agents.
async fn docs(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Caller>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    page::docs(&app, &base(caller.as_deref(), &uri, &headers))
}

/// Returns the URL at which the client reached the server, such as `http://HOST`.
fn base(caller: Option<&Caller>, uri: &Uri, headers: &HeaderMap) -> String {
    // HTTP/2 has the host in the address.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(Authority::as_str));
    let scheme = if caller.is_some_and(|caller| caller.encrypted) { "https" } else { "http" };
    format!("{scheme}://{}", host.unwrap_or("127.0.0.1:8080"))
}

/// Returns the handler of the OpenAPI document. It is made on the first request, and kept.
#[cfg(feature = "openapi")]
fn openapi_document(app: &Arc<App>) -> impl Fn() -> std::future::Ready<Response<Body>> + Clone + Send + Sync + 'static {
    let (app, document) = (Arc::clone(app), Arc::new(std::sync::OnceLock::<axum::body::Bytes>::new()));
    move || {
        let document = document.get_or_init(|| description::document(&app).into());
        std::future::ready(json_response(StatusCode::OK, document.clone()))
    }
}

/// Liveness: the process runs.
async fn healthz() -> Response<Body> {
    json_response(StatusCode::OK, r#"{"status":"ok"}"#)
}

/// Metrics for Prometheus.
async fn metrics(State(app): State<Arc<App>>) -> Response<Body> {
    let mut response = Response::new(Body::from(app.metrics.text(&app.readings())));
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Responds to a request that matched no route. If the router is nested in another server, the path is normalized only after
/// matching, and can then be that of an agent.
async fn unmatched(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let path = request.uri().path();
    if let Some(agent) = app.agent_at(path) {
        return match *request.method() {
            Method::POST => call::respond(agent, request).await,
            _ => sent_with_post(path, AGENT),
        };
    }
    if let Some(served) = app.handlers.iter().find(|served| served.handler.path == path).map(Arc::clone) {
        return match *request.method() {
            Method::POST => notification_endpoint::respond(app, served, request).await,
            _ => sent_with_post(path, HANDLER),
        };
    }
    not_found(&app, path)
}

fn not_found(app: &App, path: &str) -> Response<Body> {
    let alike = |served: &&str| path.trim_matches('/').eq_ignore_ascii_case(served.trim_matches('/'));
    let hint = match app.paths().find(alike) {
        Some(served) => format!("Did you mean `{served}`?"),
        None => "`GET /` lists the agents.".to_owned(),
    };
    ErrorResponse::new(ErrorStatus::NotFound, format!("There is no agent at `{path}`. {hint}")).into_response()
}

fn sent_with_post(path: &str, what: &str) -> Response<Body> {
    let message = format!("`{path}` {what} with POST.");
    let mut response = ErrorResponse::new(ErrorStatus::MethodNotAllowed, message).into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

async fn method_not_allowed() -> Response<Body> {
    ErrorResponse::new(ErrorStatus::MethodNotAllowed, "This path is read with GET.").into_response()
}
