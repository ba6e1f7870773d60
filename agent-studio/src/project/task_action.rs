//! Workflow actions on the tasks of a stage.

use serde::Deserialize;
use uuid::Uuid;

use super::data::TaskStatus;
use super::loaded_project::Project;
use super::refusal::Refusal;
use super::workflow::{Stage, StageKind, Workflow};
use super::world::World;

/// An action on a task, as in requests (contract: `docs/contract/endpoints.md#move-agent-tasks`). Flags about label
/// reviews are ignored, because there are no label reviews.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskAction {
    task_uuid: Uuid,
    /// Default: `PATHWAY_ACTION`.
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    pathway_name: Option<String>,
    #[serde(default)]
    pathway_uuid: Option<Uuid>,
    #[serde(default)]
    assignee: Option<String>,
    #[serde(default)]
    retain_assignee: bool,
}

/// A request to move tasks to another stage.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoveToStage {
    task_uuids: Vec<Uuid>,
    destination_stage_uuid: Uuid,
}

/// The stage that a task enters, and its status there.
struct Entry {
    stage: Uuid,
    status: TaskStatus,
}

impl Project {
    /// Applies actions to tasks of a stage in order, in one transaction.
    ///
    /// # Errors
    /// A task is not in the stage, the stage does not support an action, or the workflow has no destination for it.
    pub(crate) fn apply_actions(&self, stage: Uuid, actions: &[TaskAction], caller: &str) -> Result<(), Refusal> {
        let workflow = &self.identity.workflow;
        let stage = workflow.stage(stage).ok_or_else(unknown_task)?;
        self.change_state(|world| actions.iter().try_for_each(|action| apply(world, workflow, stage, action, caller)))
    }

    /// Moves tasks of a stage to another stage, in one transaction.
    ///
    /// # Errors
    /// A task is not in the stage, or the destination is unknown.
    pub(crate) fn move_to_stage(&self, stage: Uuid, moved: &MoveToStage, caller: &str) -> Result<(), Refusal> {
        let workflow = &self.identity.workflow;
        let unknown = || invalid(format!("the workflow has no stage {}", moved.destination_stage_uuid));
        let to = workflow.stage(moved.destination_stage_uuid).ok_or_else(unknown)?.uuid;
        self.change_state(|world| {
            moved.task_uuids.iter().try_for_each(|task| {
                let data = world.data_of_task(*task).filter(|data| data.stage == stage).ok_or_else(unknown_task)?;
                data.move_to(to, status_on_entry(workflow, to), None, caller);
                Ok(())
            })
        })
    }
}

fn apply(
    world: &mut World,
    workflow: &Workflow,
    stage: &Stage,
    action: &TaskAction,
    caller: &str,
) -> Result<(), Refusal> {
    let data = world.data_of_task(action.task_uuid).filter(|data| data.stage == stage.uuid).ok_or_else(unknown_task)?;
    match action.action.as_deref() {
        Some("ASSIGN") => {
            require_human_stage(stage, "ASSIGN")?;
            let assignee = action.assignee.clone().filter(|email| !email.is_empty());
            data.assignee = Some(assignee.ok_or_else(|| invalid("ASSIGN needs an assignee".to_owned()))?);
            data.status = TaskStatus::Assigned;
            data.actioned_by(caller);
        }
        Some("RELEASE") => {
            require_human_stage(stage, "RELEASE")?;
            data.assignee = None;
            data.status = TaskStatus::Released;
            data.actioned_by(caller);
        }
        _ => {
            let Entry { stage: to, status } = entry(workflow, stage, action)?;
            let assignee = match (&action.assignee, action.retain_assignee) {
                (Some(assignee), _) => Some(assignee.clone()),
                (None, true) => {
                    let nobody = || invalid(format!("the task of {} has no assignee to retain", data.title));
                    Some(data.assignee.clone().ok_or_else(nobody)?)
                }
                (None, false) => None,
            };
            data.move_to(to, status, assignee, caller);
        }
    }
    Ok(())
}

/// Returns the stage that an action moves a task to, and the task's status there.
fn entry(workflow: &Workflow, stage: &Stage, action: &TaskAction) -> Result<Entry, Refusal> {
    use StageKind::{Agent, Annotation, ConsensusReview, Review};
    let name = action.action.as_deref().unwrap_or("PATHWAY_ACTION");
    let (kinds, target, key): (&[StageKind], _, _) = match name {
        "PATHWAY_ACTION" => (&[Agent], destination(stage, action), "pathways"),
        "SUBMIT" => (&[Annotation], stage.next, "next"),
        "APPROVE" => (&[Review, ConsensusReview], stage.next, "next"),
        "REJECT" => (&[Review, ConsensusReview], stage.rejected, "rejected"),
        other => return Err(Refusal::NotSupported(format!("the workflow action {other}"))),
    };
    if !kinds.contains(&stage.kind) {
        return Err(wrong_stage(stage, name));
    }
    let Some(to) = target else {
        return Err(match name {
            "PATHWAY_ACTION" => unknown_task(),
            _ => Refusal::NotSupported(format!(
                "{name} in stage `{0}`, for which project.toml does not set `{key} = \"STAGE\"`,",
                stage.title
            )),
        });
    };
    let status = if name == "REJECT" { TaskStatus::Reopened } else { status_on_entry(workflow, to) };
    Ok(Entry { stage: to, status })
}

/// Returns the status of a task that enters a stage.
fn status_on_entry(workflow: &Workflow, stage: Uuid) -> TaskStatus {
    let is_done = workflow.stage(stage).is_some_and(|stage| stage.kind == StageKind::Done);
    if is_done { TaskStatus::Completed } else { TaskStatus::New }
}

fn destination(stage: &Stage, action: &TaskAction) -> Option<Uuid> {
    let chosen = stage.pathways.as_deref()?.iter().find(|pathway| match (&action.pathway_uuid, &action.pathway_name) {
        (Some(uuid), _) => pathway.uuid == *uuid,
        (None, Some(name)) => pathway.title == *name,
        (None, None) => false,
    });
    chosen.map(|pathway| pathway.destination_uuid)
}

/// Rejects assignment actions in stages without human work.
fn require_human_stage(stage: &Stage, action: &str) -> Result<(), Refusal> {
    use StageKind::{Annotation, ConsensusReview, Review};
    let has_people = matches!(stage.kind, Annotation | Review | ConsensusReview);
    if has_people { Ok(()) } else { Err(wrong_stage(stage, action)) }
}

fn wrong_stage(stage: &Stage, action: &str) -> Refusal {
    invalid(format!("{action} is not an action of stage `{}`, which is of kind {}", stage.title, stage.kind.as_str()))
}

fn unknown_task() -> Refusal {
    invalid("Unknown task in this stage, or unknown pathway".to_owned())
}

fn invalid(message: String) -> Refusal {
    Refusal::InvalidArguments(message)
}
