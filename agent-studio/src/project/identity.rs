//! Hashes and titles that identify a project in responses.

use uuid::{Uuid, uuid};

use crate::clock::Moment;

use super::source::ProjectSource;
use super::workflow::Workflow;

/// UUID namespace for the hashes of projects without a project hash.
const PROJECTS: Uuid = uuid!("5b0c1e52-8a0e-4d4b-9d3a-6f1d2c7b8e90");

/// The hashes and titles of a project.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) project: Uuid,
    pub(crate) ontology: Uuid,
    pub(crate) dataset: Uuid,
    pub(crate) folder: Uuid,
    pub(crate) workflow_manager: Uuid,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) dataset_title: String,
    pub(crate) owner: String,
    pub(crate) created: Moment,
    pub(crate) workflow: Workflow,
}

impl Identity {
    /// Creates the identity, and derives missing hashes from the project hash.
    pub(crate) fn from_source(source: &ProjectSource) -> Self {
        let project = source.project_hash.unwrap_or_else(|| project_hash(&source.title));
        let derived = |what: &str| Uuid::new_v5(&project, what.as_bytes());
        let workflow = if source.stages.is_empty() {
            Workflow::default_for(project)
        } else {
            Workflow { stages: source.stages.clone() }
        };
        Self {
            project,
            ontology: source.ontology_hash.unwrap_or_else(|| derived("ontology")),
            dataset: source.dataset_hash.unwrap_or_else(|| derived("dataset")),
            folder: source.folder.unwrap_or_else(|| derived("folder")),
            workflow_manager: derived("workflow manager"),
            title: source.title.clone(),
            description: source.description.clone(),
            dataset_title: source.dataset_title.clone().unwrap_or_else(|| source.title.clone()),
            owner: source.owner.clone(),
            created: source.created_at.as_deref().and_then(Moment::parse).unwrap_or_else(Moment::now),
            workflow,
        }
    }

    /// Derives the data hash of a file.
    pub(crate) fn data_hash(&self, title: &str) -> String {
        Uuid::new_v5(&self.project, format!("data:{title}").as_bytes()).to_string()
    }

    /// Derives the UUID of a file's storage item.
    pub(crate) fn item(&self, key: &str) -> Uuid {
        Uuid::new_v5(&self.folder, format!("item:{key}").as_bytes())
    }
}

/// Derives a project hash from the title.
pub(crate) fn project_hash(title: &str) -> Uuid {
    Uuid::new_v5(&PROJECTS, title.as_bytes())
}

/// Derives the hash of an image of an image group.
pub(crate) fn image_hash(group: &str, title: &str) -> String {
    derived(group, &format!("image:{title}")).to_string()
}

/// Derives a UUID from a hash, which need not be a UUID.
pub(crate) fn derived(hash: &str, what: &str) -> Uuid {
    let namespace = Uuid::parse_str(hash).unwrap_or_else(|_| Uuid::new_v5(&PROJECTS, hash.as_bytes()));
    Uuid::new_v5(&namespace, what.as_bytes())
}
