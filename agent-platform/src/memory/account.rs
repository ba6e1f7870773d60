//! Memory accounting per call.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit};
use tokio::time::timeout;

use super::{ByteBudget, MemoryError};

/// Maximum wait for memory. It also breaks deadlocks that involve locks of other kinds.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// The memory acquisitions of one call. Cheap to clone; all clones share one account.
#[derive(Clone)]
pub struct MemoryAccount(Arc<Account>);

struct Account {
    budget: ByteBudget,
    /// Held during an acquisition, so that two acquisitions of one call do not wait for each other.
    turn: Mutex<()>,
    /// Number of live permits of this account.
    permits: AtomicUsize,
}

/// A permit to use memory, released when dropped. Move it into the work that uses the memory, so that it outlives a
/// disconnected caller.
pub struct BytePermit {
    permit: OwnedSemaphorePermit,
    account: MemoryAccount,
}

impl ByteBudget {
    /// Creates an account for the acquisitions of one call.
    #[must_use]
    pub fn account(&self) -> MemoryAccount {
        MemoryAccount::new(self.clone())
    }
}

impl MemoryAccount {
    fn new(budget: ByteBudget) -> Self {
        Self(Arc::new(Account { budget, turn: Mutex::new(()), permits: AtomicUsize::new(0) }))
    }

    /// Returns the budget that the account draws on.
    #[must_use]
    pub fn budget(&self) -> &ByteBudget {
        &self.0.budget
    }

    /// Acquires memory, in bytes. Waits up to 30 s if the account holds no permit; otherwise it does not wait.
    ///
    /// # Errors
    /// The request exceeds the whole budget, or the memory is in use by other calls.
    pub async fn acquire(&self, bytes: u64) -> Result<BytePermit, MemoryError> {
        let units = self.0.budget.units(bytes)?;
        let busy = MemoryError::Busy { needed: bytes };
        let _turn = self.0.turn.lock().await;
        if let Some(permit) = self.0.budget.try_acquire(units) {
            return Ok(self.permit(permit));
        }
        if self.0.permits.load(Ordering::Acquire) > 0 {
            return Err(busy);
        }
        self.0.budget.count_wait();
        let semaphore = Arc::clone(self.0.budget.semaphore());
        match timeout(MAX_WAIT, semaphore.acquire_many_owned(units)).await {
            Ok(Ok(permit)) => Ok(self.permit(permit)),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(busy),
        }
    }

    /// Acquires memory, in bytes, without waiting.
    ///
    /// # Errors
    /// See [`acquire`](Self::acquire).
    pub fn try_acquire(&self, bytes: u64) -> Result<BytePermit, MemoryError> {
        let units = self.0.budget.units(bytes)?;
        let acquired = self.0.budget.try_acquire(units);
        acquired.map(|permit| self.permit(permit)).ok_or(MemoryError::Busy { needed: bytes })
    }

    fn permit(&self, permit: OwnedSemaphorePermit) -> BytePermit {
        self.0.permits.fetch_add(1, Ordering::AcqRel);
        BytePermit { permit, account: self.clone() }
    }
}

impl BytePermit {
    /// Grows the permit to this total number of bytes without waiting. A smaller number has no effect.
    ///
    /// # Errors
    /// The total exceeds the budget, or the memory is in use by other calls.
    pub fn try_grow(&mut self, bytes: u64) -> Result<(), MemoryError> {
        let units = self.account.budget().units(bytes)?;
        let held = u32::try_from(self.permit.num_permits()).unwrap_or(u32::MAX);
        let Some(more) = units.checked_sub(held).filter(|more| *more > 0) else { return Ok(()) };
        let acquired = self.account.budget().try_acquire(more);
        self.permit.merge(acquired.ok_or(MemoryError::Busy { needed: bytes })?);
        Ok(())
    }

    /// Shrinks the permit to this number of bytes. A larger number has no effect.
    pub fn shrink(&mut self, bytes: u64) {
        let kept = self.account.budget().units(bytes).unwrap_or(u32::MAX);
        let spare = self.permit.num_permits().saturating_sub(usize::try_from(kept).unwrap_or(usize::MAX));
        drop(self.permit.split(spare));
    }
}

impl Drop for BytePermit {
    fn drop(&mut self) {
        self.account.0.permits.fetch_sub(1, Ordering::AcqRel);
    }
}

impl fmt::Debug for MemoryAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let permits = self.0.permits.load(Ordering::Relaxed);
        f.debug_struct("MemoryAccount").field("budget", &self.0.budget).field("permits", &permits).finish()
    }
}

impl fmt::Debug for BytePermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BytePermit").field("units", &self.permit.num_permits()).finish_non_exhaustive()
    }
}
