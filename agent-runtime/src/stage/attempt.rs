//! One task: the agent runs, the row is saved, and then the task is moved. What failed is tried again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_core::call::{CallContext, SaveOutcome};
use agent_core::call_permit::CallPermit;
use agent_core::error::{AgentError, ErrorStatus};
use agent_core::payload::AgentPayload;
use agent_core::response::Reply;
use agent_core::task::TaskRun;
use agent_core::trace::Trace;
use agent_platform::client::AgentTask;
use agent_platform::hash::ProjectHash;
use axum::http::StatusCode;
use serde::Deserialize;
use tracing::Instrument;

use super::mover::{Mover, TaskChange};
use super::span;
use super::target::Target;
use crate::app::{App, ServedAgent};
use crate::http::{TimeLimit, execute};
use crate::served_stage::ServedStage;

/// Delay before a task asks for a permit again: calls of label editors come first.
const PERMIT_INTERVAL: Duration = Duration::from_millis(20);

/// Maximum delay between tries.
const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// The work on one stage of a project, which its tasks share.
pub(super) struct StageWork {
    pub(super) app: Arc<App>,
    /// The position in `App::stages`.
    pub(super) index: usize,
    pub(super) project: ProjectHash,
    pub(super) target: Target,
    pub(super) mover: Mover,
    /// `true` if the agent has a transaction on the label row.
    pub(super) saves: bool,
}

/// The outcome of a task.
pub(super) enum Outcome {
    Moved,
    /// The agent decided nothing.
    Left,
    Failed {
        message: String,
        is_moved: bool,
    },
    /// The server stopped first.
    Interrupted,
}

/// A task that waits though its agent has run. The agent must not run again.
pub(super) enum Unfinished {
    /// The row is saved, and the task stays in the stage, because the agent decided nothing.
    Left,
    /// The row is saved, and the task waits to be moved or prioritized.
    Saved(TaskChange),
    /// The response to the save was lost, and the row could not be read since.
    Unconfirmed(Box<TaskRun>, TaskChange),
}

/// A try that failed.
struct Failure {
    message: String,
    /// `true` if another try may succeed, and is safe.
    may_retry: bool,
}

impl Failure {
    fn new(error: &AgentError) -> Self {
        // The agent's own complaint about the data is the same the next time.
        let may_retry = error.status() != ErrorStatus::BadRequest && !error.is_partial();
        let chain = error.chain();
        let message = if chain.is_empty() { error.message().to_owned() } else { format!("{error} ({chain})") };
        Self { message, may_retry }
    }
}

impl StageWork {
    fn served(&self) -> &ServedStage {
        &self.app.stages[self.index]
    }

    fn agent(&self) -> &ServedAgent {
        &self.app.agents[self.served().agent]
    }

    /// Works on a task until it is moved, is left in the stage, or has failed as often as it may be tried. `unfinished` is what an
    /// earlier drain has done.
    pub(super) async fn process(&self, task: &AgentTask, unfinished: &mut Option<Unfinished>) -> Outcome {
        let settings = &self.app.settings.stage;
        let mut backoff = settings.backoff;
        for attempt in 1.. {
            let (span, trace) = span::begin(&self.agent().agent.definition, self.project, &self.target, task, attempt);
            let failure = match self.attempt(task, unfinished, &trace).instrument(span.clone()).await {
                Ok(outcome) => return outcome,
                Err(failure) => failure,
            };
            span::record_failure(&span);
            drop(span);
            self.log(task, &trace, attempt, &failure);
            if !failure.may_retry || attempt >= settings.tries {
                return self.give_up(task, unfinished, failure).await;
            }
            tokio::select! {
                () = tokio::time::sleep(backoff) => {}
                () = self.app.lifecycle.draining() => return Outcome::Interrupted,
            }
            self.served().counts.retries.add_one();
            backoff = (backoff * 2).min(MAX_BACKOFF);
        }
        Outcome::Interrupted
    }

    /// Moves a failed task along the pathway for failures, unless its row is or may be saved.
    async fn give_up(&self, task: &AgentTask, unfinished: &Option<Unfinished>, failure: Failure) -> Outcome {
        let Failure { message, .. } = failure;
        let Some(pathway) = self.target.on_failure.filter(|_| unfinished.is_none()) else {
            return Outcome::Failed { message, is_moved: false };
        };
        let change = TaskChange { pathway: Some(pathway), priority: None };
        match self.mover.apply(task.uuid, task.data_hash, change).await {
            Ok(()) => Outcome::Failed { message, is_moved: true },
            Err(error) => Outcome::Failed { message: format!("{message} {error}"), is_moved: false },
        }
    }

    async fn attempt(
        &self,
        task: &AgentTask,
        unfinished: &mut Option<Unfinished>,
        trace: &Trace,
    ) -> Result<Outcome, Failure> {
        let change = match unfinished.take() {
            Some(Unfinished::Left) => TaskChange::default(),
            Some(Unfinished::Saved(change)) => change,
            Some(Unfinished::Unconfirmed(run, change)) => {
                let lost = AgentError::new(ErrorStatus::BadGateway, "The platform did not confirm the save.");
                self.confirm(*run, change, lost, unfinished).await?
            }
            None => self.run(task, trace, unfinished).await?,
        };
        *unfinished = Some(Unfinished::Saved(change));
        match self.mover.apply(task.uuid, task.data_hash, change).await {
            Ok(()) if change.pathway.is_some() => {
                *unfinished = None;
                Ok(Outcome::Moved)
            }
            Ok(()) => {
                *unfinished = Some(Unfinished::Left);
                Ok(Outcome::Left)
            }
            Err(error) => Err(Failure { message: error.message, may_retry: true }),
        }
    }

    /// Runs the agent, and saves the row. Returns the further changes of the task.
    async fn run(
        &self,
        task: &AgentTask,
        trace: &Trace,
        unfinished: &mut Option<Unfinished>,
    ) -> Result<TaskChange, Failure> {
        let served = self.agent();
        let (permit, start) = (self.permit(served).await, Instant::now());
        let payload = AgentPayload::new(self.project, task.data_hash);
        let context = CallContext::new(Arc::clone(&self.app.states), trace.clone());
        let run = TaskRun::new(served.agent, payload, context, self.saves);
        run.call().set_permit(&permit);
        served.metrics.begin();
        let decided = self.run_on_frames(&run).await;
        let ended = match decided {
            Ok(change) => execute(&self.app, run.call(), TimeLimit::none(), run.commit()).await.map(|()| change),
            Err(ref error) => Err(error.clone()),
        };
        let status = ended.as_ref().map_or_else(|error| error.status().code(), |_| StatusCode::OK);
        served.metrics.responded(status, start.elapsed(), run.call().save_counts());
        served.metrics.end();
        match (ended, decided) {
            (Ok(change), _) => {
                self.after_save(&run).await;
                Ok(change)
            }
            (Err(error), Ok(change)) => self.confirm(run, change, error, unfinished).await,
            (Err(error), Err(_)) => {
                // The agent may have saved the row itself, before it failed.
                let outcome = run.save_outcome().await;
                let is_unsaved = matches!(outcome, Ok(None | Some(SaveOutcome::Unsaved)));
                let failure = Failure::new(&error);
                Err(Failure { may_retry: failure.may_retry && is_unsaved, ..failure })
            }
        }
    }

    /// Starts what follows the save: issues for findings, and background work.
    async fn after_save(&self, run: &TaskRun) {
        run.release();
        run.follow_up().await;
        run.call().start_deferred(&self.app.background);
    }

    /// Finds out whether the row was saved, after a commit that failed.
    async fn confirm(
        &self,
        run: TaskRun,
        change: TaskChange,
        error: AgentError,
        unfinished: &mut Option<Unfinished>,
    ) -> Result<TaskChange, Failure> {
        if error.is_partial() {
            return Err(Failure::new(&error));
        }
        match run.save_outcome().await {
            Ok(Some(SaveOutcome::Saved)) => {
                self.after_save(&run).await;
                Ok(change)
            }
            Ok(None | Some(SaveOutcome::Unsaved)) => Err(Failure::new(&error)),
            Ok(Some(SaveOutcome::Unclear)) => Err(Failure { may_retry: false, ..Failure::new(&error) }),
            Err(_) => {
                run.release();
                *unfinished = Some(Unfinished::Unconfirmed(Box::new(run), change));
                Err(Failure { may_retry: true, ..Failure::new(&error) })
            }
        }
    }

    /// Runs the agent on the frames of the task, one after the other. Returns the pathway that it has decided for, and the highest
    /// priority.
    async fn run_on_frames(&self, run: &TaskRun) -> Result<TaskChange, AgentError> {
        let (app, definition) = (&self.app, &self.agent().agent.definition);
        let limit = || TimeLimit::of(definition.timeout, app.settings.timeout);
        let frames = execute(app, run.call(), limit(), run.frames(self.served().stage.frames)).await?;
        let (mut decision, mut priority) = (None::<String>, None::<f64>);
        for frame in frames {
            let reply = execute(app, run.call(), limit(), run.run(frame)).await?;
            priority = [priority, reply.priority()].into_iter().flatten().reduce(f64::max);
            let Some(decided) = decision_of(reply) else { continue };
            match &decision {
                Some(earlier) if *earlier != decided => {
                    let message = format!(
                        "The agent decided `{earlier}` for one frame and `{decided}` for another, frame {frame}."
                    );
                    return Err(AgentError::complaint(message));
                }
                _ => decision = Some(decided),
            }
        }
        let pathway = match decision {
            Some(decided) => Some(self.target.pathway(&decided).map_err(AgentError::complaint)?),
            None => self.target.default,
        };
        Ok(TaskChange { pathway, priority })
    }

    /// Waits for a permit. Calls of label editors do not wait, so they come first.
    async fn permit(&self, served: &ServedAgent) -> CallPermit {
        loop {
            match self.app.calls.acquire(&served.limit) {
                Ok(permit) => return permit,
                Err(_) => tokio::time::sleep(PERMIT_INTERVAL).await,
            }
        }
    }

    fn log(&self, task: &AgentTask, trace: &Trace, attempt: usize, failure: &Failure) {
        let agent = self.agent().agent.definition.name;
        let Failure { message, may_retry } = failure;
        tracing::warn!(
            agent,
            stage = self.target.title,
            project = %self.project,
            task = %task.uuid,
            data = %task.data_hash,
            trace = trace.id().as_str(),
            attempt,
            may_retry,
            said = message,
            "a task failed"
        );
    }
}

/// Returns the decision of a reply.
fn decision_of(reply: Reply) -> Option<String> {
    #[derive(Deserialize)]
    struct Decided {
        decision: Option<String>,
    }
    let json = reply.into_json();
    serde_json::from_slice::<Decided>(&json).ok()?.decision
}
