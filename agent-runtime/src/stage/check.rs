//! Checks of the stages at the start of a server.

use std::sync::Arc;

use agent_core::platform::PlatformService;
use agent_core::trace::Trace;

use super::shard;
use super::target::Target;
use crate::app::App;
use crate::start_error::StartError;

/// Checks that a job has projects, that the shard is known, and that the workflows of the named projects have the stages and
/// pathways. A project that cannot be read is only logged: it is read again for each drain.
pub(super) async fn check(app: &Arc<App>) -> Result<(), StartError> {
    let settings = &app.settings.stage;
    shard::detect(settings, |name| std::env::var(name).ok())?;
    if settings.projects.is_empty()
        && let Some(served) = app.stages.first()
    {
        let (agent, stage) = (app.agents[served.agent].agent.definition.name, served.stage.stage.to_string());
        let error = StartError::NoStageProjects { agent, stage };
        match settings.drain {
            true => return Err(error),
            // Label editors can call the agents nevertheless.
            false if app.settings.secrets.is_empty() => tracing::warn!("{error}"),
            false => {}
        }
    }
    let platform = PlatformService::client(&app.states, Trace::fresh().id());
    let platform = platform.map_err(|source| StartError::PlatformCheck { source })?;
    for hash in &settings.projects {
        let project = match platform.project(*hash).await {
            Ok(project) => project,
            Err(error) => {
                tracing::warn!(project = %hash, cause = %error, "the workflow of a project was not checked");
                continue;
            }
        };
        for served in &app.stages {
            let agent = app.agents[served.agent].agent;
            Target::find(&served.stage, agent, &project).map_err(|problem| StartError::Stage {
                agent: agent.definition.name,
                location: agent.definition.location,
                stage: served.stage.stage.to_string(),
                problem,
            })?;
        }
    }
    Ok(())
}
