//! What an agent has left to do, until it is known whether it succeeds.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::pool::{Place, Pool, Work};

/// What the agent of a call has left to do.
#[derive(Default)]
pub(crate) struct Afterwards(Mutex<Vec<(Place, Work)>>);

impl Afterwards {
    pub(super) fn add(&self, place: Place, work: Work) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((place, work));
    }

    /// Forgets all of it: the agent runs again.
    pub(crate) fn clear(&self) {
        drop(self.take());
    }

    /// Has all of it worked on: the agent has answered.
    pub(crate) fn begin(&self, pool: &Arc<Pool>) {
        for (place, work) in self.take() {
            pool.start(place, work);
        }
    }

    fn take(&self) -> Vec<(Place, Work)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Afterwards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Afterwards")
    }
}
