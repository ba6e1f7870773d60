//! Which deliveries have come.

use std::collections::{HashSet, VecDeque};

use uuid::Uuid;

/// How many deliveries are remembered; each takes less than 100 bytes.
const MOST: usize = 10_000;

/// The last deliveries.
#[derive(Debug, Default)]
pub(super) struct Seen {
    uids: HashSet<Uuid>,
    order: VecDeque<Uuid>,
}

impl Seen {
    /// Remembers a delivery; whether it is new.
    pub(super) fn insert(&mut self, uid: Uuid) -> bool {
        if !self.uids.insert(uid) {
            return false;
        }
        self.order.push_back(uid);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.uids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ten_thousand_are_remembered() {
        let mut seen = Seen::default();
        let uids = (0..=MOST as u128).map(Uuid::from_u128);
        assert!(uids.into_iter().all(|uid| seen.insert(uid)));
        assert!(!seen.insert(Uuid::from_u128(1)) && seen.insert(Uuid::from_u128(0)));
        assert_eq!((seen.uids.len(), seen.order.len()), (MOST, MOST));
    }
}
