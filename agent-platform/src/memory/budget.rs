//! The memory budget.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::available;

/// Granularity of the budget, in bytes. Requests are rounded up.
const UNIT: u64 = 64 * 1024;
/// Minimum budget, in bytes.
const MIN_BUDGET: u64 = 1 << 20;
/// Default budget if the available memory is unknown, in bytes.
const DEFAULT_BUDGET: u64 = 1 << 30;

/// A budget of bytes that may be in use at the same time. Cheap to clone; all clones share it.
///
/// Waiting is first come, first served, so that small requests cannot starve a large one.
#[derive(Clone)]
pub struct ByteBudget(Arc<Shared>);

struct Shared {
    semaphore: Arc<Semaphore>,
    units: u32,
    waits: AtomicU64,
    caches: Mutex<Vec<Weak<dyn Reclaim>>>,
}

/// A cache whose memory counts towards a budget, and is released when others need it.
pub trait Reclaim: Send + Sync {
    /// Drops the permits of everything that is cached. It must not acquire memory.
    fn reclaim(&self);
}

/// Error of acquiring memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryError {
    /// The request exceeds the whole budget. Waiting does not help.
    #[error(
        "it takes {} of memory, and everything together may take {}",
        Megabytes(*needed),
        Megabytes(*budget)
    )]
    TooLarge {
        /// Requested bytes.
        needed: u64,
        /// The whole budget, in bytes.
        budget: u64,
    },
    /// The memory is in use by other calls.
    #[error("{} of memory are not free at the moment", Megabytes(*needed))]
    Busy {
        /// Requested bytes.
        needed: u64,
    },
}

struct Megabytes(u64);

impl fmt::Display for Megabytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} MB", self.0.div_ceil(1_000_000))
    }
}

impl ByteBudget {
    /// Creates a budget of this many bytes. Minimum: 1 MiB.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let most = u32::try_from(Semaphore::MAX_PERMITS).unwrap_or(u32::MAX);
        let units = u32::try_from(bytes.max(MIN_BUDGET) / UNIT).unwrap_or(u32::MAX).min(most);
        let permits = usize::try_from(units).unwrap_or(Semaphore::MAX_PERMITS);
        let semaphore = Arc::new(Semaphore::new(permits));
        Self(Arc::new(Shared { semaphore, units, waits: AtomicU64::new(0), caches: Mutex::default() }))
    }

    /// Returns the process-wide default budget: half of the memory that was available at the first call, according to
    /// the control groups and the operating system. Default if unknown: 1 GiB.
    #[must_use]
    pub fn global() -> Self {
        static BUDGET: OnceLock<ByteBudget> = OnceLock::new();
        BUDGET.get_or_init(|| Self::new(available::bytes().map_or(DEFAULT_BUDGET, |bytes| bytes / 2))).clone()
    }

    /// Returns the total budget, in bytes.
    #[must_use]
    pub fn total(&self) -> u64 {
        u64::from(self.0.units) * UNIT
    }

    /// Returns the free bytes.
    #[must_use]
    pub fn available(&self) -> u64 {
        self.0.semaphore.available_permits() as u64 * UNIT
    }

    /// Returns the number of acquisitions that have waited.
    #[must_use]
    pub fn waits(&self) -> u64 {
        self.0.waits.load(Relaxed)
    }

    /// Adds a cache, whose memory is reclaimed before an acquisition fails or waits.
    pub fn add_cache(&self, cache: Weak<dyn Reclaim>) {
        let mut caches = self.0.caches.lock().unwrap_or_else(PoisonError::into_inner);
        caches.retain(|known| known.strong_count() > 0);
        caches.push(cache);
    }

    pub(super) fn semaphore(&self) -> &Arc<Semaphore> {
        &self.0.semaphore
    }

    /// Acquires units without waiting. If they are not free, the memory of the caches is reclaimed first.
    pub(super) fn try_acquire(&self, units: u32) -> Option<OwnedSemaphorePermit> {
        let acquire = || Arc::clone(&self.0.semaphore).try_acquire_many_owned(units).ok();
        acquire().or_else(|| {
            let caches = self.0.caches.lock().unwrap_or_else(PoisonError::into_inner).clone();
            caches.iter().filter_map(Weak::upgrade).for_each(|cache| cache.reclaim());
            acquire()
        })
    }

    pub(super) fn count_wait(&self) {
        self.0.waits.fetch_add(1, Relaxed);
    }

    /// Converts bytes to units, rounded up.
    ///
    /// # Errors
    /// The request exceeds the whole budget.
    pub(super) fn units(&self, bytes: u64) -> Result<u32, MemoryError> {
        let units = u32::try_from(bytes.div_ceil(UNIT).max(1)).unwrap_or(u32::MAX);
        if units > self.0.units {
            return Err(MemoryError::TooLarge { needed: bytes, budget: self.total() });
        }
        Ok(units)
    }
}

/// The process-wide budget: [`ByteBudget::global`].
impl Default for ByteBudget {
    fn default() -> Self {
        Self::global()
    }
}

impl fmt::Debug for ByteBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteBudget").field("total", &self.total()).field("available", &self.available()).finish()
    }
}
