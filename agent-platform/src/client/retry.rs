//! When a call is tried again, and when not.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::call::{Call, Endpoint};

/// How often and how soon a call is tried again.
///
/// What may be tried again at all is not a matter of settings: see [`PlatformClient`](super::PlatformClient).
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    /// How many times a call is repeated after the first try. 3 unless set.
    pub retries: u32,
    /// The wait before the first repetition; each further one doubles. 0.5 s unless set.
    pub first_wait: Duration,
    /// The longest wait between two tries that nobody asked for. 20 s unless set.
    pub longest_wait: Duration,
    /// The longest wait that the platform may ask for with `Retry-After`. 6 h unless set; a call ends instead of waiting
    /// longer than it may take in all.
    pub longest_retry_after: Duration,
    /// Repetitions that all calls of one host may use up together before failing calls are no longer repeated. Ten calls
    /// that succeed at once earn one back. It keeps many agents from hammering a platform that is down. The platform and
    /// each storage host have their own. Default: 20.
    pub budget: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 3,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(20),
            longest_retry_after: super::retry_after::LONGEST,
            budget: 20,
        }
    }
}

impl RetryPolicy {
    /// No repetition at all.
    #[must_use]
    pub fn never() -> Self {
        Self { retries: 0, ..Self::default() }
    }

    /// The wait before repetition `number`, from 0: half fixed, half random, so that callers that failed together do not
    /// come back together. What the platform asked for is waited for in full, plus some of that randomness.
    pub(super) fn wait(&self, number: u32, asked_for: Option<Duration>) -> Duration {
        let growing = self.first_wait.saturating_mul(2_u32.saturating_pow(number)).min(self.longest_wait);
        let random = growing.mul_f64(fastrand::f64() / 2.0);
        match asked_for {
            Some(asked_for) => asked_for.min(self.longest_retry_after).saturating_add(random),
            None => growing / 2 + random,
        }
    }
}

/// How much of a repetition a call earns back that succeeds at once.
const EARNED: u32 = 1;
/// What a repetition costs, in the same unit.
const COST: u32 = 10;

/// The budgets of the platform and of each storage host, so that a storage that fails uses up no repetitions of others.
#[derive(Debug)]
pub(super) struct RetryBudgets {
    repetitions: u32,
    platform: Arc<RetryBudget>,
    storage: Mutex<HashMap<String, Arc<RetryBudget>>>,
}

/// Storage hosts whose budgets are remembered.
const MAX_HOSTS: usize = 256;

impl RetryBudgets {
    pub(super) fn new(repetitions: u32) -> Self {
        let platform = Arc::new(RetryBudget::new(repetitions));
        Self { repetitions, platform, storage: Mutex::default() }
    }

    /// Returns the budget that the repetitions of a call are taken from.
    pub(super) fn of(&self, call: &Call) -> Arc<RetryBudget> {
        if !matches!(call.endpoint, Endpoint::Storage) {
            return Arc::clone(&self.platform);
        }
        let host = call.url.host_str().unwrap_or_default();
        let mut storage = self.storage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(budget) = storage.get(host) {
            return Arc::clone(budget);
        }
        if storage.len() >= MAX_HOSTS {
            // Full budgets are as good as new ones.
            storage.retain(|_, budget| !budget.is_full());
        }
        if storage.len() >= MAX_HOSTS {
            storage.clear();
        }
        let budget = Arc::new(RetryBudget::new(self.repetitions));
        storage.insert(host.to_owned(), Arc::clone(&budget));
        budget
    }
}

/// The repetitions left to all calls of one host.
#[derive(Debug)]
pub(super) struct RetryBudget {
    left: AtomicU32,
    full: u32,
}

impl RetryBudget {
    pub(super) fn new(repetitions: u32) -> Self {
        let full = repetitions.saturating_mul(COST);
        Self { left: AtomicU32::new(full), full }
    }

    /// Takes one repetition, if there is one.
    pub(super) fn take(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(COST)).is_ok()
    }

    fn is_full(&self) -> bool {
        self.left.load(Ordering::Relaxed) == self.full
    }

    /// A call succeeded at once.
    pub(super) fn earn(&self) {
        // It never fails: the closure always has a value.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            Some(left.saturating_add(EARNED).min(self.full))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_limit_with_a_random_half() {
        let policy = RetryPolicy { longest_wait: Duration::from_secs(3), ..RetryPolicy::default() };
        for (number, growing) in [(0, 0.5), (1, 1.0), (2, 2.0), (3, 3.0), (40, 3.0)] {
            let waits: Vec<_> = (0..50).map(|_| policy.wait(number, None).as_secs_f64()).collect();
            assert!(waits.iter().all(|wait| (growing / 2.0..=growing).contains(wait)), "{waits:?}");
            assert!(waits.iter().any(|wait| *wait != waits[0]));
        }
    }

    #[test]
    fn what_the_platform_asks_for_is_waited_for_in_full() {
        let policy = RetryPolicy { longest_retry_after: Duration::from_secs(60), ..RetryPolicy::default() };
        let wait = |asked| policy.wait(0, Some(Duration::from_secs(asked))).as_secs_f64();
        assert!((7.0..=7.25).contains(&wait(7)));
        assert!((60.0..=60.25).contains(&wait(7000)));
    }

    #[test]
    fn the_budget_runs_out_and_comes_back() {
        let budget = RetryBudget::new(2);
        assert!(budget.take() && budget.take() && !budget.take());
        (0..10).for_each(|_| budget.earn());
        assert!(budget.take() && !budget.take());
        (0..1000).for_each(|_| budget.earn());
        assert!(budget.take() && budget.take() && !budget.take());
    }
}
