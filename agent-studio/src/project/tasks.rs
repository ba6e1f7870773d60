//! Tasks: listing of a stage, priorities, completion and reopening.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::{Moment, TimestampResolution};

use super::data::{Data, TaskStatus};
use super::folder::natural_order;
use super::identity::Identity;
use super::loaded_project::Project;
use super::refusal::Refusal;
use super::workflow::StageKind;
use super::world::World;

/// A manual move of tasks (contract: `docs/contract/endpoints.md#move-agent-tasks`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TaskMove {
    Complete,
    Reopen,
}

/// Filter of a stage's tasks. An empty list matches every task.
#[derive(Debug, Default)]
pub(crate) struct TaskFilter {
    pub(crate) data_hashes: Vec<String>,
    pub(crate) dataset_hashes: Vec<String>,
    pub(crate) user_emails: Vec<String>,
    pub(crate) statuses: Vec<String>,
    pub(crate) data_title_contains: Option<String>,
}

/// Pagination cursor: the last task of the previous page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TaskCursor {
    task: Uuid,
    /// Title of the data unit, which determines the position if the task has been removed.
    title: String,
}

/// A task in the listing of a stage.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskEntry {
    uuid: Uuid,
    created_at: String,
    updated_at: String,
    status: TaskStatus,
    data_hash: String,
    data_title: String,
    label_branch_name: &'static str,
    assignee: Option<String>,
    last_actioned_by: Option<String>,
    /// Alternative labels, in consensus review stages only. Always empty, because annotators do not have separate
    /// labels here.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<[(); 0]>,
}

impl TaskEntry {
    /// Returns the cursor with which [`Project::tasks`] continues after this task.
    pub(crate) fn cursor(&self) -> TaskCursor {
        TaskCursor { task: self.uuid, title: self.data_title.clone() }
    }
}

impl Project {
    /// Moves the tasks of label rows, in one transaction.
    ///
    /// # Errors
    /// A label row is unknown, or the workflow does not have the required stage.
    pub(crate) fn move_tasks(&self, label_hashes: &[String], to: TaskMove, caller: &str) -> Result<(), Refusal> {
        let workflow = &self.identity.workflow;
        let (stage, status) = match to {
            TaskMove::Complete => (workflow.done(), TaskStatus::Completed),
            TaskMove::Reopen => (workflow.first(), TaskStatus::Reopened),
        };
        let stage = stage
            .ok_or_else(|| Refusal::InvalidArguments("the workflow does not have the required stage".to_owned()))?;
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

    /// Sets the priorities of tasks by data hash, in one transaction.
    ///
    /// # Errors
    /// A data unit is unknown, or a priority is not between 0 and 1.
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

    /// Returns at most `limit` tasks of a stage after the cursor, in the order of the data units.
    pub(crate) fn tasks(
        &self,
        stage: Uuid,
        filter: &TaskFilter,
        after: Option<&TaskCursor>,
        limit: usize,
    ) -> Vec<TaskEntry> {
        let identity = &self.identity;
        let is_of_dataset = |wanted: &String| identity.dataset.to_string().eq_ignore_ascii_case(wanted);
        if !filter.dataset_hashes.is_empty() && !filter.dataset_hashes.iter().any(is_of_dataset) {
            return Vec::new();
        }
        let world = self.world();
        let start = after.map_or(0, |last| position_after(&world, last));
        let wanted = |data: &&Data| filter.matches(data);
        let entry = |data: &Data| task_entry(identity, data);
        if !filter.data_hashes.is_empty() {
            let positions = world.positions(&filter.data_hashes);
            let named =
                positions.into_iter().filter(|position| *position >= start).map(|position| &world.data[position]);
            return named.filter(|data| data.stage == stage).filter(wanted).map(entry).take(limit).collect();
        }
        world.data_in_stage(stage, start).filter(wanted).map(entry).take(limit).collect()
    }
}

/// Returns the position after the cursor's task. If its file has been removed, the position follows from the title,
/// because data that can be removed is sorted by title.
fn position_after(world: &World, last: &TaskCursor) -> usize {
    match world.position_of_task(last.task) {
        Some(at) => at + 1,
        None => world.data.partition_point(|data| natural_order(&data.title, &last.title).is_le()),
    }
}

impl TaskFilter {
    /// Returns whether a data unit matches the filter, except its data hashes and datasets.
    fn matches(&self, data: &Data) -> bool {
        let contains = |wanted: &[String], value: Option<&str>| {
            wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|one| one == value))
        };
        let title = self.data_title_contains.as_ref();
        contains(&self.user_emails, data.assignee.as_deref())
            && contains(&self.statuses, Some(data.status.as_str()))
            && title.is_none_or(|part| data.title.to_lowercase().contains(&part.to_lowercase()))
    }
}

fn task_entry(identity: &Identity, data: &Data) -> TaskEntry {
    let kind = identity.workflow.stage(data.stage).map(|stage| stage.kind);
    TaskEntry {
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
    /// Moves the task to a stage, with an optional assignee.
    pub(super) fn move_to(&mut self, stage: Uuid, status: TaskStatus, assignee: Option<String>, caller: &str) {
        self.stage = stage;
        self.status = if assignee.is_some() { TaskStatus::Assigned } else { status };
        self.assignee = assignee;
        self.actioned_by(caller);
    }

    /// Records the last actor of the task and the time.
    pub(super) fn actioned_by(&mut self, caller: &str) {
        self.task_changed = Moment::after(self.task_changed, TimestampResolution::default());
        self.last_actioned_by = Some(caller.to_owned());
    }
}
