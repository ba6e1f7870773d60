//! What the page asks for, as JSON.

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

use crate::form::decoded;

use super::data_unit::{Place, main};
use super::problem::{Problem, json};
use super::signed_call::SignedCall;
use super::{Editor, guard, listing};

/// How large a request of the page may be, in bytes.
const LARGEST_BODY: usize = 64 << 20;

type Answer = Result<String, Problem>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    user: &'a str,
    agent_servers: Vec<ServerEntry<'a>>,
    version: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServerEntry<'a> {
    url: &'a str,
    title: &'a str,
    /// The variable that calls from the backend are signed with, and whether it is set.
    secret_from: Option<&'a str>,
    can_sign: bool,
}

pub(super) fn routes(editor: &Arc<Editor>) -> Router {
    Router::new()
        .route("/page/api/session", get(session))
        .route("/page/api/projects", get(projects))
        .route("/page/api/ontology", get(ontology))
        .route("/page/api/data", get(data))
        .route("/page/api/version", get(version))
        .route("/page/api/edits", post(edits))
        .route("/page/api/restore", post(restore))
        .route("/page/api/signed-call", post(signed_call))
        .layer(from_fn_with_state(Arc::clone(editor), guarded))
        .with_state(Arc::clone(editor))
}

async fn guarded(State(editor): State<Arc<Editor>>, request: Request, next: Next) -> Response<Body> {
    match guard::check(request.method(), request.headers(), &editor.hosts) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.response(),
    }
}

async fn session(State(editor): State<Arc<Editor>>) -> Response<Body> {
    let servers = editor.servers.all();
    let session = Session {
        user: &editor.user,
        agent_servers: servers.iter().map(ServerEntry::of).collect(),
        version: env!("CARGO_PKG_VERSION"),
    };
    // A struct of plain values always has a JSON text.
    respond(Ok(serde_json::to_string(&session).unwrap_or_default()))
}

impl<'a> ServerEntry<'a> {
    fn of(server: &'a super::AgentServer) -> Self {
        let can_sign = server.secret().is_some();
        Self { url: &server.origin, title: &server.title, secret_from: server.secret.as_deref(), can_sign }
    }
}

async fn projects(State(editor): State<Arc<Editor>>) -> Response<Body> {
    aside(move || Ok(listing::projects(&editor))).await
}

async fn ontology(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    respond(project_of(&request).and_then(|hash| Ok(editor.project(hash)?.structure.clone())))
}

async fn data(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let place = place_of(&request);
    aside(move || editor.opened(&place?)).await
}

/// The version of the row alone, to see whether somebody saved.
async fn version(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let place = place_of(&request);
    aside(move || {
        let place = place?;
        editor.look_at_disk(&place)?;
        let stored = editor.stored(&place)?;
        let version = stored.map(|(label_hash, document)| editor.history.remember(&label_hash, &document));
        Ok(serde_json::json!({ "version": version }).to_string())
    })
    .await
}

async fn edits(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let body = body_of(request).await;
    aside(move || editor.edit(parsed(&body?)?)).await
}

async fn restore(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let body = body_of(request).await;
    aside(move || editor.restore(&parsed(&body?)?)).await
}

async fn signed_call(State(editor): State<Arc<Editor>>, request: Request) -> Response<Body> {
    let call = body_of(request).await.and_then(|body| parsed::<SignedCall>(&body));
    respond(match call {
        Ok(call) => editor.signed_call(call).await,
        Err(problem) => Err(problem),
    })
}

/// Work on whole rows, which must not hold up other requests.
async fn aside(work: impl FnOnce() -> Answer + Send + 'static) -> Response<Body> {
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => respond(answer),
        Err(error) => {
            tracing::error!(%error, "a request of the label editor page failed");
            let message = "Something went wrong in the label editor. Its log says what.";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, message).response()
        }
    }
}

fn respond(answer: Answer) -> Response<Body> {
    match answer {
        Ok(text) => json(StatusCode::OK, text),
        Err(problem) => problem.response(),
    }
}

async fn body_of(request: Request) -> Result<Bytes, Problem> {
    let body = Limited::new(request.into_body(), LARGEST_BODY).collect().await;
    let body =
        body.map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large, or broke off."))?;
    Ok(body.to_bytes())
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::bad(format!("The request makes no sense: {error}.")))
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let pairs = request.uri().query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| decoded(value)).next()
}

fn project_of(request: &Request) -> Result<uuid::Uuid, Problem> {
    let hash = parameter(request, "project").and_then(|hash| uuid::Uuid::parse_str(&hash).ok());
    hash.ok_or_else(|| Problem::bad("Which project? Its hash is missing or none."))
}

fn place_of(request: &Request) -> Result<Place, Problem> {
    let data = parameter(request, "data").ok_or_else(|| Problem::bad("Which data? Its hash is missing."))?;
    let branch = parameter(request, "branch").unwrap_or_else(main);
    Ok(Place { project: project_of(request)?, data, branch })
}
