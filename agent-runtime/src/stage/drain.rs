//! One drain of a stage: the tasks that wait are listed, and those of this shard are worked on.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use agent_core::error::AgentError;
use agent_core::platform::PlatformService;
use agent_core::trace::Trace;
use agent_platform::client::{AgentTask, PlatformClient, TaskFilter};
use agent_platform::hash::ProjectHash;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::attempt::{Outcome, StageWork, Unfinished};
use super::mover::Mover;
use super::target::Target;
use crate::app::App;
use crate::drain_report::{DrainReport, FailedTask};
use crate::settings::shard::Shard;

/// Tasks of earlier drains whose agent must not run again, with the time of their last change.
#[derive(Default)]
pub(super) struct StageMemory(HashMap<Uuid, (Option<String>, Unfinished)>);

/// A stage of the server, and a project.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) app: Arc<App>,
    /// The position in `App::stages`.
    pub(super) index: usize,
    pub(super) project: ProjectHash,
    pub(super) shard: Shard,
}

/// A task with its outcome.
struct Finished {
    task: AgentTask,
    outcome: Outcome,
    unfinished: Option<Unfinished>,
}

/// A drain that is under way.
struct Drain<'a> {
    place: &'a Place,
    work: Arc<StageWork>,
    platform: PlatformClient,
    filter: TaskFilter,
    memory: &'a mut StageMemory,
    /// The tasks that were taken.
    taken: HashSet<Uuid>,
    /// The number of tasks that work was started on.
    begun: usize,
    running: JoinSet<Finished>,
    report: DrainReport,
}

impl Place {
    /// Works on the tasks of the stage until none waits that was not taken before, or until the server stops.
    ///
    /// # Errors
    /// The tasks cannot be listed, or the workflow does not fit.
    pub(super) async fn drain(&self, memory: &mut StageMemory) -> Result<DrainReport, AgentError> {
        let Self { app, index, project, .. } = self;
        let served = &app.stages[*index];
        let agent = app.agents[served.agent].agent;
        let platform = PlatformService::client(&app.states, Trace::fresh().id()).map_err(AgentError::internal)?;
        let read = platform.project(*project).await?;
        let target = Target::find(&served.stage, agent, &read).map_err(AgentError::internal)?;
        let mover = Mover::start(platform.clone(), *project, target.uuid);
        let saves = agent.requirements().saves_label_row();
        let work = StageWork { app: Arc::clone(app), index: *index, project: *project, target, mover, saves };
        let drain = Drain {
            place: self,
            work: Arc::new(work),
            platform,
            filter: served.stage.tasks.overridden_by(&app.settings.stage.tasks),
            memory,
            taken: HashSet::new(),
            begun: 0,
            running: JoinSet::new(),
            report: DrainReport::default(),
        };
        let retries = served.counts.retries.get();
        let mut report = drain.run().await?;
        report.retries = served.counts.retries.get() - retries;
        served.counts.parked.set(report.parked() as u64);
        Ok(report)
    }
}

impl Drain<'_> {
    async fn run(mut self) -> Result<DrainReport, AgentError> {
        loop {
            let before = self.taken.len();
            let listed = self.pass().await;
            // Also after an error: the tasks that were taken are finished.
            while let Some(finished) = self.running.join_next().await {
                self.finish(finished);
            }
            listed?;
            // A listing that changes while it is read may leave tasks out: the last pass finds none.
            if self.taken.len() == before || self.is_stopping() || self.is_full() {
                return Ok(self.report);
            }
        }
    }

    fn is_stopping(&self) -> bool {
        !self.place.app.lifecycle.is_serving()
    }

    /// Returns `true` if the drain has taken as many tasks as it may.
    fn is_full(&self) -> bool {
        self.place.app.settings.stage.max_tasks.is_some_and(|max| self.begun >= max)
    }

    /// Lists the tasks once, page by page, and starts work on those that were not taken before.
    async fn pass(&mut self) -> Result<(), AgentError> {
        let (project, stage) = (self.place.project, self.work.target.uuid);
        let mut token = None;
        loop {
            let (tasks, next) = self.platform.agent_task_page(project, stage, &self.filter, token.as_deref()).await?;
            for task in tasks {
                if self.place.shard.owns(task.uuid) && !self.taken.contains(&task.uuid) {
                    self.wait_for_slot().await;
                    if self.is_stopping() || self.is_full() {
                        return Ok(());
                    }
                    self.begin(task);
                }
            }
            if next.is_none() || next == token {
                return Ok(());
            }
            token = next;
        }
    }

    async fn wait_for_slot(&mut self) {
        let limit = self.place.app.settings.stage.concurrency;
        while self.running.len() >= limit {
            match self.running.join_next().await {
                Some(finished) => self.finish(finished),
                None => return,
            }
        }
        while let Some(finished) = self.running.try_join_next() {
            self.finish(finished);
        }
    }

    fn begin(&mut self, task: AgentTask) {
        self.taken.insert(task.uuid);
        // A task that has come back since is a new one.
        let known = self.memory.0.remove(&task.uuid).filter(|(changed, _)| *changed == task.updated_at);
        let mut unfinished = match known {
            Some(left @ (_, Unfinished::Left)) => {
                self.memory.0.insert(task.uuid, left);
                return;
            }
            known => known.map(|(_, unfinished)| unfinished),
        };
        self.begun += 1;
        let work = Arc::clone(&self.work);
        self.running.spawn(async move {
            let outcome = work.process(&task, &mut unfinished).await;
            Finished { task, outcome, unfinished }
        });
    }

    /// Counts a task that has ended.
    fn finish(&mut self, finished: Result<Finished, tokio::task::JoinError>) {
        let Ok(Finished { task, outcome, unfinished }) = finished else {
            // Agents' panics are caught before: only an aborted task has no outcome.
            self.report.interrupted += 1;
            return;
        };
        if let Some(unfinished) = unfinished {
            self.memory.0.insert(task.uuid, (task.updated_at.clone(), unfinished));
        }
        let counts = &self.place.app.stages[self.place.index].counts;
        match outcome {
            Outcome::Moved => {
                counts.moved.add_one();
                self.report.moved += 1;
            }
            Outcome::Left => {
                counts.left.add_one();
                self.report.left += 1;
            }
            Outcome::Interrupted => self.report.interrupted += 1,
            Outcome::Failed { message, is_moved } => {
                counts.failed.add_one();
                let AgentTask { uuid, data_hash, data_title, .. } = task;
                self.report.failed.push(FailedTask {
                    task: uuid,
                    data: data_hash,
                    title: data_title,
                    message,
                    is_moved,
                });
            }
        }
    }
}
