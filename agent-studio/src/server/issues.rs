//! The v2 API: issues and issue tags of a project (contract: `docs/contract/endpoints.md#issues`).

use std::sync::Arc;

use hyper::StatusCode;
use serde_json::json;

use crate::callers::User;
use crate::project::{DeletedIssues, LinkedTags, NewIssues, Project, Refusal};

use super::buffered_request::BufferedRequest;
use super::legacy::blocking;
use super::paging::{page, page_of_named};
use super::reply::Reply;
use super::shared::Shared;
use super::v2_request::{body, not_supported};

/// Lists the issues of a data unit, or the issue tags of the project.
pub(super) fn read(shared: &Shared, request: &BufferedRequest, project: &Project, path: &[&str]) -> Reply {
    if path == ["issue-tags"] {
        let tags: Vec<_> = project.issue_tags().into_iter().map(|(name, tag)| (name, json!(tag))).collect();
        return page(shared, request, &tags);
    }
    match request.parameter("dataUnitId") {
        Some(data) => page_of_named(shared, request, project.issues(&data)),
        None => Reply::refused(&Refusal::InvalidArguments("dataUnitId is missing".to_owned())),
    }
}

/// Creates or deletes issues, or links issue tags.
pub(super) async fn change(request: &BufferedRequest, project: Arc<Project>, path: &[&str], caller: User) -> Reply {
    let outcome = match path {
        ["issues"] => match body::<NewIssues>(request) {
            Ok(new) => blocking(move || project.create_issues(&new, &caller)).await,
            Err(refusal) => Err(refusal),
        },
        ["issues", "delete"] => match body::<DeletedIssues>(request) {
            Ok(deleted) => blocking(move || project.delete_issues(&deleted)).await,
            Err(refusal) => Err(refusal),
        },
        ["issue-tags"] => match body::<LinkedTags>(request) {
            Ok(linked) => blocking(move || project.link_issue_tags(&linked)).await,
            Err(refusal) => Err(refusal),
        },
        _ => return not_supported(request),
    };
    match outcome {
        Ok(()) => Reply::json_text(StatusCode::OK, "null"),
        Err(refusal) => Reply::refused(&refusal),
    }
}
