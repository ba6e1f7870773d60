//! Embeddings in advance: while the annotator works with another agent, the image is encoded.

use agent_core::AgentError;
use agent_core::after_call::{AfterCall, OptionalWork};
use agent_core::call::EditorCall;
use agent_core::extract::{Frame, FramePixels};
use agent_platform::client::StorageItem;

use super::cache::{ImageKey, Usage};
use super::encode_turn::Purpose;
use super::shared::{Job, Running, SharedSegmenter};

impl SharedSegmenter {
    /// Encodes the frame in front of the annotator in advance, unless it is cached or a call encodes it. One frame at a time is
    /// encoded in advance, and only while no call waits for an encoding: a call on another image interrupts it. The memory is not
    /// that of the call.
    ///
    /// # Errors
    /// The frame cannot be read, or there is no memory.
    pub async fn warm(&self, call: &EditorCall) -> Result<(), AgentError> {
        let call = call.detached()?;
        let shared = self.shared();
        let _only = shared.warming.only.acquire().await.map_err(AgentError::internal)?;
        let (item, Frame(frame)) = (call.extract::<StorageItem>().await?, call.extract::<Frame>().await?);
        let key = ImageKey::new(&item, frame);
        if shared.cache.get(&key).is_some() {
            return Ok(());
        }
        let pixels: FramePixels = call.extract().await?;
        let job = Job {
            call: &call,
            key: &key,
            title: &item.name,
            image: pixels.shared(),
            usage: Usage::Image,
            purpose: Purpose::Warming,
        };
        let (found, digest) = self.read_from_disk(&job).await?;
        if found.is_some() {
            return Ok(());
        }
        loop {
            let turn = shared.turns.next(Purpose::Warming).await;
            let running = Running::new(self, key.clone());
            if running.is_shared() || shared.cache.get(&key).is_some() {
                return Ok(());
            }
            let encoding = running.cell.get_or_try_init(|| self.encode(&job, digest, turn));
            tokio::pin!(encoding);
            let interrupted = tokio::select! {
                biased;
                done = &mut encoding => return done.map(drop),
                () = shared.turns.is_demanded() => !running.is_shared(),
            };
            if !interrupted {
                return encoding.await.map(drop);
            }
        }
    }
}

/// Encodes the images of calls in advance: `Server::after_call(segmenter)`. See [`SharedSegmenter::warm`]. At most 8 calls wait.
impl AfterCall for SharedSegmenter {
    fn after_call(&self, call: &EditorCall) -> Option<OptionalWork> {
        let place = self.shared().warming.reserve()?;
        let (model, call) = (self.clone(), call.detached().ok()?);
        Some(Box::pin(async move {
            let _place = place;
            // Data without pixels, for example.
            if let Err(error) = model.warm(&call).await {
                let (trace, said) = (call.trace().id().as_str(), error.message());
                tracing::debug!(trace, said, "the image was not encoded in advance");
            }
        }))
    }
}
