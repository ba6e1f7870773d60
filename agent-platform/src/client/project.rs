//! Projects, and their workflows, branches and datasets.

use serde::Deserialize;
use uuid::Uuid;

use crate::hash::ProjectHash;

use super::PlatformClient;
use super::error::Result;
use super::query::Query;
use super::tolerant::{lenient, lenient_list, open_enum};

open_enum! {
    /// Type of a project.
    ProjectType {
        /// A workflow with stages.
        Workflow = "workflow",
        /// The older type with manual quality assurance.
        ManualQa = "manual_qa",
    }
}

open_enum! {
    /// Status of a project.
    ProjectStatus {
        /// Not started.
        NotStarted = "notStarted",
        /// In progress.
        InProgress = "inProgress",
        /// In review.
        InReview = "inReview",
        /// Paused.
        Paused = "paused",
        /// Completed.
        Completed = "completed",
        /// Cancelled.
        Cancelled = "cancelled",
        /// Archived.
        Archived = "archived",
    }
}

open_enum! {
    /// Type of a workflow stage.
    StageType {
        /// Annotation.
        Annotation = "ANNOTATION",
        /// Review.
        Review = "REVIEW",
        /// A router by user.
        UserRouter = "USER_ROUTER",
        /// A router by percentage.
        PercentageRouter = "PERCENTAGE_ROUTER",
        /// Consensus annotation: several users annotate the same data.
        ConsensusAnnotation = "CONSENSUS_ANNOTATION",
        /// Consensus review.
        ConsensusReview = "CONSENSUS_REVIEW",
        /// The final stage.
        Done = "DONE",
        /// An agent stage, whose agent selects a pathway.
        Agent = "AGENT",
    }
}

/// A project (contract: `docs/contract/endpoints.md#get-project`). Times are ISO 8601 strings, unchanged.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Project {
    /// The project hash.
    #[serde(alias = "project_hash")]
    pub project_hash: ProjectHash,
    /// Type of the project.
    #[serde(alias = "project_type")]
    pub project_type: ProjectType,
    /// Status of the project.
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<ProjectStatus>,
    /// The title.
    pub title: String,
    /// The description.
    #[serde(default, deserialize_with = "lenient")]
    pub description: Option<String>,
    /// Email address of the creator.
    #[serde(default, alias = "creator_email", deserialize_with = "lenient")]
    pub creator_email: Option<String>,
    /// Time of creation.
    #[serde(default, alias = "created_at", deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// Time of the last change.
    #[serde(default, alias = "last_edited_at", deserialize_with = "lenient")]
    pub last_edited_at: Option<String>,
    /// Hash of the ontology, for [`PlatformClient::ontology`].
    #[serde(alias = "ontology_hash")]
    pub ontology_hash: String,
    /// Role of the caller: 0 admin, 1 annotator, 2 reviewer, 3 annotator and reviewer, 4 team manager, 5 viewer.
    #[serde(default, alias = "user_role", deserialize_with = "lenient")]
    pub user_role: Option<u64>,
    /// The projects that this project was created from.
    #[serde(default, alias = "source_projects", deserialize_with = "lenient_list")]
    pub source_projects: Vec<String>,
    /// UUID of the workflow manager.
    #[serde(default, alias = "workflow_manager_uuid", deserialize_with = "lenient")]
    pub workflow_manager_uuid: Option<Uuid>,
    /// The workflow, if the project has one.
    #[serde(default, deserialize_with = "lenient")]
    pub workflow: Option<Workflow>,
}

/// A project's workflow.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Workflow {
    /// The stages.
    #[serde(default, deserialize_with = "lenient_list")]
    pub stages: Vec<WorkflowStage>,
}

/// A stage of a workflow.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WorkflowStage {
    /// The UUID.
    pub uuid: Uuid,
    /// The title.
    pub title: String,
    /// Type of the stage.
    #[serde(alias = "stage_type")]
    pub stage_type: StageType,
    /// Pathways out of an agent stage; empty for other types.
    #[serde(default, deserialize_with = "lenient_list")]
    pub pathways: Vec<Pathway>,
}

/// A pathway out of an agent stage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Pathway {
    /// The UUID.
    pub uuid: Uuid,
    /// The title, by which an agent may select the pathway.
    pub title: String,
    /// UUID of the destination stage.
    #[serde(default, alias = "destination_uuid", deserialize_with = "lenient")]
    pub destination_uuid: Option<Uuid>,
}

impl From<&Project> for ProjectHash {
    fn from(project: &Project) -> Self {
        project.project_hash
    }
}

impl Project {
    /// Returns the stages of the workflow; empty without a workflow.
    #[must_use]
    pub fn stages(&self) -> &[WorkflowStage] {
        self.workflow.as_ref().map_or(&[], |workflow| &workflow.stages)
    }
}

/// A branch of a project's labels.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Branch {
    /// The name; `main` always exists.
    pub name: String,
}

/// A dataset of a project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Dataset {
    /// The dataset hash.
    #[serde(alias = "dataset_hash")]
    pub dataset_hash: Uuid,
    /// The title.
    pub title: String,
    /// The description.
    #[serde(default, deserialize_with = "lenient")]
    pub description: Option<String>,
}

/// Filter for listing projects. Default: all projects in which the caller has a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectFilter {
    /// Only projects with this title.
    pub title_eq: Option<String>,
    /// Only projects whose title matches this pattern; `%` matches any text.
    pub title_like: Option<String>,
    /// Only projects with this description.
    pub desc_eq: Option<String>,
    /// Only projects whose description matches this pattern; `%` matches any text.
    pub desc_like: Option<String>,
    /// Only projects created after this time (ISO 8601).
    pub created_after: Option<String>,
    /// Only projects created before this time (ISO 8601).
    pub created_before: Option<String>,
    /// Only projects changed after this time (ISO 8601).
    pub edited_after: Option<String>,
    /// Only projects changed before this time (ISO 8601).
    pub edited_before: Option<String>,
    /// Include projects of the caller's organisation.
    pub include_org_access: bool,
}

impl ProjectFilter {
    fn query(&self) -> Query {
        Query::default()
            .optional("titleEq", self.title_eq.as_deref())
            .optional("titleLike", self.title_like.as_deref())
            .optional("descEq", self.desc_eq.as_deref())
            .optional("descLike", self.desc_like.as_deref())
            .optional("createdBefore", self.created_before.as_deref())
            .optional("createdAfter", self.created_after.as_deref())
            .optional("editedBefore", self.edited_before.as_deref())
            .optional("editedAfter", self.edited_after.as_deref())
            .flag("includeOrgAccess", self.include_org_access)
    }
}

impl PlatformClient {
    /// Reads a project with its workflow (contract: `docs/contract/endpoints.md#get-project`).
    ///
    /// # Errors
    /// [`Error::Authorisation`](super::Error::Authorisation) if it does not exist or access is denied.
    pub async fn project(&self, project: impl Into<ProjectHash>) -> Result<Project> {
        let project: ProjectHash = project.into();
        let call = self.v2_get(&["projects", &project.to_string()], &Query::default());
        self.v2_value(&call).await
    }

    /// Lists all projects that match the filter, across all pages (contract: section 8.10).
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn projects(&self, filter: &ProjectFilter) -> Result<Vec<Project>> {
        self.all_pages(&["projects"], || filter.query(), false).await
    }

    /// Lists the branches of a project's labels (contract: section 8.10).
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn branches(&self, project: impl Into<ProjectHash>) -> Result<Vec<Branch>> {
        let project: ProjectHash = project.into();
        self.all_pages(&["projects", &project.to_string(), "branches"], Query::default, false).await
    }

    /// Lists the datasets of a project (contract: section 8.10).
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn datasets(&self, project: impl Into<ProjectHash>) -> Result<Vec<Dataset>> {
        let project: ProjectHash = project.into();
        self.all_pages(&["projects", &project.to_string(), "datasets"], Query::default, false).await
    }
}
