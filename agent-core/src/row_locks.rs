//! One agent at a time on a label row.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use agent_platform::hash::{DataHash, ProjectHash};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// A label row by where it is: project, data unit, branch.
pub(crate) type RowKey = (ProjectHash, DataHash, Option<&'static str>);

/// Held by an agent that changes a label row, until it is saved or given up.
pub(crate) type RowGuard = OwnedMutexGuard<()>;

/// The label rows that agents of this process are changing. The platform replaces rows as a whole, so two agents that
/// change one at the same time would undo each other's work.
#[derive(Default)]
pub(crate) struct RowLocks {
    rows: Mutex<HashMap<RowKey, Weak<AsyncMutex<()>>>>,
}

impl RowLocks {
    /// Waits until no other agent of this process is changing the row. Who waits longest is next.
    pub(crate) async fn lock(&self, row: RowKey) -> RowGuard {
        self.entry(row).lock_owned().await
    }

    fn entry(&self, row: RowKey) -> Arc<AsyncMutex<()>> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = rows.get(&row).and_then(Weak::upgrade) {
            return known;
        }
        // What nobody holds or waits for is forgotten, so that there are never more entries than calls under way.
        rows.retain(|_, entry| entry.strong_count() > 0);
        let fresh = Arc::new(AsyncMutex::new(()));
        rows.insert(row, Arc::downgrade(&fresh));
        fresh
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn locks_are_exclusive_per_row_and_removed_when_unused() {
        let locks = RowLocks::default();
        let row = |data| (ProjectHash(Uuid::nil()), DataHash(Uuid::from_u128(data)), None);
        let first = locks.lock(row(1)).await;
        let other = locks.lock(row(2)).await;
        assert!(locks.entry(row(1)).try_lock_owned().is_err());
        drop((first, other));
        assert!(locks.entry(row(1)).try_lock_owned().is_ok());
        let _third = locks.lock(row(3)).await;
        assert_eq!(locks.rows.lock().unwrap().len(), 1);
    }
}
