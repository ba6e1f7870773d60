//! The inbox of one handler: deduplicates notifications, and runs the handler in the background.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use agent_core::notification::{Delivery, NotificationCall, NotificationHandler};

use super::coalescing::Coalescing;
use super::delivery_outcome::DeliveryOutcome;
use super::recent_deliveries::RecentDeliveries;
use agent_core::background::{Pool, Work};

/// A notification to be handled.
pub(crate) struct Job {
    pub(crate) delivery: Delivery,
    pub(crate) call: NotificationCall,
    /// Whether the platform's signature was verified.
    pub(crate) is_verified: bool,
}

/// Notifications of one handler. Signed and unsigned deliveries are remembered separately: an unsigned request can neither
/// suppress a signed delivery with the same `uid`, nor evict it from the memory.
pub(crate) struct Inbox {
    verified: Mutex<RecentDeliveries>,
    unverified: Mutex<RecentDeliveries>,
    coalescing: Arc<Coalescing>,
}

impl Default for Inbox {
    fn default() -> Self {
        let (verified, unverified) =
            (Mutex::new(RecentDeliveries::verified()), Mutex::new(RecentDeliveries::unverified()));
        Self { verified, unverified, coalescing: Arc::default() }
    }
}

impl Inbox {
    /// Accepts a notification, unless it is a redelivery, and runs the handler in the background.
    pub(crate) fn deliver(&self, pool: &Arc<Pool>, handler: &'static NotificationHandler, job: Job) -> DeliveryOutcome {
        let Job { delivery: Delivery { uid, coalescing_key }, call, is_verified } = job;
        let recent = if is_verified { &self.verified } else { &self.unverified };
        let mut recent = recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.contains(uid) {
            return DeliveryOutcome::Redelivered;
        }
        let now = Instant::now();
        if !recent.has_room(now) {
            return DeliveryOutcome::Overloaded;
        }
        let (by, trace, limit) = (handler.name, call.trace().clone(), handler.limit());
        let work = || Work { by, uid: Some(uid), trace, limit, future: handler.run(call) };
        let outcome = match coalescing_key {
            Some(key) => self.coalescing.submit(pool, key, is_verified, work),
            None => match pool.reserve() {
                Some(permit) => {
                    pool.start(permit, work());
                    DeliveryOutcome::Accepted
                }
                None => DeliveryOutcome::Overloaded,
            },
        };
        if outcome != DeliveryOutcome::Overloaded {
            recent.insert(uid, now);
        }
        outcome
    }
}
