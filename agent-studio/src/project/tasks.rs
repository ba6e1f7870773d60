//! Tasks: completing, reopening, priorities, and sending them along pathways.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Moment;

use super::data::Data;
use super::identity::Identity;
use super::refusal::Refusal;
use super::served::Project;
use super::workflow::Workflow;

/// Where tasks are moved by hand (contract: `platform-api.md`, section 8.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TaskMove {
    Complete,
    Reopen,
}

/// A task that an agent sends on.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskAction {
    task_uuid: Uuid,
    #[serde(default)]
    pathway_name: Option<String>,
    #[serde(default)]
    pathway_uuid: Option<Uuid>,
}

/// A task that waits in a stage.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskAnswer {
    uuid: Uuid,
    created_at: String,
    updated_at: String,
    status: &'static str,
    data_hash: String,
    data_title: String,
    label_branch_name: &'static str,
    assignee: Option<()>,
    last_actioned_by: Option<String>,
}

impl Project {
    /// Moves the tasks of label rows: all of them, or none.
    ///
    /// # Errors
    /// A label row that is not there, or a workflow without the stage.
    pub(crate) fn move_tasks(&self, label_hashes: &[String], to: TaskMove, caller: &str) -> Result<(), Refusal> {
        let workflow = &self.identity.workflow;
        let stage = match to {
            TaskMove::Complete => workflow.done(),
            TaskMove::Reopen => workflow.first(),
        };
        let stage = stage.ok_or_else(|| Refusal::InvalidArguments("the workflow has no such stage".to_owned()))?;
        self.change_state(|world| {
            if let Some(unknown) = label_hashes.iter().find(|hash| world.row(hash).is_none()) {
                return Err(Refusal::InvalidArguments(format!("unknown label row {unknown}")));
            }
            for hash in label_hashes {
                if let Some(data) = world.data_of_row(hash) {
                    data.move_to(stage, caller);
                }
            }
            Ok(())
        })
    }

    /// Sets the priorities of tasks, by data hash: all of them, or none.
    ///
    /// # Errors
    /// Data that are not there, or a priority that is not between 0 and 1.
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

    /// The tasks that wait in a stage: those of these data, or all of them if there are none.
    pub(crate) fn tasks(&self, stage: Uuid, data_hashes: &[String]) -> Vec<TaskAnswer> {
        let world = self.world();
        let wanted = |data: &&Data| data.stage == stage && (data_hashes.is_empty() || data_hashes.contains(&data.hash));
        world.data.iter().filter(wanted).map(|data| task(&self.identity, data)).collect()
    }

    /// Sends tasks of a stage along pathways: all of them, or none.
    ///
    /// # Errors
    /// A task that is not in the stage, or a pathway that the stage does not have.
    pub(crate) fn proceed(&self, stage: Uuid, actions: &[TaskAction], caller: &str) -> Result<(), Refusal> {
        let workflow = &self.identity.workflow;
        let nowhere = || Refusal::InvalidArguments("No such task at this stage, or no such pathway".to_owned());
        self.change_state(|world| {
            let mut moves = Vec::with_capacity(actions.len());
            for action in actions {
                let here = world.of_task(action.task_uuid).is_some_and(|data| data.stage == stage);
                let target = destination(workflow, stage, action).filter(|_| here).ok_or_else(nowhere)?;
                moves.push((action.task_uuid, target));
            }
            for (task, target) in moves {
                if let Some(data) = world.of_task(task) {
                    data.move_to(target, caller);
                }
            }
            Ok(())
        })
    }
}

fn destination(workflow: &Workflow, stage: Uuid, action: &TaskAction) -> Option<Uuid> {
    let pathways = workflow.stage(stage)?.pathways.as_deref()?;
    let chosen = pathways.iter().find(|pathway| match (&action.pathway_uuid, &action.pathway_name) {
        (Some(uuid), _) => pathway.uuid == *uuid,
        (None, Some(name)) => pathway.title == *name,
        (None, None) => false,
    });
    chosen.map(|pathway| pathway.destination_uuid)
}

fn task(identity: &Identity, data: &Data) -> TaskAnswer {
    TaskAnswer {
        uuid: data.task,
        created_at: identity.created.iso(),
        updated_at: data.task_changed.iso(),
        status: "NEW",
        data_hash: data.hash.clone(),
        data_title: data.title.clone(),
        label_branch_name: super::data::MAIN,
        assignee: None,
        last_actioned_by: data.last_actioned_by.clone(),
    }
}

impl Data {
    fn move_to(&mut self, stage: Uuid, caller: &str) {
        self.stage = stage;
        self.task_changed = Moment::after(self.task_changed);
        self.last_actioned_by = Some(caller.to_owned());
    }
}
