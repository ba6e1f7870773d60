//! Notifications that arrived at one handler: each is worked on once, in the background.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use agent_core::notification::{Delivery, NotificationCall, NotificationHandler};

use super::coalescing::Coalescing;
use super::seen::Seen;
use super::taken::Taken;
use agent_core::background::{Pool, Work};

/// A notification to be worked on.
pub(crate) struct Job {
    pub(crate) delivery: Delivery,
    pub(crate) call: NotificationCall,
    /// Whether the platform's signature was verified.
    pub(crate) is_verified: bool,
}

/// Notifications of one handler. Signed and unsigned deliveries are remembered apart: nobody can suppress a signed delivery by
/// sending its `uid` without a signature, or flush it from the memory.
pub(crate) struct Inbox {
    verified: Mutex<Seen>,
    unverified: Mutex<Seen>,
    coalescing: Arc<Coalescing>,
}

impl Default for Inbox {
    fn default() -> Self {
        let (verified, unverified) = (Mutex::new(Seen::verified()), Mutex::new(Seen::unverified()));
        Self { verified, unverified, coalescing: Arc::default() }
    }
}

impl Inbox {
    /// Takes a notification in, and has it worked on in the background.
    pub(crate) fn take(&self, pool: &Arc<Pool>, handler: &'static NotificationHandler, job: Job) -> Taken {
        let Job { delivery: Delivery { uid, coalescing_key }, call, is_verified } = job;
        let seen = if is_verified { &self.verified } else { &self.unverified };
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains(uid) {
            return Taken::Repeated;
        }
        let now = Instant::now();
        if !seen.has_room(now) {
            return Taken::Full;
        }
        let (by, trace, limit) = (handler.name, call.trace().id().to_owned(), handler.limit());
        let work = || Work { by, uid: Some(uid), trace, limit, future: (handler.run)(call) };
        let taken = match coalescing_key {
            Some(key) => self.coalescing.take(pool, key, is_verified, work),
            None => match pool.reserve() {
                Some(place) => {
                    pool.start(place, work());
                    Taken::Yes
                }
                None => Taken::Full,
            },
        };
        if taken != Taken::Full {
            seen.insert(uid, now);
        }
        taken
    }
}
