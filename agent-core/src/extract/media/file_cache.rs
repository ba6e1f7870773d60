//! Files of recent calls, in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use agent_platform::client::{DownloadedFile, StorageItem};
use agent_platform::memory::{ByteBudget, BytePermit, Reclaim};
use uuid::Uuid;

use crate::call::EditorCall;
use crate::error::AgentError;
use crate::platform::{DEFAULT_FILE_CACHE, FileCacheSize};

/// Maximum age of a cached file. The storage item does not show that a file was overwritten in a customer's bucket.
const MAX_AGE: Duration = Duration::from_secs(300);

/// The cache takes at most this part of the memory budget.
const PART_OF_BUDGET: u64 = 8;

/// A file takes at most this part of the cache, so that one large file does not replace all others.
const PART_OF_CACHE: u64 = 4;

/// Size that an entry counts at least, in bytes: the granularity of the budget.
const MIN_ENTRY: u64 = 64 * 1024;

/// The version of a file, as far as its storage item shows it. The signed URL differs between requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileVersion {
    item: Uuid,
    url: Option<String>,
    last_edited_at: Option<String>,
    size: Option<u64>,
}

impl FileVersion {
    pub(super) fn from_item(item: &StorageItem) -> Self {
        let (url, last_edited_at) = (item.url.clone(), item.last_edited_at.clone());
        Self { item: item.uuid, url, last_edited_at, size: item.file_size }
    }
}

/// A cache of files, which all calls of a server share. Its memory counts towards the memory budget, and is released when
/// calls need it.
#[derive(Debug)]
pub(super) struct FileCache {
    limit: u64,
    budget: ByteBudget,
    max_age: Duration,
    /// The file that was used last is at the end.
    entries: Mutex<VecDeque<Entry>>,
}

#[derive(Debug)]
struct Entry {
    version: FileVersion,
    file: DownloadedFile,
    downloaded: Instant,
    _memory: BytePermit,
}

impl Entry {
    fn size(&self) -> u64 {
        self.file.length().max(MIN_ENTRY)
    }
}

impl FileCache {
    /// Returns the cache of the server that serves the call.
    pub(super) fn for_call(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        call.states().get_or_try_insert(|| {
            let FileCacheSize(size) = call.states().get().unwrap_or(FileCacheSize(DEFAULT_FILE_CACHE));
            Ok(Self::new(size, call.memory().budget(), MAX_AGE))
        })
    }

    fn new(size: u64, budget: &ByteBudget, max_age: Duration) -> Arc<Self> {
        let limit = size.min(budget.total() / PART_OF_BUDGET);
        let cache = Arc::new(Self { limit, budget: budget.clone(), max_age, entries: Mutex::default() });
        let reclaimed: Arc<dyn Reclaim> = Arc::clone(&cache) as _;
        budget.add_cache(Arc::downgrade(&reclaimed));
        cache
    }

    /// Returns the file if this version of it is cached.
    pub(super) fn get(&self, version: &FileVersion) -> Option<DownloadedFile> {
        let mut entries = self.current();
        let at = entries.iter().position(|entry| entry.version == *version)?;
        let entry = entries.remove(at)?;
        let file = entry.file.clone();
        entries.push_back(entry);
        Some(file)
    }

    /// Returns `true` if a file of this length can be cached.
    pub(super) fn accepts(&self, length: u64) -> bool {
        length.max(MIN_ENTRY) <= self.limit / PART_OF_CACHE
    }

    /// Adds a file that is in memory, and removes other versions of it and the files that were not used for longest. Without free
    /// memory in the budget nothing is added.
    pub(super) fn insert(&self, version: FileVersion, file: DownloadedFile) {
        if file.in_memory().is_none() || !self.accepts(file.length()) {
            return;
        }
        drop(self.make_room(&version, file.length().max(MIN_ENTRY)));
        // Acquired without the lock, because an acquisition may reclaim the memory of this cache.
        let Ok(memory) = self.budget.account().try_acquire(file.length()) else { return };
        let mut entries = self.make_room(&version, file.length().max(MIN_ENTRY));
        entries.push_back(Entry { version, file, downloaded: Instant::now(), _memory: memory });
    }

    /// Removes other versions of a file, and the files that were not used for longest, until this size is free.
    fn make_room(&self, version: &FileVersion, size: u64) -> MutexGuard<'_, VecDeque<Entry>> {
        let mut entries = self.current();
        entries.retain(|entry| entry.version.item != version.item);
        let mut total: u64 = entries.iter().map(Entry::size).sum();
        while total + size > self.limit
            && let Some(oldest) = entries.pop_front()
        {
            total -= oldest.size();
        }
        entries
    }

    /// Locks the entries and removes those that are too old.
    fn current(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        let mut entries = self.lock();
        entries.retain(|entry| entry.downloaded.elapsed() < self.max_age);
        entries
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reclaim for FileCache {
    fn reclaim(&self) {
        let entries = std::mem::take(&mut *self.lock());
        drop(entries);
    }
}

#[cfg(test)]
mod tests {
    use agent_platform::memory::ByteBudget;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn version(item: u128, edited: &str) -> FileVersion {
        FileVersion { item: Uuid::from_u128(item), url: None, last_edited_at: Some(edited.to_owned()), size: None }
    }

    fn file(length: u64) -> DownloadedFile {
        DownloadedFile::from_bytes(vec![0; usize::try_from(length).unwrap()])
    }

    #[test]
    fn keeps_the_latest_files_within_its_size() {
        let budget = ByteBudget::new(64 * MIB);
        let cache = FileCache::new(4 * MIB, &budget, MAX_AGE);
        for item in 0..100 {
            cache.insert(version(item, "a"), file(MIB));
            assert!(cache.get(&version(item, "a")).is_some());
            // Used again and again, so that it stays.
            assert!(cache.get(&version(0, "a")).is_some());
            assert!(budget.total() - budget.available() <= 4 * MIB);
        }
        assert!(cache.get(&version(97, "a")).is_some() && cache.get(&version(96, "a")).is_none());
        cache.insert(version(1, "a"), file(MIB + 1));
        assert!(cache.get(&version(1, "a")).is_none(), "too large a part of the cache");
    }

    #[test]
    fn tells_versions_apart_and_keeps_the_newest() {
        let budget = ByteBudget::new(64 * MIB);
        let cache = FileCache::new(4 * MIB, &budget, MAX_AGE);
        cache.insert(version(1, "a"), file(10));
        assert!(cache.get(&version(1, "b")).is_none());
        cache.insert(version(1, "b"), file(11));
        assert!(cache.get(&version(1, "a")).is_none());
        assert_eq!(cache.get(&version(1, "b")).map(|file| file.length()), Some(11));
    }

    #[test]
    fn releases_its_memory_when_calls_need_it() {
        let budget = ByteBudget::new(32 * MIB);
        let cache = FileCache::new(64 * MIB, &budget, MAX_AGE);
        cache.insert(version(1, "a"), file(MIB));
        assert_eq!(budget.total() - budget.available(), MIB);
        let everything = budget.account().try_acquire(32 * MIB).unwrap();
        assert!(cache.get(&version(1, "a")).is_none());
        cache.insert(version(1, "a"), file(MIB));
        assert!(cache.get(&version(1, "a")).is_none(), "no memory is free");
        drop(everything);
        cache.insert(version(1, "a"), file(MIB));
        assert!(cache.get(&version(1, "a")).is_some());
    }

    #[test]
    fn old_files_and_size_zero_are_not_served() {
        let budget = ByteBudget::new(64 * MIB);
        for cache in [FileCache::new(4 * MIB, &budget, Duration::ZERO), FileCache::new(0, &budget, MAX_AGE)] {
            cache.insert(version(1, "a"), file(10));
            assert!(cache.get(&version(1, "a")).is_none());
        }
    }
}
