//! The frames of one task: their changes are committed together.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::EditorCall;
use crate::error::AgentError;

/// The changes of the frames of a task, until they are committed.
#[derive(Default)]
pub(crate) struct TaskFrames {
    /// The label row with the edits of the frames so far. Untyped, so that an agent without label rows does not link it.
    row: Mutex<Option<Box<dyn Any + Send>>>,
    /// The transactions of all frames. Untyped, because transactions are defined in terms of calls.
    transactions: Mutex<Option<Box<dyn Any + Send>>>,
    /// The step that follows the commit. Untyped, because steps are defined in terms of calls.
    follow_up: Mutex<Option<Box<dyn Any + Send>>>,
}

/// Looks up whether a save took effect.
pub(crate) type SaveLookup<'call> = Pin<Box<dyn Future<Output = Result<SaveOutcome, AgentError>> + Send + 'call>>;

/// A save that was sent. Reads the row to see whether it took effect.
pub(crate) type SentSave = Arc<dyn for<'call> Fn(&'call EditorCall) -> SaveLookup<'call> + Send + Sync>;

/// The outcome of a save whose response was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveOutcome {
    /// The labels are on the platform.
    Saved,
    /// The row is as it was before.
    Unsaved,
    /// Somebody else has saved the row since, so that it shows neither.
    Unclear,
}

impl TaskFrames {
    /// Keeps the label row for the next frame, and for the commit.
    pub(crate) fn put_row(&self, row: impl Any + Send) {
        *lock(&self.row) = Some(Box::new(row));
    }

    /// Takes the label row with the edits of the earlier frames.
    pub(crate) fn take_row<R: Any>(&self) -> Option<R> {
        lock(&self.row).take()?.downcast().ok().map(|row| *row)
    }

    /// Changes the kept transactions, which are empty at first.
    pub(crate) fn change_transactions<T: Any + Send + Default>(&self, change: impl FnOnce(&mut T)) {
        change_kept(&self.transactions, change);
    }

    /// Changes the step that follows the commit, which is the default of `T` at first.
    pub(crate) fn change_follow_up<T: Any + Send + Default>(&self, change: impl FnOnce(&mut T)) {
        change_kept(&self.follow_up, change);
    }
}

impl EditorCall {
    /// Remembers a save of a task that is about to be sent. The save of a call by an editor is not remembered: the annotator sees the
    /// row.
    pub(crate) fn remember_save(&self, lookup: impl FnOnce() -> SentSave) {
        if self.task_frames().is_some() {
            *lock(&self.of_task().request().sent_save) = Some(lookup());
        }
    }

    /// Returns the last save of the task that was sent.
    pub(crate) fn sent_save(&self) -> Option<SentSave> {
        lock(&self.of_task().request().sent_save).clone()
    }
}

fn change_kept<T: Any + Send + Default>(kept: &Mutex<Option<Box<dyn Any + Send>>>, change: impl FnOnce(&mut T)) {
    let mut kept = lock(kept);
    if let Some(value) = kept.get_or_insert_with(|| Box::new(T::default())).downcast_mut() {
        change(value);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for TaskFrames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskFrames")
    }
}
