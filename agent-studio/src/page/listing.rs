//! Listing of projects and their data units.

use serde::Serialize;

use crate::project::{Data, ListingFilter, Project, Stage, StageKind};

use super::Editor;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProjectEntry<'a> {
    project_hash: String,
    title: &'a str,
    description: &'a str,
    stages: Vec<StageEntry<'a>>,
    data: Vec<DataEntry>,
}

/// A stage of the workflow.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StageEntry<'a> {
    title: &'a str,
    kind: StageKind,
    /// Titles of the pathways of an agent stage.
    pathways: Vec<&'a str>,
    /// `true` if tasks can be submitted or approved.
    has_next: bool,
    /// `true` if tasks can be rejected.
    has_rejected: bool,
}

impl<'a> StageEntry<'a> {
    fn new(stage: &'a Stage) -> Self {
        let pathways = stage.pathways.iter().flatten().map(|pathway| pathway.title.as_str()).collect();
        let Stage { title, kind, next, rejected, .. } = stage;
        Self { title, kind: *kind, pathways, has_next: next.is_some(), has_rejected: rejected.is_some() }
    }
}

/// A data unit in the listing.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataEntry {
    data_hash: String,
    title: String,
    /// Data type as in label rows, such as `img_group`.
    data_type: &'static str,
    mime: Option<String>,
    frames: u64,
    frames_per_second: Option<f64>,
    /// Duration in seconds.
    duration: Option<f64>,
    width: Option<u64>,
    height: Option<u64>,
    /// Total size of the files, in bytes.
    size: Option<u64>,
    stage: Option<String>,
    priority: f64,
    label_status: String,
    /// `true` if the row has an object or a classification.
    labelled: bool,
    last_edited_at: Option<String>,
    branches: Vec<String>,
}

/// Returns all projects with their data units, as JSON.
pub(super) fn projects(editor: &Editor) -> String {
    let entry = |project: &std::sync::Arc<Project>| {
        if project.listing_has_changed(&ListingFilter::default()) {
            project.refresh();
        }
        let world = project.world();
        let data =
            world.data.iter().map(|data| data_entry(editor, project, data, size(&world, data), "main")).collect();
        let identity = &project.identity;
        let entry = ProjectEntry {
            project_hash: identity.project.to_string(),
            title: &identity.title,
            description: &identity.description,
            stages: identity.workflow.stages.iter().map(StageEntry::new).collect(),
            data,
        };
        // Serializing a struct of plain values cannot fail.
        serde_json::to_string(&entry).unwrap_or_default()
    };
    let entries: Vec<String> = editor.platform.projects.iter().map(entry).collect();
    format!("{{\"projects\":[{}]}}", entries.join(","))
}

fn size(world: &crate::project::World, data: &Data) -> Option<u64> {
    let items = std::iter::once(data.item).chain(data.images.iter().map(|image| image.item));
    let sizes: Vec<u64> = items.filter_map(|item| world.items.get(&item)?.size).collect();
    (!sizes.is_empty()).then(|| sizes.iter().sum())
}

/// Creates the entry of a data unit. `size` is in bytes.
pub(super) fn data_entry(
    editor: &Editor,
    project: &Project,
    data: &Data,
    size: Option<u64>,
    branch: &str,
) -> DataEntry {
    let row = data.rows.get(branch);
    DataEntry {
        data_hash: data.hash.clone(),
        title: data.title.clone(),
        data_type: data.kind.as_str(),
        mime: data.facts.mime.clone(),
        frames: data.frames(),
        frames_per_second: data.facts.fps,
        duration: data.facts.duration,
        width: data.facts.width,
        height: data.facts.height,
        size,
        stage: project.identity.workflow.stage(data.stage).map(|stage| stage.title.clone()),
        priority: data.priority,
        label_status: row.map_or_else(|| "NOT_LABELLED".to_owned(), |row| row.status.clone()),
        labelled: row.is_some_and(|row| editor.labelled.has_labels(&row.label_hash, &row.document)),
        last_edited_at: row.and_then(|row| row.edited_text.clone()),
        branches: data.rows.keys().cloned().collect(),
    }
}
