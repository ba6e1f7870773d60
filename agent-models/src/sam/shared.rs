//! The segmenter that the calls of a server share, with a cache of embeddings.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use agent_core::AgentError;
use agent_core::call::EditorCall;
use agent_core::extract::{Frame, FramePixels};
use agent_platform::client::StorageItem;
use agent_platform::media::{CancelOnDrop, RgbImage};
use agent_platform::memory::{ByteBudget, Reclaim};
use tokio::sync::OnceCell;

use super::cache::{Cache, CacheCounts, DEFAULT_BYTES, EMBEDDING_BYTES, ImageKey, Usage, count};
use super::disk_cache::{DiskCache, DiskCacheError, FILE_BYTES, ImageDigest};
use super::encode_turn::{EncodeTurns, Purpose, Turn};
use super::error::{LoadError, SegmentError};
use super::segmenter::{Embedding, Segmenter};
use super::warming_places::WarmingPlaces;

/// Memory of the encoder, in bytes.
const ENCODER_BYTES: u64 = 128 * 1024 * 1024;
/// Longer side of the encoder's input, in pixels.
const INPUT_SIDE: u64 = 1024;

/// A segmenter as application state. It caches the embeddings of images, so that only the first prompt on an image waits
/// for the encoder. Cheap to clone.
///
/// The cache has a maximum size and counts towards the memory budget of the server. Calls on the same image share one
/// encoding, and one image is encoded at a time, with all processors. Encoding stops when the call that began it ends; other
/// calls on the image then begin it again.
///
/// ```no_run
/// use agent_models::sam::SharedSegmenter;
/// use agent_runtime::Server;
///
/// # fn start() -> Result<(), Box<dyn std::error::Error>> {
/// // Fails with the command that downloads the weights if they are missing.
/// let segmenter = SharedSegmenter::load("mobile_sam.pt".as_ref())?
///     // Optional: embeddings that outlive the program, in up to 2 GB.
///     .with_disk_cache("embeddings".as_ref(), 2_000_000_000)?;
/// let server = Server::new()
///     .state(segmenter.clone())
///     // Optional: values for `/metrics`.
///     .metrics(segmenter.clone())
///     // Optional: images are encoded in advance, after calls of other agents.
///     .after_call(segmenter);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SharedSegmenter(Arc<Shared>);

pub(super) struct Shared {
    segmenter: Arc<Segmenter>,
    pub(super) cache: Arc<Cache>,
    disk: Option<DiskCache>,
    pub(super) turns: EncodeTurns,
    /// Embeddings that calls wait for.
    running: Mutex<HashMap<ImageKey, Arc<OnceCell<Arc<Embedding>>>>>,
    pub(super) warming: WarmingPlaces,
    reclaimed: OnceLock<()>,
}

/// An image to encode.
pub(super) struct Job<'c> {
    pub(super) call: &'c EditorCall,
    pub(super) key: &'c ImageKey,
    /// The subject of errors.
    pub(super) title: &'c str,
    pub(super) image: &'c Arc<RgbImage>,
    pub(super) usage: Usage,
    pub(super) purpose: Purpose,
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
    pub fn new(segmenter: impl Into<Arc<Segmenter>>) -> Self {
        Self::with_cache_bytes(segmenter, DEFAULT_BYTES)
    }

    /// Creates the state with this maximum memory for embeddings, in bytes.
    #[must_use]
    pub fn with_cache_bytes(segmenter: impl Into<Arc<Segmenter>>, bytes: u64) -> Self {
        Self(Arc::new(Shared {
            segmenter: segmenter.into(),
            cache: Arc::new(Cache::new(bytes)),
            disk: None,
            turns: EncodeTurns::default(),
            running: Mutex::default(),
            warming: WarmingPlaces::new(),
            reclaimed: OnceLock::new(),
        }))
    }

    /// Keeps embeddings in a folder, too, with this maximum size in bytes. A file has 4.4 MB. Embeddings that were not used for
    /// longest are removed; files with other names are not touched. Several processes may share the folder.
    ///
    /// An embedding is found by the digests of the weights and of the pixels. It is the same as one that is computed, bit for bit.
    /// A damaged file is ignored and replaced. A file that cannot be written is logged, and does not fail the call.
    ///
    /// # Errors
    /// The folder cannot be created, or not written to.
    pub fn with_disk_cache(self, folder: &Path, bytes: u64) -> Result<Self, DiskCacheError> {
        let Shared { segmenter, cache, .. } = &*self.0;
        let disk = Some(DiskCache::open(folder, bytes, segmenter.digest())?);
        Ok(Self(Arc::new(Shared {
            segmenter: Arc::clone(segmenter),
            cache: Arc::clone(cache),
            disk,
            turns: self.0.turns.clone(),
            running: Mutex::default(),
            warming: WarmingPlaces::new(),
            reclaimed: self.0.reclaimed.clone(),
        })))
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

    pub(super) fn shared(&self) -> &Shared {
        &self.0
    }

    /// Returns the embedding of the frame in front of the annotator. The frame is only downloaded and decoded if it is not
    /// cached.
    ///
    /// # Errors
    /// The frame cannot be read, or there is no memory.
    pub async fn embedding(&self, call: &EditorCall) -> Result<Arc<Embedding>, AgentError> {
        let Frame(frame) = call.extract().await?;
        self.find(call, frame, None).await
    }

    /// Returns the embedding of a frame of the call's video whose pixels are at hand, such as those of `VideoFrames`. Other calls can
    /// encode an image between two frames. Frames are the first to leave the cache, so that a long video does not replace
    /// the images of other calls.
    ///
    /// # Errors
    /// The video has no storage item, or there is no memory.
    pub async fn encode_frame(
        &self,
        call: &EditorCall,
        frame: u64,
        pixels: &Arc<RgbImage>,
    ) -> Result<Arc<Embedding>, AgentError> {
        self.find(call, frame, Some(pixels)).await
    }

    /// Looks the embedding up, or waits for the call that computes it, or computes it.
    async fn find(
        &self,
        call: &EditorCall,
        frame: u64,
        pixels: Option<&Arc<RgbImage>>,
    ) -> Result<Arc<Embedding>, AgentError> {
        let (item, counters) = (call.extract::<StorageItem>().await?, &self.0.cache.counters);
        let key = ImageKey::new(&item, frame);
        if let Some(embedding) = self.0.cache.get(&key) {
            count(&counters.hits);
            return Ok(embedding);
        }
        let running = Running::new(self, key);
        let mut computed = false;
        let embedding = running.cell.get_or_try_init(|| {
            computed = true;
            self.compute(call, &running.key, &item.name, pixels)
        });
        let embedding = embedding.await.cloned()?;
        if !computed {
            count(&counters.hits);
        }
        Ok(embedding)
    }

    /// Reads the embedding from the disk, or encodes the frame.
    async fn compute(
        &self,
        call: &EditorCall,
        key: &ImageKey,
        title: &str,
        pixels: Option<&Arc<RgbImage>>,
    ) -> Result<Arc<Embedding>, AgentError> {
        let usage = if pixels.is_some() { Usage::Frame } else { Usage::Image };
        let image = match pixels {
            Some(pixels) => Arc::clone(pixels),
            None => Arc::clone(call.extract::<FramePixels>().await?.shared()),
        };
        let job = Job { call, key, title, image: &image, usage, purpose: Purpose::Call };
        let (found, digest) = self.read_from_disk(&job).await?;
        if let Some(embedding) = found {
            count(&self.0.cache.counters.disk_hits);
            return Ok(embedding);
        }
        count(&self.0.cache.counters.misses);
        let turn = self.0.turns.next(Purpose::Call).await;
        self.encode(&job, digest, turn).await
    }

    /// Looks the embedding up in the folder, if there is one, and adds it to the cache. Returns the digest of the image, too.
    pub(super) async fn read_from_disk(
        &self,
        job: &Job<'_>,
    ) -> Result<(Option<Arc<Embedding>>, Option<ImageDigest>), AgentError> {
        if self.0.disk.is_none() {
            return Ok((None, None));
        }
        let mut memory = job.call.acquire_memory(EMBEDDING_BYTES + FILE_BYTES as u64, job.title).await?;
        self.reclaim_for(job.call);
        let (shared, key, image, usage) = (Arc::clone(&self.0), job.key.clone(), Arc::clone(job.image), job.usage);
        let read = move || {
            let digest = ImageDigest::new(&image);
            let embedding = shared.disk.as_ref().and_then(|disk| disk.read(&digest)).map(Arc::new);
            if let Some(embedding) = &embedding {
                memory.shrink(EMBEDDING_BYTES);
                shared.cache.insert(key, embedding, usage, memory);
            }
            (embedding, Some(digest))
        };
        job.call.spawn_blocking(read).await
    }

    /// Encodes the frame and adds it to the cache, and to the folder.
    pub(super) async fn encode(
        &self,
        job: &Job<'_>,
        digest: Option<ImageDigest>,
        turn: Turn,
    ) -> Result<Arc<Embedding>, AgentError> {
        let mut memory = job.call.acquire_memory(encoding_bytes(job.image.dimensions()), job.title).await?;
        self.reclaim_for(job.call);
        let (shared, key, image) = (Arc::clone(&self.0), job.key.clone(), Arc::clone(job.image));
        let (usage, purpose, cancel) = (job.usage, job.purpose, CancelOnDrop::default());
        let cancellation = cancel.cancellation();
        let encoded = move || {
            let start = Instant::now();
            let embedding = Arc::new(shared.segmenter.encode_until(&image, &cancellation)?);
            shared.cache.counters.encoded(purpose, start.elapsed());
            memory.shrink(EMBEDDING_BYTES);
            shared.cache.insert(key, &embedding, usage, memory);
            drop(turn);
            if let (Some(disk), Some(digest)) = (&shared.disk, digest) {
                disk.write(&digest, &embedding);
            }
            Ok::<_, SegmentError>(embedding)
        };
        job.call.spawn_blocking(encoded).await?.map_err(SegmentError::complaint)
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

/// Returns the memory of encoding an image, beside the image. It is first scaled, column by column in four floats per pixel.
fn encoding_bytes((width, height): (u32, u32)) -> u64 {
    let (width, height) = (u64::from(width), u64::from(height));
    let rows = (height * INPUT_SIDE).div_ceil(width.max(height).max(1));
    ENCODER_BYTES.max(width * rows * 16)
}

impl fmt::Debug for SharedSegmenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSegmenter").field("cache", &self.0.cache).finish_non_exhaustive()
    }
}

/// The wait of a call for an embedding. The last one removes the entry.
pub(super) struct Running<'s> {
    shared: &'s Shared,
    key: ImageKey,
    pub(super) cell: Arc<OnceCell<Arc<Embedding>>>,
}

impl<'s> Running<'s> {
    pub(super) fn new(segmenter: &'s SharedSegmenter, key: ImageKey) -> Self {
        let shared = &*segmenter.0;
        let mut running = shared.running.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = Arc::clone(running.entry(key.clone()).or_default());
        Self { shared, key, cell }
    }

    /// Returns whether others wait for the embedding, too.
    pub(super) fn is_shared(&self) -> bool {
        // The map has one clone, and this value the other.
        Arc::strong_count(&self.cell) > 2
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut running = self.shared.running.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_shared() {
            running.remove(&self.key);
        }
    }
}
