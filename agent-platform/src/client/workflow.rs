//! Moving tasks: priorities, completing and reopening.

use reqwest::Method;
use serde::Serialize;
use uuid::Uuid;

use super::PlatformClient;
use super::call::{Effect, Scope};
use super::error::Result;
use super::label_rows::LABEL_ROWS_AT_ONCE;
use super::legacy::QueryMethod;

#[derive(Serialize)]
struct Priorities<'a> {
    priorities: Vec<(&'a str, f64)>,
}

#[derive(Serialize)]
struct Move {
    action: &'static str,
}

impl PlatformClient {
    /// Sets the priorities of tasks, by data hash, from 0 to 1 (contract: `platform-api.md`, section 8.9). Workflow
    /// projects only. Setting the same twice does no harm, so it is repeated like reading.
    ///
    /// # Errors
    /// Any of [`Error`](super::Error).
    pub async fn set_priorities<H: AsRef<str>>(&self, project: Uuid, priorities: &[(H, f64)]) -> Result<()> {
        let priorities = priorities.iter().map(|(hash, priority)| (hash.as_ref(), *priority)).collect();
        let path = ["projects", &project.to_string(), "priorities"];
        let call = self.v2_send(Method::POST, &path, &Priorities { priorities }, Effect::Harmless)?;
        self.v2_done(&call).await
    }

    /// Completes the tasks of label rows (contract: section 8.9). Never repeated once it may have been done.
    ///
    /// # Errors
    /// Any of [`Error`](super::Error).
    pub async fn complete<H: AsRef<str>>(&self, project: Uuid, label_hashes: &[H]) -> Result<()> {
        self.move_tasks(project, label_hashes, "complete").await
    }

    /// Reopens the tasks of label rows (contract: section 8.9). Never repeated once it may have been done.
    ///
    /// # Errors
    /// Any of [`Error`](super::Error).
    pub async fn reopen<H: AsRef<str>>(&self, project: Uuid, label_hashes: &[H]) -> Result<()> {
        self.move_tasks(project, label_hashes, "reopen").await
    }

    async fn move_tasks<H: AsRef<str>>(&self, project: Uuid, hashes: &[H], action: &'static str) -> Result<()> {
        let hashes: Vec<&str> = hashes.iter().map(AsRef::as_ref).collect();
        for some in hashes.chunks(LABEL_ROWS_AT_ONCE) {
            let query = ("labelworkflowgraphnode", QueryMethod::Post);
            let call = self.legacy(Scope::Project(project), query, Some(some), &Move { action }, Effect::Changes)?;
            self.legacy_done(&call).await?;
        }
        Ok(())
    }
}
