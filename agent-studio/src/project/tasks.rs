//! Tasks: the listing of a stage, priorities, completing and reopening by hand.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::{Moment, TimestampResolution};

use super::data::{Data, TaskStatus};
use super::folder::natural;
use super::identity::Identity;
use super::refusal::Refusal;
use super::served::Project;
use super::workflow::StageKind;
use super::world::World;

/// A move by hand (contract: `docs/contract/endpoints.md#move-agent-tasks`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TaskMove {
    Complete,
    Reopen,
}

/// The filter of a stage's tasks. An empty list lets every task through.
#[derive(Debug, Default)]
pub(crate) struct TaskFilter {
    pub(crate) data_hashes: Vec<String>,
    pub(crate) dataset_hashes: Vec<String>,
    pub(crate) user_emails: Vec<String>,
    pub(crate) statuses: Vec<String>,
    pub(crate) data_title_contains: Option<String>,
}

/// The last task that a reader of a listing has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastTask {
    task: Uuid,
    /// Tells the position where the task is gone.
    title: String,
}

/// A task that waits in a stage.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskAnswer {
    uuid: Uuid,
    created_at: String,
    updated_at: String,
    status: TaskStatus,
    data_hash: String,
    data_title: String,
    label_branch_name: &'static str,
    assignee: Option<String>,
    last_actioned_by: Option<String>,
    /// The labels to choose from, in a consensus review only. Annotators have no labels of their own here.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<[(); 0]>,
}

impl TaskAnswer {
    /// The mark by which [`Project::tasks`] continues after this task.
    pub(crate) fn mark(&self) -> LastTask {
        LastTask { task: self.uuid, title: self.data_title.clone() }
    }
}

impl Project {
    /// Moves the tasks of label rows: all of them, or none.
    ///
    /// # Errors
    /// An unknown label row, or a workflow without the stage.
    pub(crate) fn move_tasks(&self, label_hashes: &[String], to: TaskMove, caller: &str) -> Result<(), Refusal> {
        let workflow = &self.identity.workflow;
        let (stage, status) = match to {
            TaskMove::Complete => (workflow.done(), TaskStatus::Completed),
            TaskMove::Reopen => (workflow.first(), TaskStatus::Reopened),
        };
        let stage = stage.ok_or_else(|| Refusal::InvalidArguments("the workflow has no such stage".to_owned()))?;
        self.change_state(|world| {
            if let Some(unknown) = label_hashes.iter().find(|hash| world.row(hash).is_none()) {
                return Err(Refusal::InvalidArguments(format!("unknown label row {unknown}")));
            }
            for hash in label_hashes {
                if let Some(data) = world.data_of_row(hash) {
                    data.move_to(stage, status, None, caller);
                }
            }
            Ok(())
        })
    }

    /// Sets the priorities of tasks, by data hash: all of them, or none.
    ///
    /// # Errors
    /// Unknown data, or a priority that is not between 0 and 1.
    pub(crate) fn set_priorities(&self, priorities: &[(String, f64)]) -> Result<(), Refusal> {
        self.change_state(|world| {
            for (hash, priority) in priorities {
                if world.data(hash).is_none() {
                    return Err(Refusal::NotFound(format!("unknown data {hash}")));
                }
                if !(0.0..=1.0).contains(priority) {
                    return Err(Refusal::InvalidArguments(format!("the priority {priority} is not between 0 and 1")));
                }
            }
            for (hash, priority) in priorities {
                if let Some(data) = world.data_mut(hash) {
                    data.priority = *priority;
                }
            }
            Ok(())
        })
    }

    /// Returns the tasks that wait in a stage, after the last one that the reader has, in the order of the data.
    pub(crate) fn tasks(&self, stage: Uuid, filter: &TaskFilter, after: Option<&LastTask>) -> Vec<TaskAnswer> {
        let identity = &self.identity;
        let is_of_dataset = |wanted: &String| identity.dataset.to_string().eq_ignore_ascii_case(wanted);
        if !filter.dataset_hashes.is_empty() && !filter.dataset_hashes.iter().any(is_of_dataset) {
            return Vec::new();
        }
        let world = self.world();
        let start = after.map_or(0, |last| position_after(&world, last));
        let wanted = |data: &&Data| data.stage == stage && filter.lets_through(data);
        world.data[start..].iter().filter(wanted).map(|data| task(identity, data)).collect()
    }
}

/// Returns where a listing continues after this task, also if its file has been removed meanwhile: data that can be removed
/// are in the order of their titles.
fn position_after(world: &World, last: &LastTask) -> usize {
    match world.position_of_task(last.task) {
        Some(at) => at + 1,
        None => world.data.partition_point(|data| natural(&data.title, &last.title).is_le()),
    }
}

impl TaskFilter {
    fn lets_through(&self, data: &Data) -> bool {
        let among = |wanted: &[String], value: Option<&str>| {
            wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|one| one == value))
        };
        let title = self.data_title_contains.as_ref();
        among(&self.data_hashes, Some(&data.hash))
            && among(&self.user_emails, data.assignee.as_deref())
            && among(&self.statuses, Some(data.status.as_str()))
            && title.is_none_or(|part| data.title.to_lowercase().contains(&part.to_lowercase()))
    }
}

fn task(identity: &Identity, data: &Data) -> TaskAnswer {
    let kind = identity.workflow.stage(data.stage).map(|stage| stage.kind);
    TaskAnswer {
        uuid: data.task,
        created_at: identity.created.iso(),
        updated_at: data.task_changed.iso(),
        status: data.status,
        data_hash: data.hash.clone(),
        data_title: data.title.clone(),
        label_branch_name: super::data::MAIN,
        assignee: data.assignee.clone(),
        last_actioned_by: data.last_actioned_by.clone(),
        options: (kind == Some(StageKind::ConsensusReview)).then_some([]),
    }
}

impl Data {
    /// Moves the task into a stage, where it waits for this assignee or for anyone.
    pub(super) fn move_to(&mut self, stage: Uuid, status: TaskStatus, assignee: Option<String>, caller: &str) {
        self.stage = stage;
        self.status = if assignee.is_some() { TaskStatus::Assigned } else { status };
        self.assignee = assignee;
        self.actioned_by(caller);
    }

    /// Notes who acted on the task last, and when.
    pub(super) fn actioned_by(&mut self, caller: &str) {
        self.task_changed = Moment::after(self.task_changed, TimestampResolution::default());
        self.last_actioned_by = Some(caller.to_owned());
    }
}
