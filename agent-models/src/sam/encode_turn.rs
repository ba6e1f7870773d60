//! The order in which images are encoded: one at a time, and those that calls wait for first.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

/// The queue of encodings. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct EncodeTurns(Arc<Turns>);

#[derive(Default)]
struct Turns {
    queue: Mutex<Queue>,
    /// Number of calls that wait.
    waiting: watch::Sender<usize>,
}

#[derive(Default)]
struct Queue {
    is_taken: bool,
    calls: VecDeque<oneshot::Sender<Turn>>,
    warming: VecDeque<oneshot::Sender<Turn>>,
}

/// The right to encode an image, passed on when it is dropped.
pub(super) struct Turn(EncodeTurns);

/// The reason for an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A call waits for it.
    Call,
    /// It is computed in advance.
    Warming,
}

impl EncodeTurns {
    /// Waits for a turn: calls in the order of their arrival, and warming while no call waits.
    pub(super) async fn next(&self, purpose: Purpose) -> Turn {
        loop {
            let receiver = {
                let mut queue = self.lock();
                if !queue.is_taken {
                    queue.is_taken = true;
                    return Turn(self.clone());
                }
                let (sender, receiver) = oneshot::channel();
                match purpose {
                    Purpose::Call => queue.calls.push_back(sender),
                    Purpose::Warming => queue.warming.push_back(sender),
                }
                receiver
            };
            let _waiting = (purpose == Purpose::Call).then(|| Waiting::new(self));
            if let Ok(turn) = receiver.await {
                return turn;
            }
        }
    }

    /// Waits until a call waits for a turn.
    pub(super) async fn is_demanded(&self) {
        // The sender lives as long as `self`, so this does not fail.
        let _ = self.0.waiting.subscribe().wait_for(|waiting| *waiting > 0).await;
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        loop {
            let next = {
                let mut queue = self.0.lock();
                let next = queue.calls.pop_front().or_else(|| queue.warming.pop_front());
                queue.is_taken = next.is_some();
                next
            };
            let Some(next) = next else { return };
            if !next.is_closed() {
                // If the receiver is dropped now, so is the turn that it did not take, which passes it on.
                drop(next.send(Self(self.0.clone())));
                return;
            }
        }
    }
}

/// A call that waits for a turn.
struct Waiting<'t>(&'t EncodeTurns);

impl<'t> Waiting<'t> {
    fn new(turns: &'t EncodeTurns) -> Self {
        turns.0.waiting.send_modify(|waiting| *waiting += 1);
        Self(turns)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.0.waiting.send_modify(|waiting| *waiting -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn calls_come_before_warming() {
        let turns = EncodeTurns::default();
        let first = turns.next(Purpose::Call).await;
        let order = Mutex::new(Vec::new());
        let wait = async |purpose, name| {
            let _turn = turns.next(purpose).await;
            order.lock().unwrap().push(name);
        };
        let release = async {
            tokio::time::sleep(SOON).await;
            drop(first);
        };
        tokio::join!(
            wait(Purpose::Warming, "warming"),
            wait(Purpose::Call, "first call"),
            wait(Purpose::Call, "second call"),
            release
        );
        assert_eq!(*order.lock().unwrap(), ["first call", "second call", "warming"]);
    }

    #[tokio::test]
    async fn passes_on_the_turns_of_those_who_left() {
        let turns = EncodeTurns::default();
        let first = turns.next(Purpose::Call).await;
        for purpose in [Purpose::Call, Purpose::Warming, Purpose::Call] {
            assert!(timeout(SOON, turns.next(purpose)).await.is_err());
        }
        let mut waiting = Box::pin(turns.next(Purpose::Call));
        assert!(timeout(SOON, &mut waiting).await.is_err());
        drop(first);
        // The turn was sent to a call that then leaves without taking it.
        drop(waiting);
        timeout(SOON, turns.next(Purpose::Warming)).await.unwrap();
    }

    #[tokio::test]
    async fn warming_learns_that_a_call_waits() {
        let turns = EncodeTurns::default();
        let warming = turns.next(Purpose::Warming).await;
        assert!(timeout(SOON, turns.is_demanded()).await.is_err());
        let call = turns.next(Purpose::Call);
        tokio::pin!(call);
        assert!(timeout(SOON, &mut call).await.is_err());
        timeout(SOON, turns.is_demanded()).await.unwrap();
        drop(warming);
        timeout(SOON, call).await.unwrap();
        assert!(timeout(SOON, turns.is_demanded()).await.is_err());
    }
}
