//! Settings of the work on workflow stages, and the lists among its variables.

use std::time::Duration;

use agent_platform::client::{AgentTaskStatus, TaskFilter};
use agent_platform::hash::ProjectHash;
use uuid::Uuid;

use super::Settings;
use super::shard::Shard;
use crate::start_error::StartError;

/// The settings of the work on workflow stages.
#[derive(Debug, Clone)]
pub(crate) struct StageSettings {
    /// The projects whose stages are worked on. Empty: those that signed notifications name.
    pub(crate) projects: Vec<ProjectHash>,
    /// Interval of polling. `None`: tasks are listed at the start, and after a notification.
    pub(crate) poll: Option<Duration>,
    /// Maximum number of concurrent tasks of a stage.
    pub(crate) concurrency: usize,
    /// Maximum number of tries of a task.
    pub(crate) tries: usize,
    /// Delay before the second try. It doubles with every further try.
    pub(crate) backoff: Duration,
    /// Works on the tasks that wait, and ends the program.
    pub(crate) drain: bool,
    pub(crate) shard: Option<Shard>,
    /// Number of shards, if a variable of the hosting platform has the index.
    pub(crate) shards: Option<usize>,
    /// Criteria of tasks, in place of those of the stages.
    pub(crate) tasks: TaskFilter,
    /// Maximum number of tasks of a drain. Default: all.
    pub(crate) max_tasks: Option<usize>,
}

impl Default for StageSettings {
    fn default() -> Self {
        Self {
            projects: Vec::new(),
            poll: None,
            concurrency: 16,
            tries: 3,
            backoff: Duration::from_secs(1),
            drain: false,
            shard: None,
            shards: None,
            tasks: TaskFilter::ALL,
            max_tasks: None,
        }
    }
}

impl StageSettings {
    /// Clears the list that a variable sets, so that arguments replace it.
    pub(crate) fn clear_list(&mut self, variable: &str) {
        match variable {
            "AGENT_STAGE_PROJECTS" => self.projects.clear(),
            "AGENT_STAGE_STATUSES" => self.tasks.statuses.clear(),
            "AGENT_STAGE_ASSIGNEES" => self.tasks.assignees.clear(),
            "AGENT_STAGE_DATASETS" => self.tasks.datasets.clear(),
            _ => {}
        }
    }
}

/// Adds an entry of `AGENT_STAGE_PROJECTS`.
pub(super) fn add_project(settings: &mut Settings, project: &str) -> Result<(), StartError> {
    let hash = parse_hash("AGENT_STAGE_PROJECTS", project, "project hashes, which are UUIDs, separated by blanks")?;
    settings.stage.projects.push(hash.into());
    Ok(())
}

/// Adds an entry of `AGENT_STAGE_DATASETS`.
pub(super) fn add_dataset(settings: &mut Settings, dataset: &str) -> Result<(), StartError> {
    let hash = parse_hash("AGENT_STAGE_DATASETS", dataset, "dataset hashes, which are UUIDs, separated by blanks")?;
    settings.stage.tasks.datasets.push(hash);
    Ok(())
}

/// Adds an entry of `AGENT_STAGE_STATUSES`.
pub(super) fn add_status(settings: &mut Settings, status: &str) -> Result<(), StartError> {
    let parsed = AgentTaskStatus::from(status.to_uppercase().as_str());
    if matches!(parsed, AgentTaskStatus::Unknown(_)) {
        let expects = "`new`, `assigned`, `released`, `skipped`, `reopened` or `completed`, separated by blanks";
        return Err(invalid("AGENT_STAGE_STATUSES", status, expects));
    }
    settings.stage.tasks.statuses.push(parsed);
    Ok(())
}

/// Adds an entry of `AGENT_STAGE_ASSIGNEES`.
pub(super) fn add_assignee(settings: &mut Settings, email: &str) -> Result<(), StartError> {
    if !email.contains('@') {
        return Err(invalid("AGENT_STAGE_ASSIGNEES", email, "email addresses, separated by blanks"));
    }
    settings.stage.tasks.assignees.push(email.to_owned());
    Ok(())
}

fn parse_hash(name: &'static str, hash: &str, expects: &str) -> Result<Uuid, StartError> {
    Uuid::parse_str(hash).map_err(|_| invalid(name, hash, expects))
}

fn invalid(name: &'static str, value: &str, expects: &str) -> StartError {
    StartError::Setting { name, value: value.to_owned(), expects: expects.to_owned() }
}
