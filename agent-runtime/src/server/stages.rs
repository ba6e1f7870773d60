//! The part of the builder about workflow stages, and the drain of a job.

use std::sync::Arc;
use std::time::Duration;

use agent_core::agent::{Agent, AgentSet, IntoAgentSet};
use agent_core::stage::Stage;
use agent_platform::client::TaskFilter;
use agent_platform::hash::ProjectHash;

use super::Server;
use super::signals::Signals;
use crate::app::{App, ServedAgent, StageWorker};
use crate::drain_report::DrainReport;
use crate::served_stage::{ServedStage, TaskCounts};
use crate::settings::shard::Shard;
use crate::start_error::StartError;

impl Server {
    /// Lets an agent also work on the tasks of an agent stage of a workflow. `stage` is its title or UUID, or a [`Stage`] with further
    /// settings. The agent is served as well, if it is not listed with [`agents`](Self::agents).
    ///
    /// ```
    /// use agent_runtime::prelude::*;
    /// use agent_runtime::{Stage, StageFrames};
    ///
    /// #[editor_agent]
    /// async fn simplify(frame: Frame, row: &mut LabelRow) -> Result<()> {
    ///     Ok(())
    /// }
    ///
    /// let stage = Stage::new("Pre-label").pathway("done").frames(StageFrames::Each);
    /// let server = Server::new().agents(agents![simplify]).stage(stage, agents![simplify]);
    /// # drop(server);
    /// ```
    #[must_use]
    pub fn stage(mut self, stage: impl Into<Stage>, agent: impl IntoAgentSet) -> Self {
        self.stages.push((stage.into(), agent.into_agent_set()));
        self.stage_worker = Some(&crate::stage::WORKER);
        self
    }

    /// Adds a project whose stages the agents work on. Without one, the agents work on the stages that signed notifications name.
    /// The environment variable is `AGENT_STAGE_PROJECTS`.
    #[must_use]
    pub fn stage_project(mut self, project: impl Into<ProjectHash>) -> Self {
        self.settings.stage.projects.push(project.into());
        self
    }

    /// Sets the interval at which the waiting tasks are listed (100 ms to a day). Default: only at the start, and after a
    /// notification. The environment variable is `AGENT_STAGE_POLL`.
    #[must_use]
    pub fn stage_poll(mut self, interval: Duration) -> Self {
        self.settings.stage.poll = Some(interval);
        self
    }

    /// Sets the maximum number of concurrent tasks of a stage (1 to 1,024). Default: 16. The environment variable is
    /// `AGENT_STAGE_CONCURRENCY`.
    #[must_use]
    pub fn stage_concurrency(mut self, tasks: usize) -> Self {
        self.settings.stage.concurrency = tasks;
        self
    }

    /// Sets the maximum number of tries of a task (1 to 100). A task that fails as often is parked until the next drain. Default: 3.
    /// The environment variable is `AGENT_STAGE_TRIES`.
    #[must_use]
    pub fn stage_tries(mut self, tries: usize) -> Self {
        self.settings.stage.tries = tries;
        self
    }

    /// Sets criteria of the tasks that the agents work on, in place of those of [`Stage::tasks`]. Default: all tasks. The environment
    /// variables are `AGENT_STAGE_STATUSES`, `AGENT_STAGE_ASSIGNEES`, `AGENT_STAGE_DATASETS` and `AGENT_STAGE_TITLE`.
    #[must_use]
    pub fn stage_tasks(mut self, filter: TaskFilter) -> Self {
        self.settings.stage.tasks = filter;
        self
    }

    /// Sets the maximum number of tasks of a drain of one stage (at least 1). The tasks beyond it wait for the next drain. Default: all.
    /// The environment variable is `AGENT_STAGE_MAX_TASKS`.
    #[must_use]
    pub fn stage_max_tasks(mut self, tasks: usize) -> Self {
        self.settings.stage.max_tasks = Some(tasks);
        self
    }

    /// Sets the delay before the second try of a task (at most a day). It doubles with every further try, up to a minute.
    /// Default: 1 s.
    #[must_use]
    pub fn stage_backoff(mut self, backoff: Duration) -> Self {
        self.settings.stage.backoff = backoff;
        self
    }

    /// Sets the share of this replica in the tasks: those whose hash modulo `count` is `index`, from 0. An index that is not less than
    /// the count is an error. Default: all tasks. The environment variable is `AGENT_SHARD`.
    #[must_use]
    pub fn shard(mut self, index: usize, count: usize) -> Self {
        let shard = Shard::new(index, count);
        let error = || StartError::OutOfRange {
            method: "shard",
            value: format!("the index {index}"),
            expects: format!("an index less than the count {count}"),
        };
        self.argument_errors.extend(shard.is_none().then(error));
        self.settings.stage.shard = shard;
        self
    }

    /// Works on the tasks that wait in the stages, without serving calls, and returns when none waits any more. For jobs. SIGTERM and
    /// ctrl-c are not handled: [`serve`](Self::serve) does, with `AGENT_STAGE_DRAIN=true` or `--drain`.
    ///
    /// # Errors
    /// The errors of [`start`](Self::start), or tasks that cannot be listed. Tasks that fail are in the report.
    pub async fn drain(mut self) -> Result<DrainReport, StartError> {
        self.settings.stage.drain = true;
        let (app, _) = self.build_and_check().await?;
        drain(&app).await
    }

    /// Drains the stages, prints the report, and stops early after a signal.
    pub(super) async fn drain_until(mut self, mut signals: Signals) -> Result<(), StartError> {
        self.settings.stage.drain = true;
        let (app, _) = self.build_and_check().await?;
        let grace = app.settings.shutdown_grace;
        let draining = drain(&app);
        tokio::pin!(draining);
        let drained = tokio::select! {
            drained = &mut draining => drained,
            _ = signals.first() => {
                app.lifecycle.drain();
                match tokio::time::timeout(grace, &mut draining).await {
                    Ok(drained) => drained,
                    Err(_) => {
                        app.lifecycle.abort();
                        draining.await
                    }
                }
            }
        }?;
        app.background.finish(grace).await;
        super::listen::export_last_traces(grace).await;
        super::banner::print_drained(&drained);
        signals.stopped();
        match drained.failed.len() {
            0 => Ok(()),
            1 => Err(StartError::Drain("1 task failed".to_owned())),
            failed => Err(StartError::Drain(format!("{failed} tasks failed"))),
        }
    }
}

async fn drain(app: &Arc<App>) -> Result<DrainReport, StartError> {
    match app.stage_worker {
        Some(worker) => (worker.drain)(app).await,
        None => Err(StartError::NothingToDrain),
    }
}

/// Returns the worker of stages, if an agent has one.
pub(super) fn worker(agents: &AgentSet, of_server: Option<&'static StageWorker>) -> Option<&'static StageWorker> {
    let of_agent = agents.iter().find_map(|agent| agent.stage?.worker.downcast_ref::<StageWorker>());
    of_server.or(of_agent)
}

/// Returns the agents of the stages, which are served as well.
pub(super) fn with_stage_agents(agents: &AgentSet, stages: &[(Stage, AgentSet)]) -> AgentSet {
    let mut all: Vec<&'static Agent> = agents.iter().collect();
    for agent in stages.iter().flat_map(|(_, agents)| agents.iter()) {
        if !all.iter().any(|listed| is_same(listed, agent)) {
            all.push(agent);
        }
    }
    AgentSet::new(&all)
}

/// Returns the stages of the agents, by attribute and by [`Server::stage`]. The latter replaces the former.
///
/// # Errors
/// A stage has several agents or none.
pub(super) fn served_stages(
    agents: &[ServedAgent],
    stages: Vec<(Stage, AgentSet)>,
) -> Result<Vec<ServedStage>, StartError> {
    let mut served: Vec<ServedStage> = Vec::new();
    for (stage, set) in stages {
        let listed: Vec<_> = set.iter().collect();
        let [agent] = *listed else {
            return Err(StartError::StageAgents { stage: stage.stage.to_string(), agents: listed.len() });
        };
        let agent = agents.iter().position(|served| is_same(served.agent, agent));
        served.extend(agent.map(|agent| ServedStage { agent, stage, counts: TaskCounts::default() }));
    }
    for (agent, one) in agents.iter().enumerate() {
        let is_replaced = served.iter().any(|served| served.agent == agent);
        if let Some(stage) = one.agent.stage.filter(|_| !is_replaced) {
            served.push(ServedStage { agent, stage: stage.stage.clone(), counts: TaskCounts::default() });
        }
    }
    for (at, second) in served.iter().enumerate() {
        if let Some(first) = served[..at].iter().find(|first| first.stage.stage == second.stage.stage) {
            let name = |served: &ServedStage| agents[served.agent].agent.definition.name;
            let stage = second.stage.stage.to_string();
            return Err(StartError::DuplicateStage { stage, first: name(first), second: name(second) });
        }
    }
    Ok(served)
}

fn is_same(one: &Agent, other: &Agent) -> bool {
    one.definition == other.definition
}
