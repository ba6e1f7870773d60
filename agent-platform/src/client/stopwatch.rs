//! A stopwatch for concurrent operations.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time during which at least one operation runs, and the number of operations. Operations that overlap count once. Clones share
/// the time.
#[derive(Debug, Clone, Default)]
pub struct Stopwatch(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Number of running operations.
    running: usize,
    /// Start of the first of the running operations.
    since: Option<Instant>,
    /// Time before `since`.
    total: Duration,
    /// Number of operations that have started.
    started: usize,
}

impl Stopwatch {
    /// Creates a stopwatch at zero.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts an operation, which runs until the result is dropped.
    pub fn start(&self) -> StopwatchRun {
        self.with(|state| {
            state.since.get_or_insert_with(Instant::now);
            state.running += 1;
            state.started += 1;
        });
        StopwatchRun(self.clone())
    }

    /// Returns the time until now.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.with(|state| state.total + state.since.map(|since| since.elapsed()).unwrap_or_default())
    }

    /// Returns the number of operations that have started.
    #[must_use]
    pub fn count(&self) -> usize {
        self.with(|state| state.started)
    }

    fn with<T>(&self, use_state: impl FnOnce(&mut State) -> T) -> T {
        use_state(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A running operation of a [`Stopwatch`]. It ends when this is dropped.
#[derive(Debug)]
#[must_use = "the operation ends when this is dropped"]
pub struct StopwatchRun(Stopwatch);

impl Drop for StopwatchRun {
    fn drop(&mut self) {
        self.0.with(|state| {
            state.running -= 1;
            if state.running == 0 {
                state.total += state.since.take().map(|since| since.elapsed()).unwrap_or_default();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_operations_count_once() {
        let (watch, began) = (Stopwatch::new(), Instant::now());
        let (first, second) = (watch.start(), watch.clone().start());
        drop(first);
        let half = watch.elapsed();
        drop(second);
        let elapsed = watch.elapsed();
        assert!(half <= elapsed && elapsed <= began.elapsed(), "{half:?} {elapsed:?}");
        assert_eq!(watch.count(), 2);
    }

    #[test]
    fn stands_still_between_operations() {
        let watch = Stopwatch::new();
        assert_eq!((watch.elapsed(), watch.count()), (Duration::ZERO, 0));
        drop(watch.start());
        let stopped = watch.elapsed();
        let later = Instant::now();
        while later.elapsed().is_zero() {}
        assert_eq!(watch.elapsed(), stopped);
    }
}
