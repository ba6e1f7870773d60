//! The calls whose images wait to be encoded in advance.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tokio::sync::Semaphore;

/// Maximum number of calls that wait. Further ones are left out.
const MAX_WAITING: usize = 8;

/// The places of calls that wait.
pub(super) struct WarmingPlaces {
    taken: Arc<AtomicUsize>,
    /// Held by the one whose pixels are in memory.
    pub(super) only: Semaphore,
}

/// A place, given back when it is dropped.
pub(super) struct Place(Arc<AtomicUsize>);

impl WarmingPlaces {
    pub(super) fn new() -> Self {
        Self { taken: Arc::default(), only: Semaphore::new(1) }
    }

    /// Takes a place, if one is free.
    pub(super) fn reserve(&self) -> Option<Place> {
        let place = Place(Arc::clone(&self.taken));
        (self.taken.fetch_add(1, Relaxed) < MAX_WAITING).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_limited_and_given_back() {
        let places = WarmingPlaces::new();
        for _ in 0..3 {
            let taken: Vec<Place> = (0..20).filter_map(|_| places.reserve()).collect();
            assert_eq!(taken.len(), MAX_WAITING);
        }
    }
}
