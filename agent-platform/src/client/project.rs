//! Projects: what they are, which there are, and what belongs to them.

use serde::Deserialize;
use uuid::Uuid;

use super::PlatformClient;
use super::error::Result;
use super::query::Query;
use super::tolerant::{lenient, lenient_list, open_enum};

open_enum! {
    /// How a project is organised.
    ProjectType {
        /// By a workflow of stages.
        Workflow = "workflow",
        /// By hand, the older way.
        ManualQa = "manual_qa",
    }
}

open_enum! {
    /// How far a project is.
    ProjectStatus {
        /// Nobody has begun.
        NotStarted = "notStarted",
        /// Under way.
        InProgress = "inProgress",
        /// In review.
        InReview = "inReview",
        /// Stopped for now.
        Paused = "paused",
        /// Done.
        Completed = "completed",
        /// Given up.
        Cancelled = "cancelled",
        /// Put away.
        Archived = "archived",
    }
}

open_enum! {
    /// What happens in a stage of a workflow.
    StageType {
        /// People annotate.
        Annotation = "ANNOTATION",
        /// People review.
        Review = "REVIEW",
        /// A router that sends tasks by user.
        UserRouter = "USER_ROUTER",
        /// A router that sends a share of the tasks.
        PercentageRouter = "PERCENTAGE_ROUTER",
        /// Several people annotate the same.
        ConsensusAnnotation = "CONSENSUS_ANNOTATION",
        /// People review what several have annotated.
        ConsensusReview = "CONSENSUS_REVIEW",
        /// The end.
        Done = "DONE",
        /// A task agent decides where tasks go.
        Agent = "AGENT",
    }
}

/// A project (contract: `platform-api.md`, section 8.1). Times are ISO 8601 texts, as sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Project {
    /// The project hash.
    #[serde(alias = "project_hash")]
    pub project_hash: Uuid,
    /// How it is organised.
    #[serde(alias = "project_type")]
    pub project_type: ProjectType,
    /// How far it is.
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<ProjectStatus>,
    /// The title.
    pub title: String,
    /// The description.
    #[serde(default, deserialize_with = "lenient")]
    pub description: Option<String>,
    /// Who made it.
    #[serde(default, alias = "creator_email", deserialize_with = "lenient")]
    pub creator_email: Option<String>,
    /// When it was made.
    #[serde(default, alias = "created_at", deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// When it was last changed.
    #[serde(default, alias = "last_edited_at", deserialize_with = "lenient")]
    pub last_edited_at: Option<String>,
    /// The hash of its ontology, for [`PlatformClient::ontology`].
    #[serde(alias = "ontology_hash")]
    pub ontology_hash: String,
    /// What the caller is in it: 0 admin, 1 annotator, 2 reviewer, 3 both, 4 team manager, 5 viewer.
    #[serde(default, alias = "user_role", deserialize_with = "lenient")]
    pub user_role: Option<u64>,
    /// The projects it was made from.
    #[serde(default, alias = "source_projects", deserialize_with = "lenient_list")]
    pub source_projects: Vec<String>,
    /// What runs its workflow.
    #[serde(default, alias = "workflow_manager_uuid", deserialize_with = "lenient")]
    pub workflow_manager_uuid: Option<Uuid>,
    /// Its workflow, if it has one.
    #[serde(default, deserialize_with = "lenient")]
    pub workflow: Option<Workflow>,
}

/// A project's workflow.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Workflow {
    /// Its stages.
    #[serde(default, deserialize_with = "lenient_list")]
    pub stages: Vec<WorkflowStage>,
}

/// A stage of a workflow.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WorkflowStage {
    /// Its UUID.
    pub uuid: Uuid,
    /// Its title.
    pub title: String,
    /// What happens in it.
    #[serde(alias = "stage_type")]
    pub stage_type: StageType,
    /// Where an agent can send tasks; empty for stages of other types.
    #[serde(default, deserialize_with = "lenient_list")]
    pub pathways: Vec<Pathway>,
}

/// A way out of an agent's stage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Pathway {
    /// Its UUID.
    pub uuid: Uuid,
    /// Its title, which an agent may decide by.
    pub title: String,
    /// The stage it leads to.
    #[serde(default, alias = "destination_uuid", deserialize_with = "lenient")]
    pub destination_uuid: Option<Uuid>,
}

impl Project {
    /// The stages of its workflow; none without a workflow.
    #[must_use]
    pub fn stages(&self) -> &[WorkflowStage] {
        self.workflow.as_ref().map_or(&[], |workflow| &workflow.stages)
    }
}

/// A branch of a project's labels.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Branch {
    /// Its name; `main` is always there.
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

/// Which projects to list; all that the caller has a role in, unless set otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectFilter {
    /// Only with this title.
    pub title_eq: Option<String>,
    /// Only with a title like this; `%` stands for anything.
    pub title_like: Option<String>,
    /// Only with this description.
    pub desc_eq: Option<String>,
    /// Only with a description like this; `%` stands for anything.
    pub desc_like: Option<String>,
    /// Only made after this time, ISO 8601.
    pub created_after: Option<String>,
    /// Only made before this time, ISO 8601.
    pub created_before: Option<String>,
    /// Only changed after this time, ISO 8601.
    pub edited_after: Option<String>,
    /// Only changed before this time, ISO 8601.
    pub edited_before: Option<String>,
    /// Also those of the caller's organisation.
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
    /// A project with its workflow (contract: `platform-api.md`, section 8.1).
    ///
    /// # Errors
    /// [`Error::Authorisation`](super::Error::Authorisation) if it is not there, or not for the caller.
    pub async fn project(&self, project: Uuid) -> Result<Project> {
        let call = self.v2_get(&["projects", &project.to_string()], &Query::default());
        self.v2_value(&call).await
    }

    /// All projects that the filter lets through, page by page (contract: section 8.10).
    ///
    /// # Errors
    /// Any of [`Error`](super::Error).
    pub async fn projects(&self, filter: &ProjectFilter) -> Result<Vec<Project>> {
        self.all_pages(&["projects"], || filter.query(), false).await
    }

    /// The branches of a project's labels (contract: section 8.10).
    ///
    /// # Errors
    /// Any of [`Error`](super::Error).
    pub async fn branches(&self, project: Uuid) -> Result<Vec<Branch>> {
        self.all_pages(&["projects", &project.to_string(), "branches"], Query::default, false).await
    }

    /// The datasets of a project (contract: section 8.10).
    ///
    /// # Errors
    /// Any of [`Error`](super::Error).
    pub async fn datasets(&self, project: Uuid) -> Result<Vec<Dataset>> {
        self.all_pages(&["projects", &project.to_string(), "datasets"], Query::default, false).await
    }
}
