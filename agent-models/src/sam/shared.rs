//! The segmenter that the calls of a server share, with a cache of embeddings.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use agent_core::AgentError;
use agent_core::call::EditorCall;
use agent_core::extract::{Frame, FramePixels};
use agent_platform::client::StorageItem;
use agent_platform::media::Cancellation;
use agent_platform::memory::{ByteBudget, Reclaim};
use tokio::sync::{OnceCell, Semaphore};

use super::cache::{Cache, CacheCounts, DEFAULT_BYTES, EMBEDDING_BYTES, ImageKey};
use super::error::{LoadError, SegmentError};
use super::segmenter::{Embedding, Segmenter};

/// Memory of encoding an image, beside the image, in bytes.
const ENCODING_BYTES: u64 = 128 * 1024 * 1024;

/// A segmenter as application state. It caches the embeddings of images, so that only the first prompt on an image waits
/// for the encoder. Cheap to clone.
///
/// The cache has a maximum size and counts towards the memory budget of the server. Calls on the same image share one
/// encoding, and one image is encoded at a time, with all processors. Encoding stops when no call waits for it any more.
///
/// ```no_run
/// use agent_models::sam::SharedSegmenter;
///
/// # fn start() -> Result<(), agent_models::sam::LoadError> {
/// // Fails with the command that downloads the weights if they are missing.
/// let segmenter = SharedSegmenter::load("mobile_sam.pt".as_ref())?;
/// // Server::new().state(segmenter)
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SharedSegmenter(Arc<Shared>);

struct Shared {
    segmenter: Segmenter,
    cache: Arc<Cache>,
    /// Held while an image is encoded.
    turn: Arc<Semaphore>,
    /// Embeddings that calls wait for.
    running: Mutex<HashMap<ImageKey, Arc<OnceCell<Arc<Embedding>>>>>,
    reclaimed: OnceLock<()>,
}

impl SharedSegmenter {
    /// Loads the published weights; see [`Segmenter::load`].
    ///
    /// # Errors
    /// The file cannot be read, or is another one.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        Segmenter::load(path).map(Self::new)
    }

    /// Creates the state. Default: 134 MiB for embeddings, which is 32 images.
    #[must_use]
    pub fn new(segmenter: Segmenter) -> Self {
        Self::with_cache_bytes(segmenter, DEFAULT_BYTES)
    }

    /// Creates the state with this maximum memory for embeddings, in bytes.
    #[must_use]
    pub fn with_cache_bytes(segmenter: Segmenter, bytes: u64) -> Self {
        let (cache, turn) = (Arc::new(Cache::new(bytes)), Arc::new(Semaphore::new(1)));
        Self(Arc::new(Shared { segmenter, cache, turn, running: Mutex::default(), reclaimed: OnceLock::new() }))
    }

    /// The segmenter.
    #[must_use]
    pub fn segmenter(&self) -> &Segmenter {
        &self.0.segmenter
    }

    /// Returns the counts of the cache.
    #[must_use]
    pub fn cache_counts(&self) -> CacheCounts {
        self.0.cache.counts()
    }

    /// Returns the embedding of the frame in front of the annotator. The frame is only downloaded and decoded if it is not
    /// cached.
    ///
    /// # Errors
    /// The frame cannot be read, or there is no memory.
    pub async fn embedding(&self, call: &EditorCall) -> Result<Arc<Embedding>, AgentError> {
        let (item, Frame(frame)) = (call.extract::<StorageItem>().await?, call.extract::<Frame>().await?);
        let key = ImageKey::new(&item, frame);
        if let Some(embedding) = self.0.cache.get(&key) {
            self.0.cache.count_hit();
            return Ok(embedding);
        }
        let running = Running::new(self, key);
        let mut encoded = false;
        let embedding = running.cell.get_or_try_init(|| {
            encoded = true;
            self.encode(call, &running.key, &item.name)
        });
        let embedding = embedding.await.cloned()?;
        if !encoded {
            self.0.cache.count_hit();
        }
        Ok(embedding)
    }

    /// Encodes the frame and adds it to the cache.
    async fn encode(&self, call: &EditorCall, key: &ImageKey, title: &str) -> Result<Arc<Embedding>, AgentError> {
        self.0.cache.count_miss();
        let pixels: FramePixels = call.extract().await?;
        let turn = Arc::clone(&self.0.turn).acquire_owned().await.map_err(AgentError::internal)?;
        let mut memory = call.acquire_memory(ENCODING_BYTES, title).await?;
        self.reclaim_for(call);
        let (shared, key, image) = (Arc::clone(&self.0), key.clone(), Arc::clone(pixels.shared()));
        let cancel = CancelOnDrop::default();
        let cancellation = cancel.0.clone();
        let encoded = call.spawn_blocking(move || {
            let embedding = Arc::new(shared.segmenter.encode_until(&image, &cancellation)?);
            memory.shrink(EMBEDDING_BYTES);
            shared.cache.insert(key, &embedding, memory);
            drop(turn);
            Ok::<_, SegmentError>(embedding)
        });
        let embedding = encoded.await?;
        embedding.map_err(SegmentError::complaint)
    }

    /// Registers the cache with the memory budget of the server, once.
    fn reclaim_for(&self, call: &EditorCall) {
        self.0.reclaimed.get_or_init(|| {
            let reclaimed: Arc<dyn Reclaim> = Arc::clone(&self.0.cache) as _;
            let budget = call.states().get::<ByteBudget>().unwrap_or_else(ByteBudget::global);
            budget.add_cache(Arc::downgrade(&reclaimed));
        });
    }
}

impl fmt::Debug for SharedSegmenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSegmenter").field("cache", &self.0.cache).finish_non_exhaustive()
    }
}

/// The wait of a call for an embedding. The last one removes the entry.
struct Running<'s> {
    shared: &'s Shared,
    key: ImageKey,
    cell: Arc<OnceCell<Arc<Embedding>>>,
}

impl<'s> Running<'s> {
    fn new(segmenter: &'s SharedSegmenter, key: ImageKey) -> Self {
        let shared = &*segmenter.0;
        let mut running = shared.running.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = Arc::clone(running.entry(key.clone()).or_default());
        Self { shared, key, cell }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut running = self.shared.running.lock().unwrap_or_else(PoisonError::into_inner);
        // The map has one clone, and this value the other.
        if Arc::strong_count(&self.cell) <= 2 {
            running.remove(&self.key);
        }
    }
}

/// Cancels the work when it is dropped: with the future that waits for the work.
#[derive(Default)]
struct CancelOnDrop(Cancellation);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
