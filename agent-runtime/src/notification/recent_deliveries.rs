//! Memory of recent deliveries, for deduplication.

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// Number of deliveries that are remembered regardless of their age. Each takes less than 100 bytes.
const MIN_REMEMBERED: usize = 10_000;

/// Maximum number of verified deliveries that are remembered: 166 a second for [`SIGNATURE_WINDOW`], in 10 MB.
const MAX_VERIFIED: usize = 100_000;

/// Time for which a signature can be valid: 300 s before and after its timestamp.
const SIGNATURE_WINDOW: Duration = Duration::from_secs(601);

/// Recent deliveries of one handler, either the verified or the unverified ones.
#[derive(Debug)]
pub(super) struct RecentDeliveries {
    uids: HashSet<Uuid>,
    /// The oldest first.
    order: VecDeque<(Uuid, Instant)>,
    /// Minimum time for which a delivery is remembered.
    window: Duration,
    /// Maximum number of deliveries.
    limit: usize,
}

impl RecentDeliveries {
    /// Creates the memory of signed deliveries. It never forgets one whose signature could still be valid. When it is full of
    /// such deliveries, further ones are refused.
    pub(super) fn verified() -> Self {
        Self::new(SIGNATURE_WINDOW, MAX_VERIFIED)
    }

    /// Creates the memory of unsigned deliveries: the last 10,000.
    pub(super) fn unverified() -> Self {
        Self::new(Duration::ZERO, MIN_REMEMBERED + 1)
    }

    fn new(window: Duration, limit: usize) -> Self {
        Self { uids: HashSet::new(), order: VecDeque::new(), window, limit }
    }

    /// Returns whether the delivery has arrived before.
    pub(super) fn contains(&self, uid: Uuid) -> bool {
        self.uids.contains(&uid)
    }

    /// Forgets expired deliveries. Returns whether there is room for another one.
    pub(super) fn has_room(&mut self, now: Instant) -> bool {
        let (window, kept) = (self.window, MIN_REMEMBERED.min(self.limit - 1));
        while self.order.len() > kept
            && let Some((oldest, since)) = self.order.front()
            && now.saturating_duration_since(*since) >= window
        {
            self.uids.remove(oldest);
            self.order.pop_front();
        }
        self.order.len() < self.limit
    }

    /// Remembers a delivery.
    pub(super) fn insert(&mut self, uid: Uuid, now: Instant) {
        if self.uids.insert(uid) {
            self.order.push_back((uid, now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offers deliveries with these numbers at this time, and returns how many were accepted.
    fn accepted(recent: &mut RecentDeliveries, numbers: std::ops::Range<u128>, now: Instant) -> usize {
        let mut accepted = 0;
        for uid in numbers.map(Uuid::from_u128) {
            if !recent.contains(uid) && recent.has_room(now) {
                recent.insert(uid, now);
                accepted += 1;
            }
        }
        accepted
    }

    #[test]
    fn remembers_last_ten_thousand_unverified_deliveries() {
        let (mut recent, now) = (RecentDeliveries::unverified(), Instant::now());
        assert_eq!(accepted(&mut recent, 0..10_050, now), 10_050);
        assert!(recent.contains(Uuid::from_u128(50)) && !recent.contains(Uuid::from_u128(48)));
        assert!(recent.uids.len() <= MIN_REMEMBERED + 1 && recent.order.len() == recent.uids.len());
    }

    #[test]
    fn remembers_verified_deliveries_for_the_signature_window() {
        let (mut recent, start) = (RecentDeliveries::verified(), Instant::now());
        assert_eq!(accepted(&mut recent, 0..30_000, start), 30_000);
        let (within, after) = (start + Duration::from_secs(600), start + SIGNATURE_WINDOW);
        // The new one comes first, since only new ones make room.
        assert_eq!(accepted(&mut recent, 30_000..30_001, within), 1);
        assert_eq!(accepted(&mut recent, 0..30_000, within), 0, "600 s later a signature may still be valid");
        assert_eq!(accepted(&mut recent, 30_001..30_002, after), 1);
        assert!(!recent.contains(Uuid::from_u128(0)) && recent.contains(Uuid::from_u128(29_999)));
        assert!(recent.order.len() <= MIN_REMEMBERED + 1, "{}", recent.order.len());
    }

    #[test]
    fn remembers_few_verified_deliveries_beyond_the_window() {
        let (mut recent, start) = (RecentDeliveries::verified(), Instant::now());
        accepted(&mut recent, 0..1, start);
        let next_day = start + Duration::from_secs(86_400);
        assert_eq!(accepted(&mut recent, 0..2, next_day), 1);
    }

    #[test]
    fn full_memory_rejects_verified_deliveries() {
        let (mut recent, start) = (RecentDeliveries::verified(), Instant::now());
        assert_eq!(accepted(&mut recent, 0..MAX_VERIFIED as u128 + 10, start), MAX_VERIFIED);
        assert!(recent.contains(Uuid::from_u128(0)));
        assert_eq!(accepted(&mut recent, 1_000_000..1_000_001, start + SIGNATURE_WINDOW), 1);
    }
}
