//! Coalescing: notifications with the same key are handled one at a time.
//!
//! The platform repeats a notification of waiting tasks until they are gone. A handler that needs longer than that interval must not
//! run twice at once, and must run once more for tasks that arrived while it ran.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use super::delivery_outcome::DeliveryOutcome;
use agent_core::background::{Permit, Pool, Work};

/// Waiting and running work of one handler, by coalescing key.
#[derive(Default)]
pub(super) struct Coalescing(Mutex<HashMap<String, Turns>>);

/// Work of one key: one waiting or running turn, and at most one that follows.
#[derive(Default)]
struct Turns {
    /// Whether the turn has begun. It may then miss tasks of a later notification.
    has_begun: bool,
    next: Option<Next>,
}

/// The turn that follows, with its permit in the pool.
struct Next {
    permit: Permit,
    work: Work,
    is_verified: bool,
}

impl Coalescing {
    /// Starts the work unless work of this key waits already. If such work is running, it runs once more afterwards, for the
    /// newest notification. An unverified notification does not replace a verified one.
    pub(super) fn submit(
        self: &Arc<Self>,
        pool: &Arc<Pool>,
        key: String,
        is_verified: bool,
        work: impl FnOnce() -> Work,
    ) -> DeliveryOutcome {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = match all.entry(key) {
            Entry::Occupied(turns) => turns.into_mut(),
            Entry::Vacant(vacant) => {
                let Some(permit) = pool.reserve() else { return DeliveryOutcome::Overloaded };
                let key = vacant.key().clone();
                vacant.insert(Turns::default());
                drop(all);
                self.start(pool, key, permit, work());
                return DeliveryOutcome::Accepted;
            }
        };
        if !turns.has_begun {
            return DeliveryOutcome::Coalesced;
        }
        match &mut turns.next {
            Some(next) if next.is_verified && !is_verified => {}
            Some(next) => (next.work, next.is_verified) = (work(), is_verified),
            None => {
                let Some(permit) = pool.reserve() else { return DeliveryOutcome::Overloaded };
                turns.next = Some(Next { permit, work: work(), is_verified });
            }
        }
        DeliveryOutcome::Coalesced
    }

    fn start(self: &Arc<Self>, pool: &Arc<Pool>, key: String, permit: Permit, work: Work) {
        let turn = Turn { coalescing: Arc::clone(self), pool: Arc::clone(pool), key };
        let Work { by, uid, trace, limit, future } = work;
        let future = Box::pin(async move {
            // Moved in, so that it is dropped with the work, however the work ends.
            let turn = turn;
            turn.begin();
            future.await
        });
        pool.start(permit, Work { by, uid, trace, limit, future });
    }
}

/// One turn of a key. When it is dropped, the next turn starts.
struct Turn {
    coalescing: Arc<Coalescing>,
    pool: Arc<Pool>,
    key: String,
}

impl Turn {
    fn begin(&self) {
        let mut all = self.coalescing.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = all.get_mut(&self.key) {
            turns.has_begun = true;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut all = self.coalescing.0.lock().unwrap_or_else(PoisonError::into_inner);
            let next = all.get_mut(&self.key).and_then(|turns| turns.next.take());
            match &next {
                Some(_) => drop(all.insert(self.key.clone(), Turns::default())),
                None => drop(all.remove(&self.key)),
            }
            next
        };
        if let Some(Next { permit, work, .. }) = next {
            self.coalescing.start(&self.pool, std::mem::take(&mut self.key), permit, work);
        }
    }
}
