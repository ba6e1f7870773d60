//! Background work of a call that has not succeeded yet.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::pool::{Permit, Pool, Work};

/// Background work that an agent has left. It starts when the call succeeds.
#[derive(Default)]
pub struct Deferred(Mutex<Vec<(Permit, Work)>>);

impl Deferred {
    pub(crate) fn add(&self, permit: Permit, work: Work) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((permit, work));
    }

    /// Drops all work: the agent runs again.
    pub(crate) fn clear(&self) {
        drop(self.take());
    }

    /// Starts all work: the agent has succeeded.
    pub fn begin(&self, pool: &Arc<Pool>) {
        for (permit, work) in self.take() {
            pool.start(permit, work);
        }
    }

    fn take(&self) -> Vec<(Permit, Work)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deferred")
    }
}
