//! JSON API of the page.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{get, post};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::data_unit::{RowLocation, main};
use super::problem::{Problem, json};
use super::save_case::CallToSave;
use super::signed_call::SignedCall;
use super::{Editor, guard, listing};

/// Maximum request body, in bytes.
const MAX_BODY_BYTES: usize = 64 << 20;

type ApiResult = Result<String, Problem>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    user: &'a str,
    agent_servers: Vec<ServerEntry<'a>>,
    version: &'a str,
    /// `true` if `agent-studio dev` builds and runs the agents.
    has_dev_status: bool,
    /// `true` if the studio has a folder for calls that are saved as tests.
    can_save_cases: bool,
    /// `true` if responses of model servers are recorded.
    records_models: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServerEntry<'a> {
    url: &'a str,
    title: &'a str,
    /// Environment variable with the signing secret.
    secret_from: Option<&'a str>,
    /// `true` if that variable is set.
    can_sign: bool,
}

pub(super) fn routes(editor: &Arc<Editor>) -> Router {
    Router::new()
        .route("/page/api/session", get(session))
        .route("/page/api/dev-status", get(dev_status))
        .route("/page/api/projects", get(projects))
        .route("/page/api/ontology", get(ontology))
        .route("/page/api/rust-paths", get(rust_paths))
        .route("/page/api/data", get(data))
        .route("/page/api/version", get(version))
        .route("/page/api/edits", post(edits))
        .route("/page/api/restore", post(restore))
        .route("/page/api/preview", post(apply_preview))
        .route("/page/api/signed-call", post(signed_call))
        .route("/page/api/cases", post(save_case))
        .route("/page/api/task", post(move_task))
        .layer(from_fn_with_state(Arc::clone(editor), require_same_origin))
        .with_state(Arc::clone(editor))
}

async fn require_same_origin(State(editor): State<Arc<Editor>>, request: Request, next: Next) -> Response<Body> {
    match guard::check(request.method(), request.headers(), &editor.hosts) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.response(),
    }
}

async fn session(State(editor): State<Arc<Editor>>) -> Response<Body> {
    let servers = editor.servers.all();
    let session = Session {
        user: &editor.user,
        agent_servers: servers.iter().map(ServerEntry::new).collect(),
        version: env!("CARGO_PKG_VERSION"),
        has_dev_status: editor.dev_status.is_some(),
        can_save_cases: editor.cases.is_some(),
        records_models: editor.models.position().is_some(),
    };
    // Serializing a struct of plain values cannot fail.
    respond(Ok(serde_json::to_string(&session).unwrap_or_default()))
}

impl<'a> ServerEntry<'a> {
    fn new(server: &'a super::AgentServer) -> Self {
        let can_sign = server.secret().is_some();
        Self { url: &server.origin, title: &server.title, secret_from: server.secret.as_deref(), can_sign }
    }
}

async fn projects(State(editor): State<Arc<Editor>>) -> Response<Body> {
    run_blocking(move || Ok(listing::projects(&editor))).await
}

async fn ontology(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    respond(project_param(&request).and_then(|hash| Ok(editor.project(hash)?.structure.clone())))
}

/// Returns the paths in the types of `ontology!` by feature hash.
async fn rust_paths(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    respond(project_param(&request).and_then(|hash| {
        let paths = editor.project(hash)?.ontology.rust_paths();
        let by_hash: BTreeMap<_, _> = paths.iter().map(|item| (item.feature_hash().as_str(), item.path())).collect();
        // Serializing a map of texts cannot fail.
        Ok(serde_json::to_string(&by_hash).unwrap_or_default())
    }))
}

async fn data(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let location = location_param(&request);
    run_blocking(move || editor.open(&location?)).await
}

/// Returns the version of the row and the stage of the task, so that the page can detect saves and moves by others, and the position
/// of the recorders of model servers.
async fn version(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let location = location_param(&request);
    run_blocking(move || {
        let location = location?;
        editor.reload_if_changed(&location)?;
        let stored = editor.stored_row(&location)?;
        let version = stored.map(|(label_hash, document)| editor.history.remember(&label_hash, &document));
        let stage = editor.stage_title(location.project, &location.data)?;
        Ok(serde_json::json!({ "version": version, "stage": stage, "models": editor.models.position() }).to_string())
    })
    .await
}

/// Returns the state of `agent-studio dev` when it differs from the known revision.
async fn dev_status(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let Some(status) = &editor.dev_status else {
        return Problem::not_found("The agents are not run by `agent-studio dev`.").response();
    };
    let state = status.next(parameter(&request, "after").and_then(|revision| revision.parse().ok())).await;
    respond(Ok(serde_json::to_string(&state).unwrap_or_default()))
}

async fn edits(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let body = read_body(request).await;
    run_blocking(move || editor.edit(parse_json(&body?)?)).await
}

async fn restore(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let body = read_body(request).await;
    run_blocking(move || editor.restore(&parse_json(&body?)?)).await
}

async fn apply_preview(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let body = read_body(request).await;
    run_blocking(move || editor.apply_preview(&parse_json(&body?)?)).await
}

async fn signed_call(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let call = read_body(request).await.and_then(|body| parse_json::<SignedCall>(&body));
    respond(match call {
        Ok(call) => editor.signed_call(call).await,
        Err(problem) => Err(problem),
    })
}

async fn save_case(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let body = read_body(request).await;
    run_blocking(move || editor.save_case(&parse_json::<CallToSave>(&body?)?)).await
}

async fn move_task(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let body = read_body(request).await;
    run_blocking(move || editor.move_task(&parse_json(&body?)?)).await
}

/// Runs work on whole rows on the blocking thread pool, so that other requests are not delayed.
async fn run_blocking(work: impl FnOnce() -> ApiResult + Send + 'static) -> Response<Body> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => respond(result),
        Err(error) => {
            tracing::error!(%error, "a request of the label editor page failed");
            let message = "Internal error of the label editor. See its log for details.";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, message).response()
        }
    }
}

fn respond(result: ApiResult) -> Response<Body> {
    match result {
        Ok(text) => json(StatusCode::OK, text),
        Err(problem) => problem.response(),
    }
}

async fn read_body(request: Request) -> Result<Bytes, Problem> {
    let body = Limited::new(request.into_body(), MAX_BODY_BYTES).collect().await;
    let body =
        body.map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large or incomplete."))?;
    Ok(body.to_bytes())
}

fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::bad_request(format!("Invalid request: {error}.")))
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn project_param(request: &Request) -> Result<uuid::Uuid, Problem> {
    let hash = parameter(request, "project").and_then(|hash| uuid::Uuid::parse_str(&hash).ok());
    hash.ok_or_else(|| Problem::bad_request("The project hash is missing or invalid."))
}

fn location_param(request: &Request) -> Result<RowLocation, Problem> {
    let data = parameter(request, "data").ok_or_else(|| Problem::bad_request("The data hash is missing."))?;
    let branch = parameter(request, "branch").unwrap_or_else(main);
    Ok(RowLocation { project: project_param(request)?, data, branch })
}
