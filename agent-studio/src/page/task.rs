//! Workflow actions on the task of a data unit.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::Editor;
use super::problem::Problem;
use crate::project::TaskAction;

/// A request to move a task.
#[derive(Debug, Deserialize)]
pub(super) struct TaskMove {
    project: Uuid,
    /// Data hash.
    data: String,
    action: Move,
    /// Title of the pathway, for [`Move::Follow`].
    pathway: Option<String>,
}

/// A way out of a stage.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Move {
    /// Along a pathway of an agent stage.
    Follow,
    Submit,
    Approve,
    Reject,
}

impl Move {
    /// Returns the name of the action in the platform's API.
    fn action(self) -> &'static str {
        match self {
            Self::Follow => "PATHWAY_ACTION",
            Self::Submit => "SUBMIT",
            Self::Approve => "APPROVE",
            Self::Reject => "REJECT",
        }
    }
}

impl Editor {
    /// Moves the task of a data unit to another stage. Returns the title of that stage, as JSON.
    ///
    /// # Errors
    /// The project or the data unit is unknown, or the stage of the task does not support the action.
    pub(super) fn move_task(&self, request: &TaskMove) -> Result<String, Problem> {
        let project = self.project(request.project)?;
        let unknown = || Problem::not_found("Unknown data.");
        let (stage, task) =
            project.world().data(&request.data).map(|data| (data.stage, data.task)).ok_or_else(unknown)?;
        let action = json!({"taskUuid": task, "action": request.action.action(), "pathwayName": request.pathway});
        let action: TaskAction = serde_json::from_value(action)
            .map_err(|error| Problem::bad_request(format!("Invalid request: {error}.")))?;
        project.apply_actions(stage, &[action], &self.user)?;
        Ok(json!({ "stage": self.stage_title(request.project, &request.data)? }).to_string())
    }

    /// Returns the title of the stage of a task.
    ///
    /// # Errors
    /// The project or the data unit is unknown.
    pub(super) fn stage_title(&self, project: Uuid, data_hash: &str) -> Result<Option<String>, Problem> {
        let project = self.project(project)?;
        let stage = project.world().data(data_hash).map(|data| data.stage);
        let stage = stage.ok_or_else(|| Problem::not_found("Unknown data."))?;
        Ok(project.identity.workflow.stage(stage).map(|stage| stage.title.clone()))
    }
}
