//! Tasks in agent stages: listing them, and moving them along a pathway.

use std::borrow::Cow;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::hash::{AsHash, DataHash, ProjectHash};

use super::PlatformClient;
use super::call::Effect;
use super::error::Result;
use super::query::Query;
use super::tolerant::{lenient, open_enum};

open_enum! {
    /// Status of a task in its stage.
    AgentTaskStatus {
        /// Not opened yet.
        New = "NEW",
        /// Assigned to a user.
        Assigned = "ASSIGNED",
        /// Released by its assignee.
        Released = "RELEASED",
        /// Skipped.
        Skipped = "SKIPPED",
        /// Reopened.
        Reopened = "REOPENED",
        /// Completed.
        Completed = "COMPLETED",
    }
}

/// A task in an agent stage (contract: `docs/contract/endpoints.md#list-agent-tasks`). Times are ISO 8601 strings,
/// unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AgentTask {
    /// The UUID.
    pub uuid: Uuid,
    /// Time of creation.
    #[serde(default, alias = "created_at", deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// Time of the last change.
    #[serde(default, alias = "updated_at", deserialize_with = "lenient")]
    pub updated_at: Option<String>,
    /// Status in the stage.
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<AgentTaskStatus>,
    /// The data hash.
    #[serde(alias = "data_hash")]
    pub data_hash: DataHash,
    /// Title of the data.
    #[serde(default, alias = "data_title", deserialize_with = "lenient")]
    pub data_title: Option<String>,
    /// Branch of the labels.
    #[serde(default, alias = "label_branch_name", deserialize_with = "lenient")]
    pub label_branch_name: Option<String>,
    /// Email address of the assignee.
    #[serde(default, deserialize_with = "lenient")]
    pub assignee: Option<String>,
    /// Email address of the user who moved the task last.
    #[serde(default, alias = "last_actioned_by", deserialize_with = "lenient")]
    pub last_actioned_by: Option<String>,
}

/// A pathway out of an agent stage, by title or by UUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathwayChoice {
    /// The pathway's title.
    Name(String),
    /// The pathway's UUID.
    Uuid(Uuid),
}

/// Filter of the tasks in an agent stage. An empty list matches every task. Default: all tasks.
///
/// ```
/// use agent_platform::client::{AgentTaskStatus, TaskFilter};
///
/// let filter = TaskFilter::ALL.status(AgentTaskStatus::New).status(AgentTaskStatus::Reopened).title_contains("drive");
/// assert_eq!(filter.statuses.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TaskFilter {
    /// Only tasks with one of these statuses.
    pub statuses: Vec<AgentTaskStatus>,
    /// Only tasks assigned to one of these email addresses.
    pub assignees: Vec<String>,
    /// Only data whose title contains this text.
    pub title_contains: Option<String>,
    /// Only data of these datasets.
    pub datasets: Vec<Uuid>,
    /// Only these data.
    pub data: Vec<DataHash>,
}

impl TaskFilter {
    /// All tasks.
    pub const ALL: Self = Self {
        statuses: Vec::new(),
        assignees: Vec::new(),
        title_contains: None,
        datasets: Vec::new(),
        data: Vec::new(),
    };

    /// Selects tasks with this status, besides those of earlier calls.
    #[must_use]
    pub fn status(mut self, status: AgentTaskStatus) -> Self {
        self.statuses.push(status);
        self
    }

    /// Selects tasks assigned to this email address, besides those of earlier calls.
    #[must_use]
    pub fn assignee(mut self, email: impl Into<String>) -> Self {
        self.assignees.push(email.into());
        self
    }

    /// Selects data whose title contains the text.
    #[must_use]
    pub fn title_contains(mut self, text: impl Into<String>) -> Self {
        self.title_contains = Some(text.into());
        self
    }

    /// Selects data of this dataset, besides those of earlier calls.
    #[must_use]
    pub fn dataset(mut self, dataset: Uuid) -> Self {
        self.datasets.push(dataset);
        self
    }

    /// Returns this filter with the criteria of `other` in place of its own, for each criterion that `other` has.
    #[must_use]
    pub fn overridden_by(&self, other: &Self) -> Self {
        fn list<T: Clone>(own: &[T], other: &[T]) -> Vec<T> {
            if other.is_empty() { own.to_vec() } else { other.to_vec() }
        }
        Self {
            statuses: list(&self.statuses, &other.statuses),
            assignees: list(&self.assignees, &other.assignees),
            title_contains: other.title_contains.clone().or_else(|| self.title_contains.clone()),
            datasets: list(&self.datasets, &other.datasets),
            data: list(&self.data, &other.data),
        }
    }

    /// Adds the criteria to a query, in the order of the Python SDK.
    fn query(&self, page_token: Option<&str>) -> Query {
        let query = Query::default().optional("pageToken", page_token);
        let query = self.assignees.iter().fold(query, |query, email| query.text("userEmails", email));
        let query = self.data.iter().fold(query, |query, hash| query.text("dataHashes", &hash.to_string()));
        let query = self.datasets.iter().fold(query, |query, hash| query.text("datasetHashes", &hash.to_string()));
        let query = query.optional("dataTitleContains", self.title_contains.as_deref());
        self.statuses.iter().fold(query, |query, status| query.text("statuses", status.as_str()))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Action<'a> {
    task_uuid: Uuid,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pathway_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pathway_uuid: Option<Uuid>,
}

impl PlatformClient {
    /// Lists the tasks in an agent stage, across all pages. If `data_hashes` is not empty, only the tasks of these
    /// data.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn agent_tasks(
        &self,
        project: impl Into<ProjectHash>,
        stage: Uuid,
        data_hashes: &[DataHash],
    ) -> Result<Vec<AgentTask>> {
        let project: ProjectHash = project.into();
        let (project, stage) = (project.to_string(), stage.to_string());
        let path = ["projects", &project, "workflow", "stages", &stage, "tasks"];
        let filter = TaskFilter { data: data_hashes.to_vec(), ..TaskFilter::ALL };
        self.all_pages(&path, || filter.query(None), false).await
    }

    /// Reads one page of the tasks in an agent stage that match the filter: the first, or the one that `page_token` names. The second
    /// value names the next page; `None` after the last.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn agent_task_page(
        &self,
        project: impl Into<ProjectHash>,
        stage: Uuid,
        filter: &TaskFilter,
        page_token: Option<&str>,
    ) -> Result<(Vec<AgentTask>, Option<String>)> {
        let project: ProjectHash = project.into();
        let (project, stage) = (project.to_string(), stage.to_string());
        let path = ["projects", &project, "workflow", "stages", &stage, "tasks"];
        self.one_page(&path, &filter.query(page_token)).await
    }

    /// Moves tasks along their pathways. Not idempotent: it is not retried if the platform may have received it.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn proceed(
        &self,
        project: impl Into<ProjectHash>,
        stage: Uuid,
        tasks: &[(Uuid, PathwayChoice)],
    ) -> Result<()> {
        let project: ProjectHash = project.into();
        let (project, stage) = (project.to_string(), stage.to_string());
        let path = ["projects", &project, "workflow", "stages", &stage, "actions"];
        let actions: Vec<_> = tasks
            .iter()
            .map(|(task_uuid, pathway)| Action {
                task_uuid: *task_uuid,
                action: "PATHWAY_ACTION",
                pathway_name: if let PathwayChoice::Name(name) = pathway { Some(name) } else { None },
                pathway_uuid: if let PathwayChoice::Uuid(uuid) = pathway { Some(*uuid) } else { None },
            })
            .collect();
        let call = self.v2_send(Method::POST, &path, &actions, Effect::NonIdempotent)?;
        self.v2_execute(&call).await
    }
}

impl AsHash<DataHash> for AgentTask {
    fn as_hash(&self) -> Cow<'_, str> {
        self.data_hash.to_string().into()
    }
}
