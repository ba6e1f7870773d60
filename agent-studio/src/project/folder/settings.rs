//! Parser of `project.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use uuid::Uuid;

use crate::clock::Moment;

use super::super::identity::project_hash;
use super::super::open_error::OpenError;
use super::super::source::{DataSource, ProjectSource};
use super::super::workflow::{Pathway, Stage, StageKind};
use super::files::text;

/// Content of `project.toml`. Only the title is required.
///
/// ```toml
/// title = "Street scenes"
/// description = "Cars and signs"
/// owner = "me@example.test"
/// project_hash = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3"
///
/// [[stage]]
/// title = "Annotate 1"
/// kind = "ANNOTATION"
/// next = "Agent 1"
///
/// [[stage]]
/// title = "Agent 1"
/// kind = "AGENT"
/// pathways = [{ title = "done", to = "Complete" }]
///
/// [[stage]]
/// title = "Complete"
/// kind = "DONE"
///
/// [data."street.jpg"]
/// data_hash = "11111111-aaaa-4bbb-8ccc-000000000001"
/// ```
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    title: String,
    #[serde(default)]
    description: String,
    owner: Option<String>,
    project_hash: Option<Uuid>,
    ontology_hash: Option<Uuid>,
    dataset_hash: Option<Uuid>,
    dataset_title: Option<String>,
    /// UUID of the storage folder.
    folder: Option<Uuid>,
    created_at: Option<String>,
    #[serde(default)]
    stage: Vec<StageSettings>,
    /// Settings of files and of images of groups, by path below `data/`.
    #[serde(default)]
    data: BTreeMap<String, DataSettings>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StageSettings {
    title: String,
    kind: StageKind,
    uuid: Option<Uuid>,
    #[serde(default)]
    pathways: Vec<PathwaySettings>,
    /// Title of the stage that submitted or approved tasks enter.
    next: Option<String>,
    /// Title of the stage that rejected tasks enter.
    rejected: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PathwaySettings {
    title: String,
    /// Title of the destination stage.
    to: String,
    uuid: Option<Uuid>,
}

/// Explicit hashes of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DataSettings {
    data_hash: Option<String>,
    /// UUID of the storage item.
    item: Option<Uuid>,
}

impl Settings {
    pub(super) fn read(root: &Path) -> Result<Self, OpenError> {
        let path = root.join("project.toml");
        let settings = toml::from_str(&text(&path)?);
        settings.map_err(|error: toml::de::Error| OpenError::Content { path, problem: error.to_string() })
    }

    /// Applies the explicit hashes to data units and images.
    pub(super) fn apply_hashes(&self, data: &mut [DataSource]) {
        for source in data {
            let of = |key: &str| self.data.get(key);
            if let Some(named) = of(&source.title) {
                source.data_hash = named.data_hash.clone();
                source.item = named.item;
            }
            for image in &mut source.images {
                if let Some(named) = of(&format!("{}/{}", source.title, image.title)) {
                    image.image_hash = named.data_hash.clone();
                    image.item = named.item;
                }
            }
        }
    }

    /// Returns the project without its data.
    pub(super) fn project(self, root: &Path, ontology: String) -> Result<ProjectSource, OpenError> {
        let path = root.join("project.toml");
        let hash = self.project_hash.unwrap_or_else(|| project_hash(&self.title));
        let stages = stages(hash, &self.stage);
        let stages = stages.map_err(|problem| OpenError::Content { path: path.clone(), problem })?;
        if let Some(time) = self.created_at.as_deref().filter(|time| Moment::parse(time).is_none()) {
            return Err(OpenError::Content { path, problem: format!("created_at is not a valid time: {time}") });
        }
        // The default is the modification time of the file, which is stable across restarts.
        let changed = || Some(Moment::from(std::fs::metadata(&path).ok()?.modified().ok()?).legacy());
        let mut source = ProjectSource::new(self.title, ontology).project_hash(hash);
        source.description = self.description;
        source.owner = self.owner.unwrap_or(source.owner);
        source.ontology_hash = self.ontology_hash;
        source.dataset_hash = self.dataset_hash;
        source.dataset_title = self.dataset_title;
        source.folder = self.folder;
        source.created_at = self.created_at.or_else(changed);
        source.stages = stages;
        Ok(source)
    }
}

fn stages(project: Uuid, settings: &[StageSettings]) -> Result<Vec<Stage>, String> {
    settings.iter().enumerate().map(|(at, stage)| stage.stage(project, &settings[..at], settings)).collect()
}

impl StageSettings {
    /// Creates the stage. `before` are the preceding stages, `all` those of the workflow.
    fn stage(&self, project: Uuid, before: &[Self], all: &[Self]) -> Result<Stage, String> {
        let title = &self.title;
        if before.iter().any(|other| other.title == *title) {
            return Err(format!("duplicate stage {title}"));
        }
        if self.kind != StageKind::Agent && !self.pathways.is_empty() {
            return Err(format!("stage {title} has pathways, but only agent stages can"));
        }
        if self.next.is_some() && !self.kind.has_next() {
            return Err(format!("stage {title} has `next`, but only annotation and review stages can"));
        }
        if self.rejected.is_some() && !self.kind.has_rejected() {
            return Err(format!("stage {title} has `rejected`, but only review stages can"));
        }
        let resolve = |what: &str, title: &str| {
            let to = all.iter().find(|other| other.title == title);
            to.map(|to| to.uuid(project)).ok_or_else(|| format!("{what} leads to an unknown stage: {title}"))
        };
        let pathways = self.pathways.iter().map(|pathway| {
            let id = || derived(project, &format!("pathway:{title}:{}", pathway.title));
            Ok(Pathway {
                uuid: pathway.uuid.unwrap_or_else(id),
                title: pathway.title.clone(),
                destination_uuid: resolve(&format!("pathway {}", pathway.title), &pathway.to)?,
            })
        });
        let pathways: Result<Vec<_>, String> = pathways.collect();
        let target = |key: &str, to: &Option<String>| {
            to.as_deref().map(|to| resolve(&format!("`{key}` of stage {title}"), to)).transpose()
        };
        Ok(Stage {
            kind: self.kind,
            uuid: self.uuid(project),
            title: title.clone(),
            pathways: Some(pathways?).filter(|_| self.kind == StageKind::Agent),
            next: target("next", &self.next)?,
            rejected: target("rejected", &self.rejected)?,
        })
    }

    fn uuid(&self, project: Uuid) -> Uuid {
        self.uuid.unwrap_or_else(|| derived(project, &format!("stage:{}", self.title)))
    }
}

fn derived(project: Uuid, what: &str) -> Uuid {
    Uuid::new_v5(&project, what.as_bytes())
}
