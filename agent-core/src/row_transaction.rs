//! The transaction of a call on its label row, apart from the row itself.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::row_locks::{RowGuard, RowKey};

/// The transaction of a call on its label row: the row lock, and what the listing said when it was taken.
///
/// Extractors, the commit and explicit saves of one call share it, so that an explicit save does not wait for the lock of its
/// own call.
#[derive(Debug, Default)]
pub(crate) struct RowTransaction(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    /// The agent has no transaction on the row.
    #[default]
    None,
    /// The agent has one. The row is locked when its listing is requested.
    Announced,
    /// The row is locked.
    Open(Open),
}

#[derive(Debug)]
struct Open {
    row: RowKey,
    guard: Arc<RowGuard>,
    distinct_time: Option<String>,
    /// The save that waits for its commit. Untyped, so that an agent without label rows does not link it.
    prepared: Option<Box<dyn Any + Send>>,
}

impl RowTransaction {
    /// Announces the transaction, before anything of the row is requested.
    pub(crate) fn announce(&self) {
        *self.lock() = State::Announced;
    }

    /// Returns `true` if the agent has a transaction on the row.
    pub(crate) fn is_announced(&self) -> bool {
        !matches!(*self.lock(), State::None)
    }

    /// Opens the transaction on a row that was locked.
    pub(crate) fn open(&self, row: RowKey, guard: RowGuard) {
        *self.lock() = State::Open(Open { row, guard: Arc::new(guard), distinct_time: None, prepared: None });
    }

    /// Sets the time at which the row was last edited, if every later save has another time.
    pub(crate) fn set_distinct_time(&self, distinct_time: Option<String>) {
        if let State::Open(open) = &mut *self.lock() {
            open.distinct_time = distinct_time;
        }
    }

    /// Forgets the time after a save within the transaction: by now the listing may have the time of somebody else's save.
    pub(crate) fn forget_time(&self) {
        self.set_distinct_time(None);
    }

    /// Returns the time at which the row was last edited, if every later save has another time.
    pub(crate) fn distinct_time(&self, row: &RowKey) -> Option<String> {
        self.lock().on(row)?.distinct_time.clone()
    }

    /// Returns the lock, if the transaction is on this row.
    pub(crate) fn guard(&self, row: &RowKey) -> Option<Arc<RowGuard>> {
        self.lock().on(row).map(|open| Arc::clone(&open.guard))
    }

    /// Keeps a prepared save until its commit, or until the transaction ends. Without an open transaction it is dropped.
    pub(crate) fn keep(&self, prepared: impl Any + Send) {
        if let State::Open(open) = &mut *self.lock() {
            open.prepared = Some(Box::new(prepared));
        }
    }

    /// Takes the prepared save.
    pub(crate) fn take<P: Any>(&self) -> Option<P> {
        let State::Open(open) = &mut *self.lock() else { return None };
        open.prepared.take()?.downcast().ok().map(|prepared| *prepared)
    }

    /// Ends the transaction. The lock is released once no save holds it any more.
    pub(crate) fn close(&self) {
        // The state may hold the call, so it is dropped after the lock is released.
        let ended = std::mem::take(&mut *self.lock());
        drop(ended);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn on(&self, row: &RowKey) -> Option<&Open> {
        match self {
            Self::Open(open) if open.row == *row => Some(open),
            Self::None | Self::Announced | Self::Open(_) => None,
        }
    }
}
