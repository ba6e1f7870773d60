//! Replay protection: signed requests that have arrived are remembered for as long as their signature is valid.
//!
//! The memory belongs to one agent of one process. What it cannot detect:
//!
//! * The path is not signed: a call captured for one agent is valid once at every other agent with the same secret. The memory cannot
//!   be shared either, since calls with equal payloads within one second have equal signatures. The remedy is a secret for each agent.
//! * After a restart, and on another replica, the memory is empty: a call captured less than 300 s ago is valid once more.
//! * It uses the system clock. If the clock jumps forward, calls are refused as too old until it is right, and requests are forgotten
//!   early; if it jumps back, calls that were captured up to 300 s around the new time are valid again unless they are remembered.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::verification::RequestTag;

/// Maximum number of remembered requests: 160 a second for the ten minutes that a signature can be valid, in 10 MB.
const MAX_REMEMBERED: usize = 100_000;

/// Time after a signature's timestamp for which the request is remembered.
const SIGNATURE_VALIDITY: Duration = Duration::from_secs(301);

/// Memory of signed requests.
#[derive(Debug, Default)]
pub(super) struct ReplayMemory(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    tags: HashSet<RequestTag>,
    /// The oldest first.
    order: VecDeque<(RequestTag, Duration)>,
}

impl ReplayMemory {
    /// Remembers a request. Returns `false` if it is a replay. `signed_at` is in Unix seconds.
    pub(super) fn is_new(&self, tag: RequestTag, signed_at: i64, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let until = Duration::from_secs(signed_at.unsigned_abs()) + SIGNATURE_VALIDITY;
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while remembered.order.front().is_some_and(|(_, until)| *until < now)
            || remembered.order.len() >= MAX_REMEMBERED
        {
            let Some((oldest, until)) = remembered.order.pop_front() else { break };
            if until >= now {
                // Only the platform can sign that many: an attacker cannot evict requests.
                tracing::warn!("more signed calls than are remembered: one could be replayed unnoticed");
            }
            remembered.tags.remove(&oldest);
        }
        let is_new = remembered.tags.insert(tag);
        if is_new {
            remembered.order.push_back((tag, until));
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_requests_while_valid_up_to_the_maximum() {
        let replays = ReplayMemory::default();
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(replays.is_new([1; 32], 1000, at(1000)) && !replays.is_new([1; 32], 1000, at(1300)));
        assert!(replays.is_new([2; 32], 1310, at(1302)));
        assert_eq!(replays.0.lock().unwrap().order.len(), 1, "the first request has expired");
        for number in 0..MAX_REMEMBERED as u64 + 10 {
            let mut tag = [3; 32];
            tag[..8].copy_from_slice(&number.to_le_bytes());
            assert!(replays.is_new(tag, 1310, at(1310)));
        }
        let remembered = replays.0.lock().unwrap();
        assert_eq!((remembered.order.len(), remembered.tags.len()), (MAX_REMEMBERED, MAX_REMEMBERED));
    }
}
