//! `agent-studio print`: prints identifiers of a project for use in code.

use agent_platform::client::{Domain, Project, StageType, WorkflowStage};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::failure::Failure;
use super::platform;
use super::terminal::{FAINT, HEADING, print_stdout, styled};

/// Print identifiers of a project for use in code.
#[derive(Debug, Subcommand)]
pub(super) enum Print {
    AgentNodes(AgentNodes),
}

/// Print the agent stages of a project's workflow: titles, UUIDs and pathways.
///
/// Connects to the platform as agents do: with `ENCORD_SSH_KEY_FILE` or `ENCORD_SSH_KEY`, and `ENCORD_DOMAIN`.
#[derive(Debug, Args)]
pub(super) struct AgentNodes {
    /// The project hash.
    project: Uuid,
    /// Print a JSON array.
    #[arg(long)]
    json: bool,
}

impl Print {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let Self::AgentNodes(nodes) = self;
        let platform = platform::client(platform::domain(Domain::EUROPE)?)?;
        let project = platform.project(nodes.project).await;
        let project = project
            .map_err(|error| platform::request_failure(&platform, &format!("Project {}", nodes.project), &error))?;
        let stages: Vec<_> = project.stages().iter().filter(|stage| stage.stage_type == StageType::Agent).collect();
        if nodes.json {
            let stages: Vec<_> = stages.iter().map(|stage| as_json(&project, stage)).collect();
            print_stdout(serde_json::to_string_pretty(&stages).unwrap_or_default());
        } else if stages.is_empty() {
            print_stdout(format!("The workflow of {} has no agent stages.", project.title));
        } else {
            stages.iter().for_each(|stage| print_stage(&project, stage));
        }
        Ok(0)
    }
}

/// Returns the title of a pathway's destination stage.
fn destination(project: &Project, uuid: Option<Uuid>) -> Option<&str> {
    project.stages().iter().find(|stage| Some(stage.uuid) == uuid).map(|stage| stage.title.as_str())
}

fn print_stage(project: &Project, stage: &WorkflowStage) {
    print_stdout(format!("{}  {}", styled(HEADING, &stage.title), stage.uuid));
    for pathway in &stage.pathways {
        let to = destination(project, pathway.destination_uuid).unwrap_or("an unknown stage");
        print_stdout(format!("  {}  {}  {}", pathway.title, pathway.uuid, styled(FAINT, format!("to {to}"))));
    }
}

fn as_json(project: &Project, stage: &WorkflowStage) -> Value {
    let pathways = stage.pathways.iter().map(|pathway| {
        json!({
            "title": pathway.title,
            "uuid": pathway.uuid,
            "destinationUuid": pathway.destination_uuid,
            "destination": destination(project, pathway.destination_uuid),
        })
    });
    json!({"title": stage.title, "uuid": stage.uuid, "pathways": pathways.collect::<Vec<_>>()})
}
