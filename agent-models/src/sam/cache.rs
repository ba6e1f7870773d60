//! Embeddings of recent images, in memory.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use agent_platform::client::StorageItem;
use agent_platform::memory::{BytePermit, Reclaim};

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
    /// Images that were encoded.
    pub misses: u64,
}

/// A cache with a maximum size. Its memory counts towards the memory budget, and is released when calls need it.
pub(super) struct Cache {
    limit: u64,
    hits: AtomicU64,
    misses: AtomicU64,
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
        Self { limit, hits: AtomicU64::new(0), misses: AtomicU64::new(0), entries: Mutex::default() }
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
    pub(super) fn insert(&self, key: ImageKey, embedding: &Arc<Embedding>, memory: BytePermit) {
        let size = |embedding: &Embedding| embedding.bytes() as u64;
        if size(embedding) > self.limit {
            return;
        }
        let mut entries = self.lock();
        entries.retain(|entry| entry.key != key);
        let mut total: u64 = entries.iter().map(|entry| size(&entry.embedding)).sum();
        while total + size(embedding) > self.limit
            && let Some(oldest) = entries.pop_front()
        {
            total -= size(&oldest.embedding);
        }
        entries.push_back(Entry { key, embedding: Arc::clone(embedding), _memory: memory });
    }

    pub(super) fn count_hit(&self) {
        self.hits.fetch_add(1, Relaxed);
    }

    pub(super) fn count_miss(&self) {
        self.misses.fetch_add(1, Relaxed);
    }

    pub(super) fn counts(&self) -> CacheCounts {
        CacheCounts { hits: self.hits.load(Relaxed), misses: self.misses.load(Relaxed) }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
