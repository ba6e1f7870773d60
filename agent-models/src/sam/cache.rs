//! Embeddings of recent images, in memory.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use agent_platform::client::StorageItem;
use agent_platform::memory::{BytePermit, Reclaim};

use super::encode_turn::Purpose;
use super::segmenter::Embedding;

/// Memory of an embedding, in bytes: the features and the colours.
pub(super) const EMBEDDING_BYTES: u64 = 4 * 1024 * 1024 + 3 * 64 * 1024;
/// Default of the memory for embeddings, in bytes: 32 images.
pub(super) const DEFAULT_BYTES: u64 = 32 * EMBEDDING_BYTES;

/// The identity of an image: its storage item, the version of that, and the frame.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ImageKey {
    item: String,
    version: Option<String>,
    frame: u64,
}

impl ImageKey {
    pub(super) fn new(item: &StorageItem, frame: u64) -> Self {
        Self { item: item.uuid.to_string(), version: item.last_edited_at.clone(), frame }
    }
}

/// Counts of the lookups in a cache of embeddings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheCounts {
    /// Lookups that found an embedding, or waited for one that another call computed.
    pub hits: u64,
    /// Lookups that found an embedding in the folder of [`SharedSegmenter::with_disk_cache`](super::SharedSegmenter::with_disk_cache).
    pub disk_hits: u64,
    /// Lookups that found nothing, so that the image has to be encoded.
    pub misses: u64,
    /// Images that were encoded, for calls and in advance.
    pub encodings: u64,
    /// Images that were encoded in advance. They are included in `encodings`.
    pub warmed: u64,
    /// Elapsed time of the encodings.
    pub encode_time: Duration,
    /// Memory of the cached embeddings, in bytes.
    pub bytes: u64,
}

/// Numbers of events since the start.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) hits: AtomicU64,
    pub(super) disk_hits: AtomicU64,
    pub(super) misses: AtomicU64,
    encodings: AtomicU64,
    warmed: AtomicU64,
    encode_microseconds: AtomicU64,
}

impl Counters {
    /// Counts an image that was encoded.
    pub(super) fn encoded(&self, purpose: Purpose, time: Duration) {
        self.encodings.fetch_add(1, Relaxed);
        self.warmed.fetch_add(u64::from(purpose == Purpose::Warming), Relaxed);
        self.encode_microseconds.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }
}

/// Adds one.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}

/// The use of an embedding that is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usage {
    /// The image in front of an annotator, which is likely used again.
    Image,
    /// One of many frames of a video. It is evicted first, so that a long video does not replace the images.
    Frame,
}

/// A cache with a maximum size. Its memory counts towards the memory budget, and is released when calls need it.
pub(super) struct Cache {
    limit: u64,
    pub(super) counters: Counters,
    /// The entry that was used last is at the end.
    entries: Mutex<VecDeque<Entry>>,
}

struct Entry {
    key: ImageKey,
    embedding: Arc<Embedding>,
    _memory: BytePermit,
}

impl Cache {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, counters: Counters::default(), entries: Mutex::default() }
    }

    /// Returns a cached embedding.
    pub(super) fn get(&self, key: &ImageKey) -> Option<Arc<Embedding>> {
        let mut entries = self.lock();
        let at = entries.iter().position(|entry| entry.key == *key)?;
        let entry = entries.remove(at)?;
        let embedding = Arc::clone(&entry.embedding);
        entries.push_back(entry);
        Some(embedding)
    }

    /// Adds an embedding with its memory, and removes those that were not used for longest.
    pub(super) fn insert(&self, key: ImageKey, embedding: &Arc<Embedding>, usage: Usage, memory: BytePermit) {
        let size = embedding.bytes() as u64;
        if size > self.limit {
            return;
        }
        let mut entries = self.lock();
        entries.retain(|entry| entry.key != key);
        let mut total = total(&entries);
        while total + size > self.limit
            && let Some(oldest) = entries.pop_front()
        {
            total -= oldest.embedding.bytes() as u64;
        }
        let entry = Entry { key, embedding: Arc::clone(embedding), _memory: memory };
        match usage {
            Usage::Image => entries.push_back(entry),
            Usage::Frame => entries.push_front(entry),
        }
    }

    pub(super) fn counts(&self) -> CacheCounts {
        let Counters { hits, disk_hits, misses, encodings, warmed, encode_microseconds } = &self.counters;
        CacheCounts {
            hits: hits.load(Relaxed),
            disk_hits: disk_hits.load(Relaxed),
            misses: misses.load(Relaxed),
            encodings: encodings.load(Relaxed),
            warmed: warmed.load(Relaxed),
            encode_time: Duration::from_micros(encode_microseconds.load(Relaxed)),
            bytes: total(&self.lock()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the memory of the embeddings, in bytes.
fn total(entries: &VecDeque<Entry>) -> u64 {
    entries.iter().map(|entry| entry.embedding.bytes() as u64).sum()
}

impl Reclaim for Cache {
    fn reclaim(&self) {
        let entries = std::mem::take(&mut *self.lock());
        drop(entries);
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("limit", &self.limit).field("counts", &self.counts()).finish_non_exhaustive()
    }
}
