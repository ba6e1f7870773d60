//! The v2 API: projects, ontologies, storage items and tasks.

use std::sync::Arc;

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::callers::User;
use crate::project::{MoveToStage, Project, Refusal, TaskAction, TaskCursor, TaskEntry, TaskFilter};
use crate::raw_json::{ObjectWriter, quoted};

use super::buffered_request::BufferedRequest;
use super::issues;
use super::legacy::blocking;
use super::paging::{last_entry, page, page_of, page_of_named, page_size};
use super::project_filter::ProjectFilter;
use super::reply::Reply;
use super::shared::Shared;
use super::storage;
use super::v2_request::{body, not_supported};

/// Handles a v2 request (contract: `docs/contract/endpoints.md`).
pub(crate) async fn v2(shared: &Arc<Shared>, request: &BufferedRequest) -> Reply {
    let caller = match shared.auth.v2(request) {
        Ok(caller) => caller,
        Err(problem) => return Reply::message(StatusCode::UNAUTHORIZED, problem),
    };
    let path = request.path().strip_prefix("/v2/public/").unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    match (request.method.as_str(), &segments[..]) {
        ("GET", ["projects"]) => projects(shared, request),
        (method @ ("GET" | "POST"), ["projects", hash, rest @ ..]) => match project(shared, hash) {
            Some(project) if method == "GET" => read_project(shared, request, project, rest),
            Some(project) => change_project(request, project, rest, caller).await,
            // An unknown project gets the same error as one that the caller may not access.
            None => Reply::message(StatusCode::FORBIDDEN, "You are not authorised to access this project."),
        },
        ("GET", ["ontologies"]) => {
            let named = |project: &Arc<Project>| (project.identity.ontology.to_string(), ontology_json(project));
            page_of_named(shared, request, shared.projects.iter().map(named).collect())
        }
        ("GET", ["ontologies", hash]) => ontology(shared, hash),
        ("GET" | "POST" | "PATCH", ["storage", rest @ ..]) => storage::storage(shared, request, rest).await,
        ("GET", ["user", "bearer-token"]) => match shared.auth.callers.new_token(&caller) {
            Some(token) => Reply::json(StatusCode::OK, &json!({ "token": token })),
            None => Reply::message(StatusCode::INTERNAL_SERVER_ERROR, "The random number generator failed"),
        },
        _ => not_supported(request),
    }
}

fn project<'a>(shared: &'a Shared, hash: &str) -> Option<&'a Arc<Project>> {
    shared.project(Uuid::parse_str(hash).ok()?)
}

fn read_project(shared: &Shared, request: &BufferedRequest, project: &Project, rest: &[&str]) -> Reply {
    let identity = &project.identity;
    match rest {
        [] => Reply::json_text(StatusCode::OK, project_json(project)),
        ["datasets"] => {
            let description = format!("{} data", project.world().data.len());
            let title = &identity.dataset_title;
            let dataset = json!({ "datasetHash": identity.dataset, "title": title, "description": description });
            page(shared, request, &[(identity.dataset.to_string(), dataset)])
        }
        ["branches"] => {
            let branches = project.world().branches().into_iter();
            page(shared, request, &branches.map(|name| (name.clone(), json!({ "name": name }))).collect::<Vec<_>>())
        }
        ["users"] => {
            let owner = json!({ "userEmail": identity.owner, "userRole": 0 });
            page(shared, request, &[(identity.owner.clone(), owner)])
        }
        ["workflow", "stages", stage, "tasks"] => tasks(shared, request, project, stage),
        ["issues" | "issue-tags"] => issues::read(shared, request, project, rest),
        ["labels", label_hash, "validation-state"] => validation(project, label_hash),
        _ => not_supported(request),
    }
}

/// Returns the tasks in a stage (contract: `docs/contract/endpoints.md#list-agent-tasks`).
fn tasks(shared: &Shared, request: &BufferedRequest, project: &Project, stage: &str) -> Reply {
    let all = |name: &str| request.parameters(name).collect::<Vec<_>>();
    let filter = TaskFilter {
        data_hashes: all("dataHashes"),
        dataset_hashes: all("datasetHashes"),
        user_emails: all("userEmails"),
        statuses: all("statuses"),
        data_title_contains: request.parameter("dataTitleContains"),
    };
    let after = match last_entry::<TaskCursor>(request) {
        Ok(after) => after,
        Err(refusal) => return Reply::refused(&refusal),
    };
    // One more than a page, to see whether another page follows.
    let limit = page_size(shared, request).saturating_add(1);
    let tasks =
        Uuid::parse_str(stage).map(|stage| project.tasks(stage, &filter, after.as_ref(), limit)).unwrap_or_default();
    // Serializing a struct of plain values cannot fail.
    let text = |task: &TaskEntry| serde_json::to_string(task).unwrap_or_default();
    let following: Vec<_> = tasks.iter().map(|task| (task.cursor(), text(task))).collect();
    page_of(shared, request, &following)
}

fn validation(project: &Project, label_hash: &str) -> Reply {
    match project.world().locate(label_hash) {
        Some((_, branch)) => Reply::json(
            StatusCode::OK,
            &json!({ "labelHash": label_hash, "branchName": branch, "version": 1, "isValid": true, "errors": [] }),
        ),
        None => Reply::message(StatusCode::NOT_FOUND, "Not Found"),
    }
}

async fn change_project(request: &BufferedRequest, project: &Arc<Project>, rest: &[&str], caller: User) -> Reply {
    #[derive(Deserialize)]
    struct Priorities {
        priorities: Vec<(String, f64)>,
    }
    let project = Arc::clone(project);
    let outcome = match rest {
        ["priorities"] => match body::<Priorities>(request) {
            Ok(body) => blocking(move || project.set_priorities(&body.priorities)).await,
            Err(refusal) => Err(refusal),
        },
        ["workflow", "stages", stage, "actions"] => match (Uuid::parse_str(stage), body::<Vec<TaskAction>>(request)) {
            (Ok(stage), Ok(actions)) => blocking(move || project.apply_actions(stage, &actions, &caller)).await,
            (_, Err(refusal)) => Err(refusal),
            (Err(_), _) => Err(invalid_stage()),
        },
        ["workflow", "stages", stage, "move-tasks"] => match (Uuid::parse_str(stage), body::<MoveToStage>(request)) {
            (Ok(stage), Ok(moved)) => blocking(move || project.move_to_stage(stage, &moved, &caller)).await,
            (_, Err(refusal)) => Err(refusal),
            (Err(_), _) => Err(invalid_stage()),
        },
        ["issues" | "issue-tags", ..] => return issues::change(request, project, rest, caller).await,
        _ => return not_supported(request),
    };
    match outcome {
        Ok(()) => Reply::json_text(StatusCode::OK, "null"),
        Err(refusal) => Reply::refused(&refusal),
    }
}

fn invalid_stage() -> Refusal {
    Refusal::InvalidArguments("The stage is not a UUID".to_owned())
}

fn projects(shared: &Shared, request: &BufferedRequest) -> Reply {
    let filter = ProjectFilter {
        title_eq: request.parameter("titleEq"),
        title_like: request.parameter("titleLike"),
        desc_eq: request.parameter("descEq"),
        desc_like: request.parameter("descLike"),
        created_before: request.parameter("createdBefore"),
        created_after: request.parameter("createdAfter"),
        edited_before: request.parameter("editedBefore"),
        edited_after: request.parameter("editedAfter"),
    };
    let matching = shared.projects.iter().filter(|project| filter.matches(project));
    let all = matching.map(|project| (project.identity.project.to_string(), project_json(project)));
    page_of_named(shared, request, all.collect())
}

/// Serializes a project (contract: `docs/contract/endpoints.md#get-project`).
fn project_json(project: &Project) -> String {
    let identity = &project.identity;
    let created = quoted(&identity.created.iso());
    let mut out = ObjectWriter::default();
    out.member("projectHash", &quoted(&identity.project.to_string()))
        .member("projectType", "\"workflow\"")
        .member("status", "\"inProgress\"")
        .member("title", &quoted(&identity.title))
        .member("description", &quoted(&identity.description))
        .member("createdAt", &created)
        .member("creatorEmail", &quoted(&identity.owner))
        .member("lastEditedAt", &created)
        .member("ontologyHash", &quoted(&identity.ontology.to_string()))
        .member("editorOntology", &project.structure)
        .member("userRole", "0")
        .member("sourceProjects", "null")
        .member("workflowManagerUuid", &quoted(&identity.workflow_manager.to_string()))
        // Serializing a struct of plain values cannot fail.
        .member("workflow", &serde_json::to_string(&identity.workflow).unwrap_or_default());
    out.finish()
}

fn ontology(shared: &Shared, hash: &str) -> Reply {
    let wanted = Uuid::parse_str(hash).ok();
    let found = shared.projects.iter().find(|project| Some(project.identity.ontology) == wanted);
    match found {
        Some(project) => Reply::json_text(StatusCode::OK, ontology_json(project)),
        None => Reply::message(StatusCode::NOT_FOUND, "Not Found"),
    }
}

/// Serializes an ontology (contract: `docs/contract/endpoints.md#get-ontology`).
fn ontology_json(project: &Project) -> String {
    let identity = &project.identity;
    let created = quoted(&identity.created.iso());
    let title = project.ontology.title().unwrap_or(&identity.title);
    let mut out = ObjectWriter::default();
    out.member("ontologyUuid", &quoted(&identity.ontology.to_string()))
        .member("title", &quoted(title))
        .member("description", &quoted(&project.ontology_description))
        .member("editor", &project.structure)
        .member("createdAt", &created)
        .member("lastEditedAt", &created)
        .member("userRole", "0");
    out.finish()
}
