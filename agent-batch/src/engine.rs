//! Runs over all data units of a plan, concurrently.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::error::BatchError;
use super::execution::Execution;
use super::journal::{Done, JournalState, OpenUnit, Tally, UnitSet};
use super::plan::{Plan, Unit};
use super::unit_run::RunContext;

/// Interval at which a waiting engine looks whether it should stop.
const STOP_INTERVAL: Duration = Duration::from_millis(50);

/// Runs an agent over the data units of a plan.
#[derive(Debug, Clone)]
pub struct Engine(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    context: RunContext,
    source: Mutex<Source>,
    tally: Mutex<Tally>,
    is_stopped: AtomicBool,
    /// Data units whose state could not be read: they stay open.
    left_open: Mutex<usize>,
    /// Wait before interrupted data units are looked at.
    settle: Duration,
    concurrency: usize,
}

/// Data units that have not been started.
#[derive(Debug)]
struct Source {
    plan: Plan,
    finished: UnitSet,
    open: VecDeque<OpenUnit>,
    /// Numbers of the open data units.
    open_numbers: UnitSet,
}

/// The end of a run.
#[derive(Debug)]
pub struct Finished {
    /// The totals.
    pub tally: Tally,
    /// The run was stopped before its end.
    pub is_stopped: bool,
    /// Number of data units that were interrupted, and whose state could not be read.
    pub left_open: usize,
}

impl Engine {
    pub(crate) fn new(context: RunContext, plan: Plan, state: JournalState, execution: &Execution) -> Self {
        let mut open_numbers = UnitSet::default();
        state.open.keys().for_each(|number| open_numbers.insert(*number));
        let open = state.open.into_values().collect();
        let source = Source { plan, finished: state.finished, open, open_numbers };
        Self(Arc::new(Shared {
            context,
            source: Mutex::new(source),
            tally: Mutex::new(state.tally),
            is_stopped: AtomicBool::new(false),
            left_open: Mutex::new(0),
            settle: execution.settle,
            concurrency: execution.concurrency,
        }))
    }

    /// Runs over all data units.
    ///
    /// # Errors
    /// The plan cannot be read, or the journal cannot be written.
    pub async fn run(&self) -> Result<Finished, BatchError> {
        let settled = Instant::now() + self.0.settle;
        self.workers(Shared::run_new).await?;
        if self.0.has_open() {
            self.0.wait_until(settled).await;
            self.workers(Shared::run_open).await?;
        }
        self.0.context.journal.sync().await?;
        Ok(Finished { tally: self.tally(), is_stopped: self.0.is_stopped(), left_open: *lock(&self.0.left_open) })
    }

    /// Starts no further data unit. Those that run are finished.
    pub fn stop(&self) {
        self.0.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Returns the totals so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        *lock(&self.0.tally)
    }

    async fn workers<F>(&self, work: impl Fn(Arc<Shared>) -> F) -> Result<(), BatchError>
    where
        F: Future<Output = Result<(), BatchError>> + Send + 'static,
    {
        let mut workers = JoinSet::new();
        for _ in 0..self.0.concurrency.max(1) {
            workers.spawn(work(Arc::clone(&self.0)));
        }
        let mut result = Ok(());
        while let Some(ended) = workers.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    self.stop();
                    result = result.and(Err(error));
                }
                Err(panic) => std::panic::resume_unwind(panic.into_panic()),
            }
        }
        result
    }
}

impl Shared {
    async fn run_new(self: Arc<Self>) -> Result<(), BatchError> {
        while let Some((number, unit)) = self.next_new()? {
            let done = self.context.run(number, unit).await?;
            self.count(&done);
        }
        Ok(())
    }

    async fn run_open(self: Arc<Self>) -> Result<(), BatchError> {
        while let Some(open) = self.next_open() {
            match self.context.resume(open).await {
                Ok(done) => self.count(&done),
                Err(BatchError::Platform(_)) => *lock(&self.left_open) += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn next_new(&self) -> Result<Option<(usize, Unit)>, BatchError> {
        if self.is_stopped() {
            return Ok(None);
        }
        let mut source = lock(&self.source);
        loop {
            let Some((number, unit)) = source.plan.next()? else { return Ok(None) };
            if !source.finished.contains(number) && !source.open_numbers.contains(number) {
                return Ok(Some((number, unit)));
            }
        }
    }

    fn next_open(&self) -> Option<OpenUnit> {
        if self.is_stopped() { None } else { lock(&self.source).open.pop_front() }
    }

    fn has_open(&self) -> bool {
        !lock(&self.source).open.is_empty()
    }

    fn count(&self, done: &Done) {
        lock(&self.tally).add(done);
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    async fn wait_until(&self, time: Instant) {
        while Instant::now() < time && !self.is_stopped() {
            sleep(STOP_INTERVAL.min(time.saturating_duration_since(Instant::now()))).await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
