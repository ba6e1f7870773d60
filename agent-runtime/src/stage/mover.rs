//! Priorities of tasks, and moves along their pathways, several in one request.

use std::collections::HashSet;
use std::time::Duration;

use agent_platform::client::{Error, PathwayChoice, PlatformClient};
use agent_platform::hash::{DataHash, ProjectHash};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Maximum number of tasks in one request.
const MAX_MOVES: usize = 100;

/// Maximum number of requests for the same tasks.
const MAX_TRIES: u32 = 4;

/// Delay before the tasks are read after a lost response: the platform may still be moving them.
const SETTLING_TIME: Duration = Duration::from_millis(250);

/// The changes of a task once its row is saved.
#[derive(Clone, Copy, Default)]
pub(super) struct TaskChange {
    /// `None`: the task stays in the stage, because the agent decided nothing.
    pub(super) pathway: Option<Uuid>,
    pub(super) priority: Option<f64>,
}

/// A task that is saved, and is to be prioritized or moved.
struct Move {
    task: Uuid,
    data: DataHash,
    change: TaskChange,
    done: oneshot::Sender<Result<(), MoveError>>,
}

/// The reason why a task was not prioritized or moved.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub(super) struct MoveError {
    pub(super) message: String,
}

/// Prioritizes and moves tasks of one stage. Tasks that are saved while a request is under way share the next one.
#[derive(Clone)]
pub(super) struct Mover(mpsc::Sender<Move>);

impl Mover {
    /// Starts the mover of a stage. It ends when all its handles are dropped.
    pub(super) fn start(platform: PlatformClient, project: ProjectHash, stage: Uuid) -> Self {
        let (sender, mut receiver) = mpsc::channel(MAX_MOVES);
        let requests = Requests { platform, project, stage };
        tokio::spawn(async move {
            let mut moves = Vec::new();
            while receiver.recv_many(&mut moves, MAX_MOVES).await > 0 {
                requests.apply(std::mem::take(&mut moves)).await;
            }
        });
        Self(sender)
    }

    /// Prioritizes and moves a task, and waits until the platform has done both.
    ///
    /// # Errors
    /// The platform refused, or did not confirm.
    pub(super) async fn apply(&self, task: Uuid, data: DataHash, change: TaskChange) -> Result<(), MoveError> {
        if change.pathway.is_none() && change.priority.is_none() {
            return Ok(());
        }
        let (done, outcome) = oneshot::channel();
        let stopped = || MoveError { message: "The server stopped before the task was moved.".to_owned() };
        self.0.send(Move { task, data, change, done }).await.map_err(|_| stopped())?;
        outcome.await.unwrap_or_else(|_| Err(stopped()))
    }
}

/// The requests for one stage.
struct Requests {
    platform: PlatformClient,
    project: ProjectHash,
    stage: Uuid,
}

impl Requests {
    /// Sets the priorities, and moves the tasks whose priority needs no change or is set.
    async fn apply(&self, moves: Vec<Move>) {
        let moves = self.prioritize(moves).await;
        let (moves, remaining): (Vec<_>, Vec<_>) = moves.into_iter().partition(|one| one.change.pathway.is_some());
        finish(remaining, &Ok(()));
        if !moves.is_empty() {
            self.proceed(moves).await;
        }
    }

    /// Sets the priorities. Finishes the tasks whose priority cannot be set, and returns the others. A repeated request does no harm.
    async fn prioritize(&self, moves: Vec<Move>) -> Vec<Move> {
        let priorities: Vec<_> = moves.iter().filter_map(|one| Some((one.data, one.change.priority?))).collect();
        if priorities.is_empty() {
            return moves;
        }
        let Err(error) = self.platform.set_priorities(self.project, &priorities).await else { return moves };
        if priorities.len() > 1 && !error.is_retryable() {
            // One of them is refused: each gets its own request.
            let mut prioritized = Vec::new();
            for one in moves {
                prioritized.extend(Box::pin(self.prioritize(vec![one])).await);
            }
            return prioritized;
        }
        let (failed, others): (Vec<_>, Vec<_>) = moves.into_iter().partition(|one| one.change.priority.is_some());
        finish(failed, &Err(MoveError { message: format!("The priority of the task was not set: {error}") }));
        others
    }

    /// Moves the tasks. After any failure the tasks are read before a request is repeated, so that none is moved twice.
    async fn proceed(&self, mut moves: Vec<Move>) {
        let mut tries = 0;
        loop {
            let Err(error) = self.send(&moves).await else { return finish(moves, &Ok(())) };
            tries += 1;
            moves = match self.unmoved(moves, &error).await {
                Ok(moves) => moves,
                Err((moves, error)) => return finish(moves, &Err(error)),
            };
            let is_refused = !error.is_retryable() && !error.may_have_acted();
            if moves.is_empty() {
                return;
            }
            if is_refused && moves.len() > 1 {
                // One of them is refused: each gets its own request.
                for one in moves {
                    Box::pin(self.proceed(vec![one])).await;
                }
                return;
            }
            if is_refused || tries == MAX_TRIES {
                return finish(moves, &Err(MoveError { message: error.to_string() }));
            }
            tokio::time::sleep(error.retry_after().unwrap_or(SETTLING_TIME * tries)).await;
        }
    }

    async fn send(&self, moves: &[Move]) -> Result<(), Error> {
        let choice = |one: &Move| Some((one.task, PathwayChoice::Uuid(one.change.pathway?)));
        let tasks: Vec<_> = moves.iter().filter_map(choice).collect();
        self.platform.proceed(self.project, self.stage, &tasks).await
    }

    /// Reads the tasks, and finishes those that have left the stage.
    async fn unmoved(&self, moves: Vec<Move>, error: &Error) -> Result<Vec<Move>, (Vec<Move>, MoveError)> {
        if error.may_have_acted() {
            tokio::time::sleep(SETTLING_TIME).await;
        }
        let data: Vec<_> = moves.iter().map(|one| one.data).collect();
        let waiting = match self.platform.agent_tasks(self.project, self.stage, &data).await {
            Ok(tasks) => tasks.into_iter().map(|task| task.uuid).collect::<HashSet<_>>(),
            Err(unread) => {
                let message = format!("The platform did not confirm that the task was moved: {error}; {unread}");
                return Err((moves, MoveError { message }));
            }
        };
        let (unmoved, moved): (Vec<_>, Vec<_>) = moves.into_iter().partition(|one| waiting.contains(&one.task));
        finish(moved, &Ok(()));
        Ok(unmoved)
    }
}

fn finish(moves: Vec<Move>, outcome: &Result<(), MoveError>) {
    for one in moves {
        // Nobody waits for a task whose drain was aborted.
        let _ = one.done.send(outcome.clone());
    }
}
