//! Projects and datasets of the legacy API.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::project::{Data, ListingFilter, Project, Refusal, World};
use crate::raw_json::{Members, ObjectWriter};
use crate::sql_like::sql_like;

use super::buffered_request::Values;
use super::legacy_payload::payload;
use super::project_filter::ProjectFilter;
use super::reply::{Reply, envelope};
use super::shared::Shared;

/// Returns the caller's projects, with exactly two keys each (contract:
/// `docs/contract/endpoints.md#list-projects-of-the-user`).
pub(crate) fn user_projects(shared: &Shared, values: &Values<'_>) -> Reply {
    #[derive(Default, Deserialize)]
    struct Payload {
        #[serde(default)]
        filter: ProjectFilter,
    }
    let payload = values.payload.and_then(|payload| serde_json::from_str::<Payload>(payload.get()).ok());
    let filter = payload.unwrap_or_default().filter;
    let matching = shared.projects.iter().filter(|project| filter.matches(project));
    let projects: Vec<Value> = matching.map(|project| json!({ "project": summary(project), "user_role": 0 })).collect();
    envelope(&Value::from(projects).to_string())
}

/// Returns the project, its ontology, its dataset and, unless excluded, the listing of its label rows.
///
/// # Errors
/// The payload is malformed.
pub(crate) fn project(project: &Project, values: &Values<'_>) -> Result<Reply, Refusal> {
    #[derive(Default, Deserialize)]
    struct Payload {
        include_labels_metadata: Option<bool>,
    }
    let payload: Payload = payload(values)?;
    let identity = &project.identity;
    let dataset = json!([{
        "dataset_hash": identity.dataset, "title": identity.dataset_title, "description": "",
        "dataset_type": "CORD_STORAGE",
    }]);
    let rows = match payload.include_labels_metadata {
        Some(false) => Vec::new(),
        _ => project.listing(&ListingFilter::with_unlabelled(), |_| None)?,
    };
    let summary = summary(project).to_string();
    let summary = Members::parse(&summary).map_err(|error| Refusal::CorruptedLabel(error.to_string()))?;
    let mut out = ObjectWriter::default();
    for (key, value) in summary.iter() {
        out.member(key, value.get());
    }
    out.member("editor_ontology", &project.structure)
        .member("datasets", &dataset.to_string())
        .member("label_rows", &format!("[{}]", rows.join(",")));
    Ok(envelope(&out.finish()))
}

fn summary(project: &Project) -> Value {
    let identity = &project.identity;
    let created = identity.created.legacy_seconds();
    json!({
        "project_hash": identity.project, "title": identity.title, "description": identity.description,
        "created_at": created, "last_edited_at": created, "ontology_hash": identity.ontology, "source_projects": [],
        "workflow_manager_uuid": identity.workflow_manager,
    })
}

/// Returns the dataset and, unless excluded, its data.
pub(crate) fn dataset(project: &Project, values: &Values<'_>) -> Reply {
    let payload: Value =
        values.payload.and_then(|payload| serde_json::from_str(payload.get()).ok()).unwrap_or_default();
    let wanted = payload.pointer("/dataset_access_settings/fetch_rows") != Some(&Value::Bool(false));
    let identity = &project.identity;
    let world = project.world();
    let rows: Vec<Value> =
        if wanted { world.data.iter().map(|data| data_row(project, &world, data)).collect() } else { Vec::new() };
    let reply = json!({
        "dataset_hash": identity.dataset, "title": identity.dataset_title, "description": "",
        "dataset_type": "CORD_STORAGE", "backing_folder_uuid": identity.folder, "data_rows": rows,
    });
    envelope(&reply.to_string())
}

/// Filter of a dataset's data. Filters by time are ignored, because all data have the times of the project.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DataFilter {
    title_eq: Option<String>,
    title_like: Option<String>,
    data_hashes: Option<Vec<String>>,
    data_types: Option<Vec<String>>,
}

/// Returns the data of a dataset that match a filter.
///
/// # Errors
/// The filter is malformed.
pub(crate) fn data_rows(project: &Project, values: &Values<'_>) -> Result<Reply, Refusal> {
    let filter: DataFilter = payload(values)?;
    let contains = |wanted: &Option<Vec<String>>, value: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|one| one.eq_ignore_ascii_case(value)))
    };
    let world = project.world();
    let matching = world.data.iter().filter(|data| {
        filter.title_eq.as_ref().is_none_or(|title| *title == data.title)
            && filter.title_like.as_ref().is_none_or(|pattern| sql_like(pattern, &data.title))
            && contains(&filter.data_hashes, &data.hash)
            && contains(&filter.data_types, data.kind.as_str())
    });
    let rows: Vec<Value> = matching.map(|data| data_row(project, &world, data)).collect();
    Ok(envelope(&Value::from(rows).to_string()))
}

fn data_row(project: &Project, world: &World, data: &Data) -> Value {
    let facts = &data.facts;
    let created = project.identity.created.legacy_seconds();
    json!({
        "data_hash": data.hash, "data_title": data.title,
        "data_type": data.kind.as_str().to_ascii_uppercase(), "created_at": created,
        "last_edited_at": created, "width": facts.width, "height": facts.height,
        "file_link": data.link(&data.hash), "file_size": world.items.get(&data.item).and_then(|item| item.size),
        "file_type": facts.mime, "storage_location": 0, "client_metadata": null,
        "frames_per_second": facts.fps, "duration": facts.duration, "images_data": null, "signed_url": null,
        "is_optimised_image_group": false, "backing_item_uuid": data.item,
    })
}
