//! A stage of a project, and the pathways that its agent uses.

use agent_core::agent::Agent;
use agent_core::stage::Stage;
use agent_platform::client::{Pathway, Project, StageType, WorkflowStage};
use uuid::Uuid;

/// A stage of a project, with the pathways of its settings.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) uuid: Uuid,
    pub(super) title: String,
    pathways: Vec<Pathway>,
    /// The pathway of a task for which the agent decides nothing.
    pub(super) default: Option<Uuid>,
    /// The pathway of a task that has failed.
    pub(super) on_failure: Option<Uuid>,
}

impl Target {
    /// Finds the stage in the workflow of a project.
    ///
    /// # Errors
    /// The problem: the project lacks the stage, it is of another type, or it lacks a pathway.
    pub(super) fn find(stage: &Stage, agent: &Agent, project: &Project) -> Result<Self, String> {
        let found = project.stages().iter().find(|one| is_named(&stage.stage, one.uuid, &one.title));
        let found = found.ok_or_else(|| missing_stage(project))?;
        if found.stage_type != StageType::Agent {
            return Err(format!("the stage `{}` of {} is not an agent stage", found.title, project.title));
        }
        let pathway = |name: Option<&str>| match name {
            Some(name) => resolve(&found.pathways, name).ok_or_else(|| missing_pathway(name, found)).map(Some),
            None => Ok(None),
        };
        let (default, on_failure) = (pathway(stage.pathway.as_deref())?, pathway(stage.on_failure.as_deref())?);
        if let Some(unknown) = agent.decisions().iter().find(|name| resolve(&found.pathways, name).is_none()) {
            return Err(format!("it can decide `{unknown}`, and {}", missing_pathway(unknown, found)));
        }
        let (title, pathways) = (found.title.clone(), found.pathways.clone());
        Ok(Self { uuid: found.uuid, title, pathways, default, on_failure })
    }

    /// Returns the pathway of a decision, by its title or UUID.
    ///
    /// # Errors
    /// The stage has no such pathway.
    pub(super) fn pathway(&self, decision: &str) -> Result<Uuid, String> {
        resolve(&self.pathways, decision).ok_or_else(|| {
            format!("The agent decided `{decision}`, which is not a pathway of the stage `{}`.", self.title)
        })
    }
}

fn resolve(pathways: &[Pathway], name: &str) -> Option<Uuid> {
    pathways.iter().find(|pathway| is_named(name, pathway.uuid, &pathway.title)).map(|pathway| pathway.uuid)
}

/// Returns `true` if a name is the title, or the UUID in any spelling.
fn is_named(name: &str, uuid: Uuid, title: &str) -> bool {
    name == title || Uuid::parse_str(name).is_ok_and(|named| named == uuid)
}

fn missing_stage(project: &Project) -> String {
    let stages = project.stages().iter().filter(|stage| stage.stage_type == StageType::Agent);
    let titles = quoted(stages.map(|stage| stage.title.as_str()));
    format!("the workflow of {} has no such stage, its agent stages are {titles}", project.title)
}

fn missing_pathway(name: &str, stage: &WorkflowStage) -> String {
    let titles = quoted(stage.pathways.iter().map(|pathway| pathway.title.as_str()));
    format!("`{name}` is not a pathway of the stage `{}`, its pathways are {titles}", stage.title)
}

fn quoted<'a>(titles: impl Iterator<Item = &'a str>) -> String {
    let titles: Vec<_> = titles.map(|title| format!("`{title}`")).collect();
    if titles.is_empty() { "none".to_owned() } else { titles.join(", ") }
}
