//! Retry policy: backoff and retry budgets.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::call::{Call, Endpoint};

/// Retry policy: number of retries, backoff and budget.
///
/// Which calls are retried is not configurable; see [`PlatformClient`](super::PlatformClient).
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    /// Maximum number of retries after the first attempt. Default: 3.
    pub retries: u32,
    /// The wait before the first retry. It doubles with each retry. Default: 0.5 s.
    pub initial_backoff: Duration,
    /// Maximum wait between two attempts without `Retry-After`. Default: 20 s.
    pub max_backoff: Duration,
    /// Maximum wait that the platform may request with `Retry-After`. Default: 6 h. A call whose wait would exceed the
    /// call timeout fails at once.
    pub max_retry_after: Duration,
    /// Retry budget shared by all calls to one host. Once it is used up, failed calls are not retried. Ten calls that
    /// succeed at the first attempt earn one retry back. The budget keeps many agents from overloading a failing
    /// platform. The platform and each storage host have separate budgets. Default: 20.
    pub budget: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 3,
            initial_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(20),
            max_retry_after: super::retry_after::MAX_RETRY_AFTER,
            budget: 20,
        }
    }
}

impl RetryPolicy {
    /// Returns a policy without retries.
    #[must_use]
    pub fn never() -> Self {
        Self { retries: 0, ..Self::default() }
    }

    /// Returns the wait before retry `number`, counted from 0: exponential backoff, of which half is random jitter, so
    /// that callers that failed together do not retry together. A requested wait is kept in full, with the same jitter
    /// added.
    pub(super) fn wait(&self, number: u32, retry_after: Option<Duration>) -> Duration {
        let growing = self.initial_backoff.saturating_mul(2_u32.saturating_pow(number)).min(self.max_backoff);
        let random = growing.mul_f64(fastrand::f64() / 2.0);
        match retry_after {
            Some(retry_after) => retry_after.min(self.max_retry_after).saturating_add(random),
            None => growing / 2 + random,
        }
    }
}

/// Credit for a call that succeeds at the first attempt.
const SUCCESS_CREDIT: u32 = 1;
/// Cost of a retry, in the same unit.
const RETRY_COST: u32 = 10;

/// The retry budgets of the platform and of each storage host. A failing storage uses up only its own budget.
#[derive(Debug)]
pub(super) struct RetryBudgets {
    retries: u32,
    platform: Arc<RetryBudget>,
    storage: Mutex<HashMap<String, Arc<RetryBudget>>>,
}

/// Maximum number of storage hosts with a stored budget.
const MAX_HOSTS: usize = 256;

impl RetryBudgets {
    pub(super) fn new(retries: u32) -> Self {
        let platform = Arc::new(RetryBudget::new(retries));
        Self { retries, platform, storage: Mutex::default() }
    }

    /// Returns the retry budget for a call.
    pub(super) fn for_call(&self, call: &Call) -> Arc<RetryBudget> {
        if !matches!(call.endpoint, Endpoint::Storage) {
            return Arc::clone(&self.platform);
        }
        let host = call.url.host_str().unwrap_or_default();
        let mut storage = self.storage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(budget) = storage.get(host) {
            return Arc::clone(budget);
        }
        if storage.len() >= MAX_HOSTS {
            // A full budget equals a new one.
            storage.retain(|_, budget| !budget.is_full());
        }
        if storage.len() >= MAX_HOSTS {
            storage.clear();
        }
        let budget = Arc::new(RetryBudget::new(self.retries));
        storage.insert(host.to_owned(), Arc::clone(&budget));
        budget
    }
}

/// The retry budget of one host.
#[derive(Debug)]
pub(super) struct RetryBudget {
    left: AtomicU32,
    full: u32,
}

impl RetryBudget {
    pub(super) fn new(retries: u32) -> Self {
        let full = retries.saturating_mul(RETRY_COST);
        Self { left: AtomicU32::new(full), full }
    }

    /// Takes one retry. Returns `false` if the budget is used up.
    pub(super) fn take(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(RETRY_COST)).is_ok()
    }

    fn is_full(&self) -> bool {
        self.left.load(Ordering::Relaxed) == self.full
    }

    /// Credits a call that succeeded at the first attempt.
    pub(super) fn earn(&self) {
        // Never fails: the closure always returns `Some`.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            Some(left.saturating_add(SUCCESS_CREDIT).min(self.full))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_grows_to_a_limit_with_jitter() {
        let policy = RetryPolicy { max_backoff: Duration::from_secs(3), ..RetryPolicy::default() };
        for (number, growing) in [(0, 0.5), (1, 1.0), (2, 2.0), (3, 3.0), (40, 3.0)] {
            let waits: Vec<_> = (0..50).map(|_| policy.wait(number, None).as_secs_f64()).collect();
            assert!(waits.iter().all(|wait| (growing / 2.0..=growing).contains(wait)), "{waits:?}");
            assert!(waits.iter().any(|wait| *wait != waits[0]));
        }
    }

    #[test]
    fn waits_for_the_full_retry_after() {
        let policy = RetryPolicy { max_retry_after: Duration::from_secs(60), ..RetryPolicy::default() };
        let wait = |asked| policy.wait(0, Some(Duration::from_secs(asked))).as_secs_f64();
        assert!((7.0..=7.25).contains(&wait(7)));
        assert!((60.0..=60.25).contains(&wait(7000)));
    }

    #[test]
    fn budget_is_used_up_and_earned_back() {
        let budget = RetryBudget::new(2);
        assert!(budget.take() && budget.take() && !budget.take());
        (0..10).for_each(|_| budget.earn());
        assert!(budget.take() && !budget.take());
        (0..1000).for_each(|_| budget.earn());
        assert!(budget.take() && budget.take() && !budget.take());
    }
}
