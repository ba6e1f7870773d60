//! The tasks that wait in an agent's stage, and sending them on.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PlatformClient;
use super::call::Effect;
use super::error::Result;
use super::query::Query;
use super::tolerant::{lenient, open_enum};

open_enum! {
    /// Where a task is in its stage.
    AgentTaskStatus {
        /// Nobody has looked at it.
        New = "NEW",
        /// Somebody has it.
        Assigned = "ASSIGNED",
        /// It was given back.
        Released = "RELEASED",
        /// It was passed over.
        Skipped = "SKIPPED",
        /// It came back.
        Reopened = "REOPENED",
        /// It is done.
        Completed = "COMPLETED",
    }
}

/// A task in an agent's stage (contract: `platform-api.md`, section 8.9). Times are ISO 8601 texts, as sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AgentTask {
    /// Its UUID.
    pub uuid: Uuid,
    /// When it was made.
    #[serde(default, alias = "created_at", deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// When it last changed.
    #[serde(default, alias = "updated_at", deserialize_with = "lenient")]
    pub updated_at: Option<String>,
    /// Where it is.
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<AgentTaskStatus>,
    /// The data it is about.
    #[serde(alias = "data_hash")]
    pub data_hash: Uuid,
    /// The title of the data.
    #[serde(default, alias = "data_title", deserialize_with = "lenient")]
    pub data_title: Option<String>,
    /// The branch of the labels.
    #[serde(default, alias = "label_branch_name", deserialize_with = "lenient")]
    pub label_branch_name: Option<String>,
    /// Who has it.
    #[serde(default, deserialize_with = "lenient")]
    pub assignee: Option<String>,
    /// Who moved it last.
    #[serde(default, alias = "last_actioned_by", deserialize_with = "lenient")]
    pub last_actioned_by: Option<String>,
}

/// A way out of an agent's stage, by title or by UUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathwayChoice {
    /// By its title.
    Name(String),
    /// By its UUID.
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
    /// The tasks that wait in an agent's stage, page by page; of these data alone, unless there are none.
    ///
    /// # Errors
    /// Any of [`Error`](super::Error).
    pub async fn agent_tasks(&self, project: Uuid, stage: Uuid, data_hashes: &[Uuid]) -> Result<Vec<AgentTask>> {
        let (project, stage) = (project.to_string(), stage.to_string());
        let path = ["projects", &project, "workflow", "stages", &stage, "tasks"];
        let query =
            || data_hashes.iter().fold(Query::default(), |query, hash| query.text("dataHashes", &hash.to_string()));
        self.all_pages(&path, query, false).await
    }

    /// Sends tasks on, each along its pathway. Never repeated once it may have been done.
    ///
    /// # Errors
    /// Any of [`Error`](super::Error).
    pub async fn proceed(&self, project: Uuid, stage: Uuid, tasks: &[(Uuid, PathwayChoice)]) -> Result<()> {
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
        let call = self.v2_send(Method::POST, &path, &actions, Effect::Changes)?;
        self.v2_done(&call).await
    }
}
