//! Files and decoded frames of recent calls, in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use agent_platform::client::{DownloadedFile, StorageItem};
use agent_platform::media::RgbImage;
use agent_platform::memory::{ByteBudget, BytePermit, Reclaim};
use uuid::Uuid;

use crate::call::EditorCall;
use crate::error::AgentError;
use crate::platform::{DEFAULT_FILE_CACHE, FileCacheSize};

/// Maximum age of an entry. The storage item does not show that a file was overwritten in a customer's bucket.
const MAX_AGE: Duration = Duration::from_secs(300);

/// The cache takes at most this part of the memory budget.
const PART_OF_BUDGET: u64 = 8;

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

/// The version of a downloaded file, and the time of the download.
#[derive(Debug, Clone)]
pub(super) struct Downloaded {
    pub(super) version: FileVersion,
    pub(super) time: Instant,
}

/// The part of a file that an entry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    File,
    Frame(u64),
}

#[derive(Debug, Clone)]
enum Content {
    File(DownloadedFile),
    Frame(Arc<RgbImage>),
}

/// A cache of files and decoded frames, which all calls of a server share. Its memory counts towards the memory budget, and is
/// released when calls need it.
#[derive(Debug)]
pub(super) struct MediaCache {
    limit: u64,
    budget: ByteBudget,
    max_age: Duration,
    /// The entry that was used last is at the end.
    entries: Mutex<VecDeque<Entry>>,
}

#[derive(Debug)]
struct Entry {
    version: FileVersion,
    part: Part,
    content: Content,
    size: u64,
    /// The time of the download.
    downloaded: Instant,
    _memory: BytePermit,
}

impl MediaCache {
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

    /// Returns the file if this version of it is cached, and the time of its download.
    pub(super) fn file(&self, version: &FileVersion) -> Option<(DownloadedFile, Instant)> {
        match self.get(version, Part::File)? {
            (Content::File(file), downloaded) => Some((file, downloaded)),
            (Content::Frame(_), _) => None,
        }
    }

    /// Returns the decoded frame if it is cached for this version of the file. The memory of the frame is not accounted to the caller.
    pub(super) fn frame(&self, version: &FileVersion, frame: u64) -> Option<Arc<RgbImage>> {
        match self.get(version, Part::Frame(frame))? {
            (Content::Frame(image), _) => Some(image),
            (Content::File(_), _) => None,
        }
    }

    fn get(&self, version: &FileVersion, part: Part) -> Option<(Content, Instant)> {
        let mut entries = self.current();
        let at = entries.iter().position(|entry| entry.part == part && entry.version == *version)?;
        let entry = entries.remove(at)?;
        let found = (entry.content.clone(), entry.downloaded);
        entries.push_back(entry);
        Some(found)
    }

    /// Returns `true` if a file of this length can be cached: a quarter of the cache, so that one large file does not replace all
    /// others.
    pub(super) fn accepts_file(&self, length: u64) -> bool {
        length.max(MIN_ENTRY) <= self.limit / 4
    }

    /// Adds a file. `read` returns it in memory; it is called after memory has been acquired.
    pub(super) fn insert_file(&self, key: &Downloaded, length: u64, read: impl FnOnce() -> Option<DownloadedFile>) {
        if self.accepts_file(length) {
            self.insert(key, Part::File, length, || read().map(Content::File));
        }
    }

    /// Adds a decoded frame. A frame takes at most three quarters of the cache, which leaves the size of a file.
    pub(super) fn insert_frame(&self, key: &Downloaded, frame: u64, image: &Arc<RgbImage>) {
        let size = image.as_raw().len() as u64;
        if size.max(MIN_ENTRY) <= self.limit / 4 * 3 {
            self.insert(key, Part::Frame(frame), size, || Some(Content::Frame(Arc::clone(image))));
        }
    }

    /// Removes other versions of the file and the entries that were not used for longest, and adds an entry. Without free memory in
    /// the budget nothing is added.
    fn insert(&self, key: &Downloaded, part: Part, size: u64, content: impl FnOnce() -> Option<Content>) {
        let size = size.max(MIN_ENTRY);
        drop(self.make_room(&key.version, part, size));
        // An acquisition of more than that would reclaim the memory of all caches.
        if self.budget.available() < size {
            return;
        }
        // Without the lock, because an acquisition may reclaim the memory of this cache.
        let Ok(memory) = self.budget.account().try_acquire(size) else { return };
        let Some(content) = content() else { return };
        let mut entries = self.make_room(&key.version, part, size);
        let Downloaded { version, time } = key.clone();
        entries.push_back(Entry { version, part, content, size, downloaded: time, _memory: memory });
    }

    /// Removes other versions of a file, and the entries that were not used for longest, until this size is free.
    fn make_room(&self, version: &FileVersion, part: Part, size: u64) -> MutexGuard<'_, VecDeque<Entry>> {
        let mut entries = self.current();
        entries.retain(|entry| entry.version.item != version.item || (entry.version == *version && entry.part != part));
        let mut total: u64 = entries.iter().map(|entry| entry.size).sum();
        while total + size > self.limit
            && let Some(oldest) = entries.pop_front()
        {
            total -= oldest.size;
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

impl Reclaim for MediaCache {
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

    fn key(item: u128, edited: &str) -> Downloaded {
        Downloaded { version: version(item, edited), time: Instant::now() }
    }

    fn insert(cache: &MediaCache, key: &Downloaded, length: u64) {
        cache.insert_file(key, length, || Some(file(length)));
    }

    fn has_file(cache: &MediaCache, item: u128, edited: &str) -> bool {
        cache.file(&version(item, edited)).is_some()
    }

    fn has_frame(cache: &MediaCache, item: u128, edited: &str, frame: u64) -> bool {
        cache.frame(&version(item, edited), frame).is_some()
    }

    #[test]
    fn keeps_the_latest_files_within_its_size() {
        let budget = ByteBudget::new(64 * MIB);
        let cache = MediaCache::new(4 * MIB, &budget, MAX_AGE);
        for item in 0..100 {
            insert(&cache, &key(item, "a"), MIB);
            assert!(has_file(&cache, item, "a"));
            // Used again and again, so that it stays.
            assert!(has_file(&cache, 0, "a"));
            assert!(budget.total() - budget.available() <= 4 * MIB);
        }
        assert!(has_file(&cache, 97, "a") && !has_file(&cache, 96, "a"));
        insert(&cache, &key(1, "a"), MIB + 1);
        assert!(!has_file(&cache, 1, "a"), "too large a part of the cache");
    }

    #[test]
    fn keeps_frames_beside_their_file() {
        let budget = ByteBudget::new(64 * MIB);
        let cache = MediaCache::new(4 * MIB, &budget, MAX_AGE);
        // 3 MiB, 1.5 MiB and 3 bytes more than 3 MiB.
        let [large, half, too_large] =
            [(1024, 1024), (1024, 512), (1024 * 1024 + 1, 1)].map(|(w, h)| Arc::new(RgbImage::new(w, h)));
        insert(&cache, &key(1, "a"), MIB);
        cache.insert_frame(&key(1, "a"), 0, &half);
        cache.insert_frame(&key(1, "a"), 1, &half);
        assert!(has_frame(&cache, 1, "a", 0) && has_frame(&cache, 1, "a", 1) && has_file(&cache, 1, "a"));
        assert!(!has_frame(&cache, 1, "b", 0) && !has_frame(&cache, 2, "a", 0));
        cache.insert_frame(&key(1, "a"), 2, &large);
        assert!(has_frame(&cache, 1, "a", 2) && has_file(&cache, 1, "a") && !has_frame(&cache, 1, "a", 1));
        cache.insert_frame(&key(1, "a"), 3, &too_large);
        assert!(!has_frame(&cache, 1, "a", 3));
        cache.insert_frame(&key(1, "b"), 0, &half);
        assert!(has_frame(&cache, 1, "b", 0) && !has_frame(&cache, 1, "a", 2) && !has_file(&cache, 1, "a"));
        assert!(budget.total() - budget.available() <= 4 * MIB);
    }

    #[test]
    fn tells_versions_apart_and_keeps_the_newest() {
        let budget = ByteBudget::new(64 * MIB);
        let cache = MediaCache::new(4 * MIB, &budget, MAX_AGE);
        insert(&cache, &key(1, "a"), 10);
        assert!(!has_file(&cache, 1, "b"));
        insert(&cache, &key(1, "b"), 11);
        assert!(!has_file(&cache, 1, "a"));
        assert_eq!(cache.file(&version(1, "b")).map(|(file, _)| file.length()), Some(11));
    }

    #[test]
    fn releases_its_memory_when_calls_need_it() {
        let budget = ByteBudget::new(32 * MIB);
        let cache = MediaCache::new(64 * MIB, &budget, MAX_AGE);
        insert(&cache, &key(1, "a"), MIB);
        assert_eq!(budget.total() - budget.available(), MIB);
        let everything = budget.account().try_acquire(32 * MIB).unwrap();
        assert!(!has_file(&cache, 1, "a"));
        insert(&cache, &key(1, "a"), MIB);
        assert!(!has_file(&cache, 1, "a"), "no memory is free");
        drop(everything);
        insert(&cache, &key(1, "a"), MIB);
        assert!(has_file(&cache, 1, "a"));
    }

    #[test]
    fn adding_an_entry_does_not_empty_the_cache() {
        let budget = ByteBudget::new(32 * MIB);
        let cache = MediaCache::new(4 * MIB, &budget, MAX_AGE);
        insert(&cache, &key(1, "a"), MIB);
        let _others = budget.account().try_acquire(31 * MIB).unwrap();
        insert(&cache, &key(2, "a"), MIB);
        assert!(has_file(&cache, 1, "a") && !has_file(&cache, 2, "a"));
    }

    #[test]
    fn old_entries_and_size_zero_are_not_served() {
        let budget = ByteBudget::new(64 * MIB);
        for cache in [MediaCache::new(4 * MIB, &budget, Duration::ZERO), MediaCache::new(0, &budget, MAX_AGE)] {
            insert(&cache, &key(1, "a"), 10);
            cache.insert_frame(&key(1, "a"), 0, &Arc::new(RgbImage::new(2, 2)));
            assert!(!has_file(&cache, 1, "a") && !has_frame(&cache, 1, "a", 0));
        }
    }
}
