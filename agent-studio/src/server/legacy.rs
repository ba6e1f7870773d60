//! The legacy API: every call is a `POST` to one of two paths, and the body selects the operation.

use std::sync::Arc;

use hyper::Method;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::callers::User;
use crate::project::{Item, ListingFilter, Project, ReadOptions, Refusal, TaskMove};

use super::buffered_request::{BufferedRequest, Values};
use super::legacy_payload::payload;
use super::legacy_projects;
use super::media::CLIENT_METADATA;
use super::reply::{Reply, envelope, legacy_error};
use super::shared::Shared;

/// Maximum label rows per request (contract: `docs/contract/endpoints.md#get-label-rows`).
const MAX_LABEL_ROWS: usize = 1000;

/// Handles a legacy request (contract: `docs/contract/endpoints.md#legacy-envelope`).
pub(crate) async fn legacy(shared: &Arc<Shared>, request: Arc<BufferedRequest>) -> Reply {
    if request.method != Method::POST {
        return legacy_error(405, "METHOD_NOT_ALLOWED_ERROR", &Value::Null);
    }
    let caller = match shared.auth.legacy(&request) {
        Ok(caller) => caller,
        Err(refusal) => return legacy_error(401, refusal.code(), &Value::Null),
    };
    let Some(query) = request.envelope() else {
        return Refusal::InvalidArguments("The body is not a JSON object".to_owned()).into();
    };
    let (kind, method) = (query.query_type.unwrap_or_default(), query.query_method.unwrap_or_default());
    let not_supported = || Refusal::NotSupported(format!("`{method} {kind}`")).into();
    if request.path() == "/public/user" {
        return match (&*kind, &*method) {
            ("projectwithuserrole", "GET") => legacy_projects::user_projects(shared, &query.values.unwrap_or_default()),
            _ => not_supported(),
        };
    }
    let scope = |name| request.header(name).unwrap_or_default();
    let Some(project) = shared.in_scope(scope("resourcetype"), scope("resourceid")) else {
        return legacy_error(403, "AUTHORISATION_ERROR", &Value::Null);
    };
    let values = query.values.unwrap_or_default();
    let reply = match (&*kind, &*method) {
        ("labelrowmetadata", "GET") => list(shared, project, &request, &values).await,
        ("labelrow", "GET") => read(shared, project, &request, &values).await,
        ("labelrow", "PUT") => create(shared, project, &request, &values).await,
        ("labelrow", "POST") => save(project, &request, caller).await,
        ("labelworkflowgraphnode", "POST") => move_tasks(project, &values, caller).await,
        ("project", "GET") => legacy_projects::project(project, &values),
        ("dataset", "GET") => Ok(legacy_projects::dataset(project, &values)),
        ("datarows", "GET") => legacy_projects::data_rows(project, &values),
        _ => return not_supported(),
    };
    reply.unwrap_or_else(Reply::from)
}

/// Runs blocking work, such as disk access, on the blocking thread pool.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let outcome = tokio::task::spawn_blocking(work).await;
    outcome.unwrap_or_else(|error| Err(Refusal::WriteFailed(error.to_string())))
}

/// Returns the hashes in `uid`, and whether they were sent as a list.
fn hashes(values: &Values<'_>) -> Result<(Vec<String>, bool), Refusal> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Uid {
        One(String),
        Many(Vec<String>),
    }
    let uid = values.uid.and_then(|uid| serde_json::from_str(uid.get()).ok());
    let (hashes, many) = match uid {
        Some(Uid::One(hash)) => (vec![hash], false),
        Some(Uid::Many(hashes)) => (hashes, true),
        None => return Err(Refusal::InvalidArguments("uid must be a hash or a list of hashes".to_owned())),
    };
    if hashes.len() > MAX_LABEL_ROWS {
        return Err(Refusal::TooManyLabels(MAX_LABEL_ROWS));
    }
    Ok((hashes, many))
}

/// Reloads the project if its files have changed.
async fn refresh(project: &Arc<Project>) -> Result<(), Refusal> {
    let project = Arc::clone(project);
    blocking(move || {
        project.refresh();
        Ok(())
    })
    .await
}

async fn list(
    shared: &Shared,
    project: &Arc<Project>,
    request: &BufferedRequest,
    values: &Values<'_>,
) -> Result<Reply, Refusal> {
    let filter: ListingFilter = payload(values)?;
    if project.listing_has_changed(&filter) {
        refresh(project).await?;
    }
    let base = request.base();
    let entries = project.listing(&filter, |item| Some(shared.urls.url(&base, item, CLIENT_METADATA)))?;
    Ok(envelope(&format!("[{}]", entries.join(","))))
}

async fn read(
    shared: &Shared,
    project: &Arc<Project>,
    request: &BufferedRequest,
    values: &Values<'_>,
) -> Result<Reply, Refusal> {
    let options: ReadOptions = payload(values)?;
    let (hashes, many) = hashes(values)?;
    if project.rows_have_changed(&hashes) {
        refresh(project).await?;
    }
    rows(shared, project, request, &hashes, &options, many)
}

async fn create(
    shared: &Shared,
    project: &Arc<Project>,
    request: &BufferedRequest,
    values: &Values<'_>,
) -> Result<Reply, Refusal> {
    #[derive(Default, Deserialize)]
    struct Branch {
        #[serde(default)]
        branch_name: Option<String>,
    }
    let options: ReadOptions = payload(values)?;
    let branch: Branch = payload(values)?;
    let branch = branch.branch_name.unwrap_or_else(|| "main".to_owned());
    let (data_hashes, many) = hashes(values)?;
    let at = Arc::clone(project);
    let labels = blocking(move || at.create(&data_hashes, &branch)).await?;
    rows(shared, project, request, &labels, &options, many)
}

/// Returns label rows with their labels, as a list or as a single object.
fn rows(
    shared: &Shared,
    project: &Project,
    request: &BufferedRequest,
    hashes: &[String],
    options: &ReadOptions,
    many: bool,
) -> Result<Reply, Refusal> {
    let base = request.base();
    let signed = |item: &Item| item.has_media().then(|| shared.urls.url(&base, item.uuid, &item.name));
    let rows = project.read(hashes, options, signed)?;
    let length: usize = rows.iter().map(|row| row.len() + 1).sum();
    let mut body = String::with_capacity(length + 40);
    body.push_str(r#"{"status":200,"response":"#);
    body.push_str(if many { "[" } else { "" });
    for (number, row) in rows.iter().enumerate() {
        body.push_str(if number > 0 { "," } else { "" });
        body.push_str(row);
    }
    body.push_str(if many { "]}" } else { "}" });
    Ok(Reply::json_text(hyper::StatusCode::OK, body))
}

async fn save(project: &Arc<Project>, request: &Arc<BufferedRequest>, caller: User) -> Result<Reply, Refusal> {
    let (project, request) = (Arc::clone(project), Arc::clone(request));
    // Validating and writing a row of megabytes takes long enough to block the async runtime.
    blocking(move || {
        let query = request.envelope().unwrap_or_default();
        let values = query.values.unwrap_or_default();
        let (hashes, many) = hashes(&values)?;
        let labels = labels(&values, many)?;
        if labels.len() != hashes.len() {
            return Err(Refusal::InvalidArguments(
                "The number of labels must equal the number of \
             identifiers"
                    .to_owned(),
            ));
        }
        let rows: Vec<_> = hashes.into_iter().zip(labels.iter().map(|row| row.get())).collect();
        project.save(&rows, &caller)
    })
    .await?;
    Ok(envelope("true"))
}

/// Returns the label rows to save: a list, or the payload itself.
fn labels<'a>(values: &Values<'a>, many: bool) -> Result<Vec<&'a RawValue>, Refusal> {
    #[derive(Deserialize)]
    struct Labels<'a> {
        #[serde(borrow)]
        labels: Vec<&'a RawValue>,
    }
    let missing = || Refusal::InvalidArguments("payload: labels are missing".to_owned());
    let payload = values.payload.ok_or_else(missing)?;
    if !many {
        return Ok(vec![payload]);
    }
    serde_json::from_str::<Labels<'a>>(payload.get()).map(|payload| payload.labels).map_err(|_| missing())
}

async fn move_tasks(project: &Arc<Project>, values: &Values<'_>, caller: User) -> Result<Reply, Refusal> {
    #[derive(Deserialize)]
    struct Move {
        action: TaskMove,
    }
    let to = values.payload.and_then(|payload| serde_json::from_str::<Move>(payload.get()).ok());
    let Some(Move { action }) = to else {
        return Err(Refusal::InvalidArguments("Unknown action or label row".to_owned()));
    };
    let (hashes, _) = hashes(values)?;
    let project = Arc::clone(project);
    blocking(move || project.move_tasks(&hashes, action, &caller)).await?;
    Ok(envelope("true"))
}
