//! Workflow tasks: priorities, completing and reopening.

use std::borrow::Cow;

use reqwest::Method;
use serde::Serialize;

use crate::hash::{AsHash, DataHash, LabelHash, ProjectHash};

use super::PlatformClient;
use super::call::{Effect, Scope};
use super::error::Result;
use super::label_rows::MAX_LABEL_ROWS_PER_REQUEST;
use super::legacy::QueryMethod;

#[derive(Serialize)]
struct Priorities<'a> {
    priorities: Vec<(Cow<'a, str>, f64)>,
}

#[derive(Serialize)]
struct Move {
    action: &'static str,
}

impl PlatformClient {
    /// Sets the priorities of tasks, from 0 to 1, by data hash (contract: `docs/contract/endpoints.md#set-priorities`).
    /// Only for workflow projects. Idempotent, so it is retried like a reading call.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn set_priorities<H: AsHash<DataHash>>(
        &self,
        project: impl Into<ProjectHash>,
        priorities: &[(H, f64)],
    ) -> Result<()> {
        let priorities = priorities.iter().map(|(hash, priority)| (hash.as_hash(), *priority)).collect();
        let project: ProjectHash = project.into();
        let path = ["projects", &project.to_string(), "priorities"];
        let call = self.v2_send(Method::POST, &path, &Priorities { priorities }, Effect::Idempotent)?;
        self.v2_execute(&call).await
    }

    /// Completes the tasks of label rows (contract: section 8.9). Not idempotent: it is not retried if the platform may
    /// have received it.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn complete<H: AsHash<LabelHash>>(
        &self,
        project: impl Into<ProjectHash>,
        label_hashes: &[H],
    ) -> Result<()> {
        self.move_tasks(project.into(), label_hashes, "complete").await
    }

    /// Reopens the tasks of label rows (contract: section 8.9). Not idempotent: it is not retried if the platform may
    /// have received it.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn reopen<H: AsHash<LabelHash>>(
        &self,
        project: impl Into<ProjectHash>,
        label_hashes: &[H],
    ) -> Result<()> {
        self.move_tasks(project.into(), label_hashes, "reopen").await
    }

    async fn move_tasks<H: AsHash<LabelHash>>(
        &self,
        project: ProjectHash,
        hashes: &[H],
        action: &'static str,
    ) -> Result<()> {
        let hashes: Vec<_> = hashes.iter().map(AsHash::as_hash).collect();
        for some in hashes.chunks(MAX_LABEL_ROWS_PER_REQUEST) {
            let query = ("labelworkflowgraphnode", QueryMethod::Post);
            let call =
                self.legacy(Scope::Project(project), query, Some(some), &Move { action }, Effect::NonIdempotent)?;
            self.legacy_execute(&call).await?;
        }
        Ok(())
    }
}
