//! The drains of a server: one at a time for each stage of a project.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use agent_platform::hash::ProjectHash;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::drain::{Place, StageMemory};
use super::shard;
use crate::app::App;
use crate::drain_report::DrainReport;
use crate::settings::shard::Shard;
use crate::start_error::StartError;

/// Delay before a drain that could not list the tasks is repeated.
const RETRY_INTERVAL: Duration = Duration::from_secs(30);

/// Starts the work on the stages in the background. It ends when the server stops.
pub(super) fn serve(app: &Arc<App>) {
    let (app, working) = (Arc::clone(app), Arc::clone(&app.stage_wakes).begin());
    tokio::spawn(async move {
        // Moved in, so that it is dropped however the work ends.
        let _working = working;
        Workers::new(app).run().await;
    });
}

/// Drains each stage of each project once.
///
/// # Errors
/// Tasks cannot be listed, or a workflow does not fit. The other stages are drained nevertheless.
pub(super) async fn drain_all(app: &Arc<App>) -> Result<DrainReport, StartError> {
    let shard = detected(app)?;
    let (mut report, mut problems) = (DrainReport::default(), Vec::new());
    for project in &app.settings.stage.projects {
        for index in 0..app.stages.len() {
            let place = Place { app: Arc::clone(app), index, project: *project, shard };
            match place.drain(&mut StageMemory::default()).await {
                Ok(drained) => report.add(drained),
                Err(error) => problems.push(format!("{}: {error:?}", app.stages[index].stage.stage)),
            }
        }
    }
    if problems.is_empty() { Ok(report) } else { Err(StartError::Drain(problems.join("; "))) }
}

fn detected(app: &App) -> Result<Shard, StartError> {
    shard::detect(&app.settings.stage, |name| std::env::var(name).ok())
}

/// The workers of a server.
struct Workers {
    app: Arc<App>,
    shard: Shard,
    /// The wakes of the running workers.
    wakes: HashMap<(usize, ProjectHash), Arc<Notify>>,
    running: JoinSet<()>,
}

impl Workers {
    fn new(app: Arc<App>) -> Self {
        // It was detected at the start, so it is valid.
        let shard = detected(&app).unwrap_or(Shard::ALL);
        Self { app, shard, wakes: HashMap::new(), running: JoinSet::new() }
    }

    async fn run(mut self) {
        let app = Arc::clone(&self.app);
        for project in &app.settings.stage.projects {
            self.wake(*project);
        }
        loop {
            tokio::select! {
                waiting = app.stage_wakes.next() => {
                    for (project, stage) in waiting {
                        match self.serves(project) {
                            true => self.wake(project),
                            false => tracing::warn!(%project, %stage, "tasks wait in a project that AGENT_STAGE_PROJECTS does not name"),
                        }
                    }
                }
                () = app.lifecycle.draining() => break,
            }
        }
        while self.running.join_next().await.is_some() {}
    }

    /// Returns whether the server works on a project. Without a list, the signature of a notification is enough.
    fn serves(&self, project: ProjectHash) -> bool {
        let projects = &self.app.settings.stage.projects;
        projects.is_empty() || projects.contains(&project)
    }

    /// Wakes the workers of a project, and starts them if they do not run yet.
    fn wake(&mut self, project: ProjectHash) {
        for index in 0..self.app.stages.len() {
            if let Some(wake) = self.wakes.get(&(index, project)) {
                wake.notify_one();
                continue;
            }
            let wake = Arc::new(Notify::new());
            let place = Place { app: Arc::clone(&self.app), index, project, shard: self.shard };
            self.running.spawn(work(place, Arc::clone(&wake)));
            self.wakes.insert((index, project), wake);
        }
    }
}

/// Drains a stage now, and again after each wake and each interval of polling.
async fn work(place: Place, wake: Arc<Notify>) {
    let app = &place.app;
    let poll = app.settings.stage.poll;
    let mut memory = StageMemory::default();
    loop {
        let drained = place.drain(&mut memory).await;
        let interval = match &drained {
            Ok(_) => poll,
            Err(_) => Some(poll.map_or(RETRY_INTERVAL, |poll| poll.min(RETRY_INTERVAL))),
        };
        log(&place, &drained);
        tokio::select! {
            () = app.lifecycle.draining() => return,
            () = wake.notified() => {}
            () = sleep(interval) => {}
        }
    }
}

/// Sleeps for the interval, or forever.
async fn sleep(interval: Option<Duration>) {
    match interval {
        Some(interval) => tokio::time::sleep(interval).await,
        None => std::future::pending().await,
    }
}

fn log(place: &Place, drained: &Result<DrainReport, agent_core::error::AgentError>) {
    let (stage, project) = (&*place.app.stages[place.index].stage.stage, place.project);
    match drained {
        Ok(report) if *report == DrainReport::default() => tracing::debug!(stage, %project, "no task waits"),
        Ok(report) => {
            let (moved, left, failed, parked) = (report.moved, report.left, report.failed.len(), report.parked());
            let (retries, interrupted) = (report.retries, report.interrupted);
            tracing::info!(stage, %project, moved, left, failed, parked, retries, interrupted, "drained a stage");
        }
        Err(error) => {
            let (said, cause) = (error.message(), error.chain());
            tracing::error!(stage, %project, said, cause, "a stage was not drained");
        }
    }
}
