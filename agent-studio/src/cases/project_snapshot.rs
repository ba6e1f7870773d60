//! `project.json`: the project as far as the called data unit needs it.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::case_error::CaseError;
use super::media_reference::MediaReference;
use crate::media::{MediaFacts, MediaKind};
use crate::project::{DataSource, ImageSource, Item, Media, Pathway, Project, ProjectSource, Stage, StageKind};

/// Content of `project.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProjectSnapshot {
    title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    project_hash: Uuid,
    ontology_hash: Uuid,
    dataset_hash: Uuid,
    dataset_title: String,
    folder: Uuid,
    owner: String,
    created_at: String,
    stages: Vec<StageSnapshot>,
    pub(crate) data: DataSnapshot,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StageSnapshot {
    kind: StageKind,
    uuid: Uuid,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pathways: Option<Vec<PathwaySnapshot>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rejected: Option<Uuid>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PathwaySnapshot {
    uuid: Uuid,
    title: String,
    to: Uuid,
}

/// The called data unit.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DataSnapshot {
    pub(crate) title: String,
    kind: String,
    pub(crate) data_hash: String,
    item: Uuid,
    facts: MediaFacts,
    media: MediaReference,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    images: Vec<ImageSnapshot>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listing: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_metadata: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    priority: f64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ImageSnapshot {
    title: String,
    image_hash: String,
    item: Uuid,
    facts: MediaFacts,
    media: MediaReference,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_metadata: Option<Value>,
}

impl ProjectSnapshot {
    /// Records a project with one of its data units. Media files are copied into the folder of the case. Returns `None` if the
    /// project does not have the data unit.
    ///
    /// # Errors
    /// A media file cannot be copied.
    pub(crate) fn record(project: &Project, data_hash: &str, case: &Path) -> Result<Option<Self>, CaseError> {
        let identity = &project.identity;
        // Cloned, so that the project is not locked while files are copied.
        let world = project.world().clone();
        let Some(data) = world.data(data_hash) else { return Ok(None) };
        let media = |item: Uuid, title: &str, number: usize| {
            let media = world.items.get(&item).map_or(&Media::None, |item| &item.media);
            MediaReference::record(media, title, number, case)
        };
        let metadata = |item: Uuid| world.items.get(&item).and_then(client_metadata);
        let mut images = Vec::new();
        for (number, image) in data.images.iter().enumerate() {
            images.push(ImageSnapshot {
                title: image.title.clone(),
                image_hash: image.hash.clone(),
                item: image.item,
                facts: image.facts.clone(),
                media: media(image.item, &image.title, number)?,
                client_metadata: metadata(image.item),
            });
        }
        let data = DataSnapshot {
            title: data.title.clone(),
            kind: data.kind.as_str().to_owned(),
            data_hash: data.hash.clone(),
            item: data.item,
            facts: data.facts.clone(),
            media: if images.is_empty() { media(data.item, &data.title, 0)? } else { MediaReference::None },
            images,
            listing: data.listing.as_deref().and_then(|listing| serde_json::from_str(listing).ok()),
            client_metadata: metadata(data.item),
            stage: identity.workflow.stage(data.stage).map(|stage| stage.title.clone()),
            priority: data.priority,
        };
        Ok(Some(Self {
            title: identity.title.clone(),
            description: identity.description.clone(),
            project_hash: identity.project,
            ontology_hash: identity.ontology,
            dataset_hash: identity.dataset,
            dataset_title: identity.dataset_title.clone(),
            folder: identity.folder,
            owner: identity.owner.clone(),
            created_at: identity.created.legacy(),
            stages: identity.workflow.stages.iter().map(StageSnapshot::new).collect(),
            data,
        }))
    }

    /// Returns the project, with the label row of its data unit.
    ///
    /// # Errors
    /// A media file is missing, or the kind of the data is unknown.
    pub(crate) fn source(&self, case: &Path, ontology: &str, row: Option<&str>) -> Result<ProjectSource, CaseError> {
        let mut source = ProjectSource::new(self.title.as_str(), ontology).project_hash(self.project_hash);
        source.description = self.description.clone();
        source.ontology_hash = Some(self.ontology_hash);
        source.dataset_hash = Some(self.dataset_hash);
        source.dataset_title = Some(self.dataset_title.clone());
        source.folder = Some(self.folder);
        source.owner = self.owner.clone();
        source.created_at = Some(self.created_at.clone());
        source.stages = self.stages.iter().map(StageSnapshot::stage).collect();
        let mut data = self.data.source(case)?;
        data.label_rows.extend(row.map(|row| ("main".to_owned(), row.to_owned())));
        Ok(source.data(data))
    }
}

impl DataSnapshot {
    fn source(&self, case: &Path) -> Result<DataSource, CaseError> {
        let kind = MediaKind::parse(&self.kind);
        let kind = kind.ok_or_else(|| CaseError::content(case, &format!("unknown kind of data: {}", self.kind)))?;
        let mut source = DataSource::new(self.title.as_str(), kind).data_hash(self.data_hash.as_str());
        source.facts = self.facts.clone();
        source.media = self.media.media(case)?;
        source.item = Some(self.item);
        source.listing = self.listing.as_ref().map(Value::to_string);
        source.client_metadata = self.client_metadata.as_ref().map(Value::to_string);
        source.stage = self.stage.clone();
        source.priority = Some(self.priority);
        for image in &self.images {
            source.images.push(ImageSource {
                title: image.title.clone(),
                facts: image.facts.clone(),
                media: image.media.media(case)?,
                image_hash: Some(image.image_hash.clone()),
                item: Some(image.item),
                client_metadata: image.client_metadata.as_ref().map(Value::to_string),
            });
        }
        Ok(source)
    }

    /// Returns the size of a frame in pixels, if it is known.
    pub(crate) fn size_of_frame(&self, frame: u64) -> Option<(u64, u64)> {
        let image = usize::try_from(frame).ok().and_then(|frame| self.images.get(frame));
        let facts = image.map_or(&self.facts, |image| &image.facts);
        facts.width.zip(facts.height)
    }
}

impl StageSnapshot {
    fn new(stage: &Stage) -> Self {
        let pathway = |pathway: &Pathway| PathwaySnapshot {
            uuid: pathway.uuid,
            title: pathway.title.clone(),
            to: pathway.destination_uuid,
        };
        Self {
            kind: stage.kind,
            uuid: stage.uuid,
            title: stage.title.clone(),
            pathways: stage.pathways.as_ref().map(|pathways| pathways.iter().map(pathway).collect()),
            next: stage.next,
            rejected: stage.rejected,
        }
    }

    fn stage(&self) -> Stage {
        let mut stage = Stage::new(self.kind, self.uuid, self.title.as_str());
        let pathway = |pathway: &PathwaySnapshot| Pathway::new(pathway.uuid, pathway.title.as_str(), pathway.to);
        stage.pathways = self.pathways.as_ref().map(|pathways| pathways.iter().map(pathway).collect());
        stage.next = self.next;
        stage.rejected = self.rejected;
        stage
    }
}

/// Returns the client metadata of an item, if it has any.
fn client_metadata(item: &Item) -> Option<Value> {
    let metadata: Value = serde_json::from_str(&item.metadata).ok()?;
    metadata.as_object().is_some_and(|members| !members.is_empty()).then_some(metadata)
}
