//! Workflow stages that the agents of a server work on: their counts, and the notifications about their tasks.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use agent_core::stage::Stage;
use agent_platform::hash::ProjectHash;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::metrics::StageReading;

/// A stage with the agent that works on it.
#[derive(Debug)]
pub(crate) struct ServedStage {
    /// The position of the agent in `App::agents`.
    pub(crate) agent: usize,
    pub(crate) stage: Stage,
    pub(crate) counts: TaskCounts,
}

impl ServedStage {
    /// Returns the current counts for `/metrics`.
    pub(crate) fn reading(&self) -> StageReading {
        let TaskCounts { moved, left, failed, retries, parked } = &self.counts;
        StageReading {
            stage: self.stage.stage.to_string(),
            moved: moved.get(),
            left: left.get(),
            failed: failed.get(),
            retries: retries.get(),
            parked: parked.get(),
        }
    }
}

/// The number of tasks by outcome.
#[derive(Debug, Default)]
pub(crate) struct TaskCounts {
    pub(crate) moved: Count,
    pub(crate) left: Count,
    pub(crate) failed: Count,
    pub(crate) retries: Count,
    /// Tasks that the last drain has parked.
    pub(crate) parked: Count,
}

/// A number that many threads change.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Notifications about tasks that wait, and the drains that are under way.
#[derive(Debug)]
pub(crate) struct StageWakes {
    waiting: Mutex<HashSet<(ProjectHash, Uuid)>>,
    notified: Notify,
    open: watch::Sender<usize>,
}

impl Default for StageWakes {
    fn default() -> Self {
        Self { waiting: Mutex::default(), notified: Notify::new(), open: watch::Sender::new(0) }
    }
}

impl StageWakes {
    /// Notes that tasks wait in a stage.
    pub(crate) fn wake(&self, project: ProjectHash, stage: Uuid) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert((project, stage));
        self.notified.notify_one();
    }

    /// Waits for notifications, and returns the stages that they name.
    pub(crate) async fn next(&self) -> HashSet<(ProjectHash, Uuid)> {
        self.notified.notified().await;
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts work on stages as under way until the guard is dropped.
    pub(crate) fn begin(self: Arc<Self>) -> Working {
        self.open.send_modify(|open| *open += 1);
        Working(self)
    }

    /// Waits until no work on stages is under way.
    pub(crate) async fn idle(&self) {
        // The sender lives as long as `self`, so this does not fail.
        let _ = self.open.subscribe().wait_for(|open| *open == 0).await;
    }
}

/// Work on stages, until this is dropped.
pub(crate) struct Working(Arc<StageWakes>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}
