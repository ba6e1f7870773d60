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
        let query =
            || data_hashes.iter().fold(Query::default(), |query, hash| query.text("dataHashes", &hash.to_string()));
        self.all_pages(&path, query, false).await
    }

    /// Reads one page of the tasks in an agent stage: the first, or the one that `page_token` names. The second value names the next
    /// page; `None` after the last.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn agent_task_page(
        &self,
        project: impl Into<ProjectHash>,
        stage: Uuid,
        page_token: Option<&str>,
    ) -> Result<(Vec<AgentTask>, Option<String>)> {
        let project: ProjectHash = project.into();
        let (project, stage) = (project.to_string(), stage.to_string());
        let path = ["projects", &project, "workflow", "stages", &stage, "tasks"];
        self.one_page(&path, &Query::default().optional("pageToken", page_token)).await
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
