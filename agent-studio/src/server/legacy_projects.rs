//! Projects and datasets in the legacy family's form.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::project::Project;

use super::answer::{Answer, envelope};
use super::incoming::Values;
use super::project_filter::ProjectFilter;
use super::shared::Shared;

/// The caller's projects: exactly two keys each (contract: `platform-api.md`, section 8.10).
pub(crate) fn of_user(shared: &Shared, values: &Values<'_>) -> Answer {
    #[derive(Default, Deserialize)]
    struct Payload {
        #[serde(default)]
        filter: ProjectFilter,
    }
    let payload = values.payload.and_then(|payload| serde_json::from_str::<Payload>(payload.get()).ok());
    let filter = payload.unwrap_or_default().filter;
    let through = shared.projects.iter().filter(|project| filter.lets_through(project));
    let projects: Vec<Value> = through.map(|project| json!({ "project": summary(project), "user_role": 0 })).collect();
    envelope(&Value::from(projects).to_string())
}

pub(crate) fn project(project: &Project) -> Answer {
    envelope(&summary(project).to_string())
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

/// The dataset with its data, unless they are not wanted.
pub(crate) fn dataset(project: &Project, values: &Values<'_>) -> Answer {
    let payload: Value =
        values.payload.and_then(|payload| serde_json::from_str(payload.get()).ok()).unwrap_or_default();
    let wanted = payload.pointer("/dataset_access_settings/fetch_rows") != Some(&Value::Bool(false));
    let identity = &project.identity;
    let created = identity.created.legacy_seconds();
    let world = project.world();
    let row = |data: &crate::project::Data| {
        let facts = &data.facts;
        json!({
            "data_hash": data.hash, "data_title": data.title,
            "data_type": data.kind.in_label_row().to_ascii_uppercase(), "created_at": created,
            "last_edited_at": created, "width": facts.width, "height": facts.height,
            "file_link": data.link(&data.hash), "file_size": world.items.get(&data.item).and_then(|item| item.size),
            "file_type": facts.mime, "storage_location": 0, "client_metadata": null,
            "frames_per_second": facts.fps, "duration": facts.duration, "images_data": null, "signed_url": null,
            "is_optimised_image_group": false, "backing_item_uuid": data.item,
        })
    };
    let rows: Vec<Value> = if wanted { world.data.iter().map(row).collect() } else { Vec::new() };
    let answer = json!({
        "dataset_hash": identity.dataset, "title": identity.dataset_title, "description": "",
        "dataset_type": "CORD_STORAGE", "backing_folder_uuid": identity.folder, "data_rows": rows,
    });
    envelope(&answer.to_string())
}
