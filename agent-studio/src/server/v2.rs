//! The v2 family: projects, ontologies, storage items, tasks.

use std::sync::Arc;

use hyper::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::callers::User;
use crate::project::{Project, Refusal, TaskAction};
use crate::raw_json::{ObjectWriter, quoted};

use super::answer::Answer;
use super::incoming::Incoming;
use super::legacy::blocking;
use super::project_filter::ProjectFilter;
use super::shared::Shared;
use super::storage;

/// Answers a v2 request (contract: `platform-api.md`, sections 4 and 8).
pub(crate) async fn v2(shared: &Arc<Shared>, request: &Incoming) -> Answer {
    let caller = match shared.auth.v2(request) {
        Ok(caller) => caller,
        Err(problem) => return Answer::message(StatusCode::UNAUTHORIZED, problem),
    };
    let path = request.path().strip_prefix("/v2/public/").unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    match (request.method.as_str(), &segments[..]) {
        ("GET", ["projects"]) => projects(shared, request),
        (method @ ("GET" | "POST"), ["projects", hash, rest @ ..]) => match project(shared, hash) {
            Some(project) if method == "GET" => of_project(shared, request, project, rest),
            Some(project) => change_project(request, project, rest, caller).await,
            // A project that is not there is told as one that is not for the caller.
            None => Answer::message(StatusCode::FORBIDDEN, "You are not authorised to access this project."),
        },
        ("GET", ["ontologies"]) => {
            let all: Vec<_> = shared.projects.iter().map(|project| ontology_answer(project)).collect();
            page_of_texts(shared, request, &all)
        }
        ("GET", ["ontologies", hash]) => ontology(shared, hash),
        ("GET" | "POST" | "PATCH", ["storage", rest @ ..]) => storage::storage(shared, request, rest).await,
        ("GET", ["user", "bearer-token"]) => match shared.auth.callers.new_token(&caller) {
            Some(token) => Answer::json(StatusCode::OK, &json!({ "token": token })),
            None => Answer::message(StatusCode::INTERNAL_SERVER_ERROR, "There are no random numbers"),
        },
        _ => nothing_here(&request.method, &segments),
    }
}

/// 405 where the address exists for another method, else 404.
pub(super) fn nothing_here(method: &Method, segments: &[&str]) -> Answer {
    let others = [Method::GET, Method::POST, Method::PATCH].into_iter().filter(|other| other != method);
    let known = |other: Method| crate::calls::CallKind::v2(&other, segments) != crate::calls::CallKind::Other;
    if others.into_iter().any(known) {
        return Answer::message(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    Answer::message(StatusCode::NOT_FOUND, "Not Found")
}

fn project<'a>(shared: &'a Shared, hash: &str) -> Option<&'a Arc<Project>> {
    shared.project(Uuid::parse_str(hash).ok()?)
}

fn of_project(shared: &Shared, request: &Incoming, project: &Project, rest: &[&str]) -> Answer {
    let identity = &project.identity;
    match rest {
        [] => Answer::json_text(StatusCode::OK, project_answer(project)),
        ["datasets"] => {
            let description = format!("{} data", project.world().data.len());
            let title = &identity.dataset_title;
            let dataset = json!({ "datasetHash": identity.dataset, "title": title, "description": description });
            page(shared, request, &[dataset])
        }
        ["branches"] => {
            let names = project.world().branches();
            page(shared, request, &names.into_iter().map(|name| json!({ "name": name })).collect::<Vec<_>>())
        }
        ["users"] => page(shared, request, &[json!({ "userEmail": identity.owner, "userRole": 0 })]),
        ["workflow", "stages", stage, "tasks"] => {
            let data_hashes: Vec<String> = request.parameters("dataHashes").collect();
            let tasks = Uuid::parse_str(stage).map(|stage| project.tasks(stage, &data_hashes));
            page(shared, request, &tasks.unwrap_or_default())
        }
        ["labels", label_hash, "validation-state"] => validation(project, label_hash),
        _ => Answer::message(StatusCode::NOT_FOUND, "Not Found"),
    }
}

fn validation(project: &Project, label_hash: &str) -> Answer {
    match project.world().place(label_hash) {
        Some((_, branch)) => Answer::json(
            StatusCode::OK,
            &json!({ "labelHash": label_hash, "branchName": branch, "version": 1, "isValid": true, "errors": [] }),
        ),
        None => Answer::message(StatusCode::NOT_FOUND, "Not Found"),
    }
}

async fn change_project(request: &Incoming, project: &Arc<Project>, rest: &[&str], caller: User) -> Answer {
    #[derive(Deserialize)]
    struct Priorities {
        priorities: Vec<(String, f64)>,
    }
    let project = Arc::clone(project);
    let done = match rest {
        ["priorities"] => match body::<Priorities>(request) {
            Ok(body) => blocking(move || project.set_priorities(&body.priorities)).await,
            Err(refusal) => Err(refusal),
        },
        ["workflow", "stages", stage, "actions"] => match (Uuid::parse_str(stage), body::<Vec<TaskAction>>(request)) {
            (Ok(stage), Ok(actions)) => blocking(move || project.proceed(stage, &actions, &caller)).await,
            (_, Err(refusal)) => Err(refusal),
            (Err(_), _) => Err(Refusal::InvalidArguments("The stage is no UUID".to_owned())),
        },
        _ => return nothing_here(&request.method, &["projects", "", rest.first().copied().unwrap_or_default()]),
    };
    match done {
        Ok(()) => Answer::json_text(StatusCode::OK, "null"),
        Err(refusal) => Answer::refused(&refusal),
    }
}

/// The body as a value.
pub(super) fn body<'a, T: Deserialize<'a>>(request: &'a Incoming) -> Result<T, Refusal> {
    serde_json::from_slice(&request.body).map_err(|error| Refusal::InvalidArguments(error.to_string()))
}

/// A page of values (contract: `platform-api.md`, section 6).
pub(super) fn page(shared: &Shared, request: &Incoming, all: &[impl Serialize]) -> Answer {
    let texts: Vec<String> = all.iter().filter_map(|value| serde_json::to_string(value).ok()).collect();
    page_of_texts(shared, request, &texts)
}

fn page_of_texts(shared: &Shared, request: &Incoming, all: &[String]) -> Answer {
    let number = |name: &str| request.parameter(name).and_then(|value| value.parse::<usize>().ok());
    let start = number("pageToken").unwrap_or(0).min(all.len());
    let size = number("limit").or(number("pageSize")).unwrap_or(shared.page_size).max(1);
    let end = start.saturating_add(size).min(all.len());
    let next = if end < all.len() { quoted(&end.to_string()) } else { "null".to_owned() };
    let body = format!(r#"{{"results":[{}],"nextPageToken":{next}}}"#, all[start..end].join(","));
    Answer::json_text(StatusCode::OK, body)
}

fn projects(shared: &Shared, request: &Incoming) -> Answer {
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
    let through = shared.projects.iter().filter(|project| filter.lets_through(project));
    let all: Vec<String> = through.map(|project| project_answer(project)).collect();
    page_of_texts(shared, request, &all)
}

/// What is said of a project (contract: `platform-api.md`, section 8.1).
fn project_answer(project: &Project) -> String {
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
        // A struct of plain values always has a JSON text.
        .member("workflow", &serde_json::to_string(&identity.workflow).unwrap_or_default());
    out.finish()
}

fn ontology(shared: &Shared, hash: &str) -> Answer {
    let wanted = Uuid::parse_str(hash).ok();
    let found = shared.projects.iter().find(|project| Some(project.identity.ontology) == wanted);
    match found {
        Some(project) => Answer::json_text(StatusCode::OK, ontology_answer(project)),
        None => Answer::message(StatusCode::NOT_FOUND, "Not Found"),
    }
}

/// What is said of an ontology (contract: `platform-api.md`, section 8.2).
fn ontology_answer(project: &Project) -> String {
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
