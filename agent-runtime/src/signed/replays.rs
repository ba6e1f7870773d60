//! Replay protection: signed requests that have arrived are remembered for as long as their signature is valid.
//!
//! The memory belongs to one agent of one process. What it cannot tell:
//!
//! * The path is not signed: a call captured for one agent is valid once at every other agent with the same secret. The memory cannot
//!   be shared either, since calls with equal payloads within one second have equal signatures. The remedy is a secret for each agent.
//! * After a restart, and on another replica, the memory is empty: a call captured less than 300 s ago is valid once more.
//! * Time is that of the clock. If the clock jumps forward, calls are refused as too old until it is right, and requests are forgotten
//!   early; if it jumps back, calls that were captured up to 300 s around the new time are valid again unless they are remembered.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::verification::RequestTag;

/// How many requests are remembered: 160 a second for the ten minutes that a signature may be good for, in 10 MB.
const MOST: usize = 100_000;

/// How long after the time it was signed at a request may be remembered in vain.
const GOOD_FOR: Duration = Duration::from_secs(301);

/// The requests, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Replays(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    tags: HashSet<RequestTag>,
    order: VecDeque<(RequestTag, Duration)>,
}

impl Replays {
    /// Whether a request comes for the first time. `signed_at` is in Unix seconds.
    pub(super) fn is_new(&self, tag: RequestTag, signed_at: i64, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let until = Duration::from_secs(signed_at.unsigned_abs()) + GOOD_FOR;
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while seen.order.front().is_some_and(|(_, until)| *until < now) || seen.order.len() >= MOST {
            let Some((oldest, until)) = seen.order.pop_front() else { break };
            if until >= now {
                // Only the platform can sign so many: no stranger can make this server forget.
                tracing::warn!("more signed calls than are remembered: one could be replayed unnoticed");
            }
            seen.tags.remove(&oldest);
        }
        let is_new = seen.tags.insert(tag);
        if is_new {
            seen.order.push_back((tag, until));
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_remembered_as_long_as_they_could_come_again_and_no_more_than_so_many() {
        let replays = Replays::default();
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(replays.is_new([1; 32], 1000, at(1000)) && !replays.is_new([1; 32], 1000, at(1300)));
        assert!(replays.is_new([2; 32], 1310, at(1302)));
        assert_eq!(replays.0.lock().unwrap().order.len(), 1, "the first one is too old to be good");
        for number in 0..MOST as u64 + 10 {
            let mut tag = [3; 32];
            tag[..8].copy_from_slice(&number.to_le_bytes());
            assert!(replays.is_new(tag, 1310, at(1310)));
        }
        let seen = replays.0.lock().unwrap();
        assert_eq!((seen.order.len(), seen.tags.len()), (MOST, MOST));
    }
}
