//! The client of one model.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use agent_core::call::EditorCall;
use agent_core::error::Result;
use agent_core::readiness::{Readiness, ReadinessState, Reading};
use agent_platform::memory::ByteBudget;
use tokio::sync::Mutex;

use super::address::ModelAddress;
use super::batch::Batcher;
use super::counts::{Counters, ServedCounts};
use super::error::ServedError;
use super::error_kind::ErrorKind;
use super::kept::KeptTensors;
use super::memory;
use super::message::{InferRequest, InferResponse};
use super::metadata::ModelMetadata;
use super::settings::Settings;
use super::tensor::Tensor;
use super::transport::Transport;

/// Interval at which the server is asked whether the model is ready, at most.
const READINESS_INTERVAL: Duration = Duration::from_secs(2);
/// Timeout of that question.
const READINESS_TIMEOUT: Duration = Duration::from_secs(1);

/// The client of one model on a server with the Open Inference Protocol (version 2), such as Triton, `MLServer`, `KServe` and
/// `TorchServe`.
///
/// Cheap to clone; all clones share the connections and the batches. Dropping the future of a request cancels it.
///
/// ```no_run
/// use std::time::Duration;
/// use agent_models::served::{Batching, InferRequest, ServedModel, Tensor};
///
/// # async fn example(pixels: Vec<u8>) -> agent_core::error::Result<()> {
/// let model = ServedModel::builder("http://localhost:8000/v2/models/scene")
///     .timeout(Duration::from_secs(5))
///     .batching(Batching::new(16, Duration::from_millis(5)))
///     .build()?;
/// let image = Tensor::from_u8("image", [1, 224, 224, 3], pixels)?;
/// let response = model.infer(InferRequest::new([image])).await?;
/// let scores = response.f32("scores", &[1, -1])?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ServedModel(Arc<Shared>);

struct Shared {
    name: String,
    timeout: Duration,
    memory: ByteBudget,
    transport: Arc<Transport>,
    batcher: Option<Arc<Batcher>>,
    kept: KeptTensors,
    counters: Arc<Counters>,
    /// Set by the first success.
    has_been_ready: AtomicBool,
    last_check: Mutex<Option<(Instant, ReadinessState)>>,
}

impl ServedModel {
    pub(super) fn new(url: &str, settings: &Settings) -> Result<Self, ServedError> {
        let address = ModelAddress::parse(url)?;
        let name = address.model.clone();
        let counters = Arc::<Counters>::default();
        let transport = Arc::new(Transport::new(address, settings, Arc::clone(&counters))?);
        let kept = KeptTensors::new(Arc::clone(&transport), Arc::clone(&counters));
        let batcher = settings
            .batching
            .map(|batching| Arc::new(Batcher::new(batching, Arc::clone(&transport), Arc::clone(&counters))));
        let shared = Shared {
            name,
            timeout: settings.timeout,
            memory: settings.memory.clone(),
            transport,
            batcher,
            kept,
            counters,
            has_been_ready: AtomicBool::new(false),
            last_check: Mutex::new(None),
        };
        Ok(Self(Arc::new(shared)))
    }

    /// Returns the name of the model.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Runs the model. The encoded request and the response count towards the memory budget of the process, or that of
    /// [`memory_budget`](super::ServedModelBuilder::memory_budget), without waiting for memory. In an agent, use
    /// [`infer_for`](Self::infer_for).
    ///
    /// # Errors
    /// The server cannot be reached, rejects the request, or does not respond in time, its response is invalid, or there is no
    /// memory. The cause is a [`ServedError`].
    pub async fn infer(&self, request: InferRequest) -> Result<InferResponse> {
        let budget = &self.0.memory;
        let bytes = self.0.transport.max_request_bytes(&request);
        let work = async {
            let _permit = memory::acquire(bytes, budget)?;
            self.infer_within(request, budget).await
        };
        self.counted(work).await
    }

    /// Runs the model for the call of an agent. The encoded request and the response count towards the memory budget of the server
    /// until the last tensor of the response is dropped. If the call holds no memory yet, it waits up to 30 s for that of the request.
    ///
    /// # Errors
    /// As of [`infer`](Self::infer).
    pub async fn infer_for(&self, call: &EditorCall, request: InferRequest) -> Result<InferResponse> {
        let budget = call.states().get::<ByteBudget>().unwrap_or_default();
        let bytes = u64::try_from(self.0.transport.max_request_bytes(&request)).unwrap_or(u64::MAX);
        let acquired = call.acquire_memory(bytes, &format!("a request to the model `{}`", self.0.name)).await;
        let _permit = acquired.inspect_err(|_| self.0.counters.ended(Some(ErrorKind::NoMemory)))?;
        self.counted(self.infer_within(request, &budget)).await
    }

    /// Runs an inference within the timeout, and counts its end.
    async fn counted(&self, work: impl Future<Output = Result<InferResponse, ServedError>>) -> Result<InferResponse> {
        let result = self.within_timeout(work).await;
        self.0.counters.ended(result.as_ref().err().map(ErrorKind::from));
        result.map_err(ServedError::into_agent_error)
    }

    async fn infer_within(&self, request: InferRequest, budget: &ByteBudget) -> Result<InferResponse, ServedError> {
        match &self.0.batcher {
            Some(batcher) if !request.inputs.iter().any(Tensor::is_sent_once) => batcher.infer(request, budget).await,
            _ => self.0.kept.infer(request, budget).await,
        }
    }

    /// Returns the inputs and outputs of the model. Each call requests them.
    ///
    /// # Errors
    /// As of [`infer`](Self::infer).
    pub async fn metadata(&self) -> Result<ModelMetadata> {
        self.within_timeout(self.0.transport.metadata()).await.map_err(ServedError::into_agent_error)
    }

    /// Returns the counts of inferences, requests, batches and bytes. `Server::metrics(model)` adds them to `/metrics`, with the errors by
    /// kind.
    #[must_use]
    pub fn counts(&self) -> ServedCounts {
        self.0.counters.snapshot()
    }

    /// Returns the number of inferences that failed with an error of this kind.
    pub(super) fn errors(&self, kind: ErrorKind) -> u64 {
        self.0.counters.errors(kind)
    }

    async fn within_timeout<T>(&self, work: impl Future<Output = Result<T, ServedError>>) -> Result<T, ServedError> {
        let timeout = self.0.timeout;
        let result = tokio::time::timeout(timeout, work).await.unwrap_or(Err(ServedError::Timeout(timeout)));
        if result.is_ok() {
            self.0.has_been_ready.store(true, Ordering::Relaxed);
        }
        result
    }

    /// Returns whether the model is ready. Concurrent and frequent questions are answered by one request.
    async fn readiness(&self) -> ReadinessState {
        let shared = &self.0;
        let mut last = shared.last_check.lock().await;
        if let Some((_, state)) = last.filter(|(when, _)| when.elapsed() < READINESS_INTERVAL) {
            return state;
        }
        let is_ready = tokio::time::timeout(READINESS_TIMEOUT, shared.transport.is_ready()).await.unwrap_or(false);
        if is_ready {
            shared.has_been_ready.store(true, Ordering::Relaxed);
        }
        let state = match (is_ready, shared.has_been_ready.load(Ordering::Relaxed)) {
            (true, _) => ReadinessState::Ready,
            (false, true) => ReadinessState::Failing,
            (false, false) => ReadinessState::Starting,
        };
        *last = Some((Instant::now(), state));
        state
    }
}

/// A model that has never been ready is starting: `/readyz` is 503 until it is loaded.
impl Readiness for ServedModel {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn read(&self) -> Reading<'_> {
        Box::pin(self.readiness())
    }
}

impl fmt::Debug for ServedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the URL, which may contain credentials.
        let Shared { name, timeout, .. } = &*self.0;
        f.debug_struct("ServedModel").field("name", name).field("timeout", timeout).finish_non_exhaustive()
    }
}
