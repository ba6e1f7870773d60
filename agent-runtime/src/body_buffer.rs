//! The bounded memory for request bodies that have not arrived in full.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The memory that unfinished bodies share. Their senders are not authenticated yet.
///
/// A body that would exceed the limit evicts the largest one, and the oldest among those of the same size. A client that sends
/// a small body at once is therefore served, regardless of how many others have started to send one.
pub(crate) struct BodyBuffer {
    /// In bytes.
    limit: usize,
    unfinished: Mutex<Unfinished>,
}

#[derive(Default)]
struct Unfinished {
    /// Bytes of all bodies.
    used: usize,
    last_id: u64,
    bodies: BTreeMap<u64, Body>,
}

struct Body {
    bytes: usize,
    /// Dropped when the body is evicted.
    _evict: oneshot::Sender<()>,
}

/// The share of one body in the buffer, until this is dropped.
pub(super) struct Share<'buffer> {
    buffer: &'buffer BodyBuffer,
    id: u64,
    evicted: oneshot::Receiver<()>,
}

impl BodyBuffer {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, unfinished: Mutex::default() }
    }

    /// Creates an empty share for one body.
    pub(super) fn share(&self) -> Share<'_> {
        let (evict, evicted) = oneshot::channel();
        let mut unfinished = self.lock();
        unfinished.last_id += 1;
        let id = unfinished.last_id;
        unfinished.bodies.insert(id, Body { bytes: 0, _evict: evict });
        Share { buffer: self, id, evicted }
    }

    fn lock(&self) -> MutexGuard<'_, Unfinished> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unfinished {
    fn remove(&mut self, id: u64) {
        if let Some(body) = self.bodies.remove(&id) {
            self.used -= body.bytes;
        }
    }

    /// Returns the body to evict when the one with this id grows.
    fn victim(&self, growing: u64, by: usize) -> Option<u64> {
        let size = |id: u64, body: &Body| if id == growing { body.bytes + by } else { body.bytes };
        self.bodies.iter().max_by_key(|(id, body)| (size(**id, body), Reverse(**id))).map(|(id, _)| *id)
    }
}

impl Share<'_> {
    /// Grows the share, and evicts other bodies if necessary. Returns `false` if this body itself is evicted.
    pub(super) fn grow(&self, bytes: usize) -> bool {
        let mut unfinished = self.buffer.lock();
        while unfinished.bodies.contains_key(&self.id) && unfinished.used + bytes > self.buffer.limit {
            let victim = unfinished.victim(self.id, bytes).unwrap_or(self.id);
            unfinished.remove(victim);
        }
        let Some(body) = unfinished.bodies.get_mut(&self.id) else { return false };
        body.bytes += bytes;
        unfinished.used += bytes;
        true
    }

    /// Waits until the body is evicted.
    pub(super) async fn evicted(&mut self) {
        // Nothing is ever sent: the sender is dropped.
        let _ = (&mut self.evicted).await;
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.buffer.lock().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn evicts_the_largest_body_then_the_oldest() {
        let buffer = BodyBuffer::new(100);
        let (mut first, second, large) = (buffer.share(), buffer.share(), buffer.share());
        assert!(first.grow(20) && second.grow(20) && large.grow(60));
        let fourth = buffer.share();
        assert!(fourth.grow(20), "the large body makes room");
        assert!(!large.grow(1));
        assert!(buffer.share().grow(40), "40 bytes are free");
        assert!(fourth.grow(40) && second.grow(1), "the fourth body is the largest now");
        assert!(!fourth.grow(1));
        assert!(first.grow(1) && buffer.share().grow(58));
        let fifth = buffer.share();
        assert!(fifth.grow(21) && buffer.share().grow(21) && buffer.lock().used == 63);
        let sixth = buffer.share();
        assert!(sixth.grow(21) && buffer.share().grow(21), "the oldest of equal bodies makes room");
        first.evicted().await;
        assert!(second.grow(0));
        drop((first, second, large, fourth, fifth, sixth));
        let unfinished = buffer.lock();
        assert_eq!((unfinished.used, unfinished.bodies.len()), (0, 0));
    }

    #[test]
    fn body_larger_than_the_buffer_evicts_only_itself() {
        let buffer = BodyBuffer::new(100);
        let (small, large) = (buffer.share(), buffer.share());
        assert!(small.grow(10) && !large.grow(101) && small.grow(90));
    }
}
