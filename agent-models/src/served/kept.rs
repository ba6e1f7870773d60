//! Requests whose inputs the server keeps: each input is sent once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use agent_platform::memory::ByteBudget;

use super::counts::Counters;
use super::digest::{Digest, NOT_KEPT};
use super::error::ServedError;
use super::message::{InferRequest, InferResponse, Parameter};
use super::tensor::Tensor;
use super::transport::Transport;

/// Minimum size of an input that is left out, in bytes.
const MIN_BYTES: usize = 1 << 10;
/// Maximum number of remembered digests. The oldest are forgotten.
const MAX_REMEMBERED: usize = 1024;
/// Size of an input from which its digest is computed on a thread for blocking work, in bytes.
const MIN_BLOCKING_BYTES: usize = 64 << 10;

/// Leaves out the inputs that the server has confirmed to keep.
///
/// The first request has the inputs and their digests. A server that keeps tensors confirms it in its response; only then are inputs left
/// out. So a server without this extension always gets all inputs. A request without an input that the server rejects, or answers without
/// the confirmation, is repeated with it: the server was restarted, has replaced the tensor, or is another replica.
pub(super) struct KeptTensors {
    transport: Arc<Transport>,
    counters: Arc<Counters>,
    /// Digests of the tensors that the server has confirmed, from the oldest to the newest.
    confirmed: Mutex<VecDeque<Digest>>,
}

impl KeptTensors {
    pub(super) fn new(transport: Arc<Transport>, counters: Arc<Counters>) -> Self {
        Self { transport, counters, confirmed: Mutex::default() }
    }

    /// Sends a request. Inputs that are sent once are left out if the server has them.
    pub(super) async fn infer(
        &self,
        mut request: InferRequest,
        budget: &ByteBudget,
    ) -> Result<InferResponse, ServedError> {
        let digests = digests(&request).await?;
        if digests.is_empty() {
            return self.transport.infer(&request, budget).await;
        }
        for (input, digest) in &digests {
            request.parameters.insert(Digest::parameter(input), Parameter::Text(digest.to_string()));
        }
        let known = self.known(&digests);
        if !known.is_empty() {
            if let Some(response) = self.infer_without(&request, &known, budget).await? {
                return Ok(response);
            }
            self.forget(&known);
        }
        let response = self.transport.infer(&request, budget).await?;
        if response.keeps_tensors() {
            self.remember(digests.into_iter().map(|(_, digest)| digest));
        }
        Ok(response)
    }

    /// Sends a request without the inputs that have these digests. Returns `None` if the server needs them.
    async fn infer_without(
        &self,
        request: &InferRequest,
        known: &[Digest],
        budget: &ByteBudget,
    ) -> Result<Option<InferResponse>, ServedError> {
        let is_known = |tensor: &Tensor| is_large(tensor) && tensor.digest().is_some_and(|own| known.contains(&own));
        let (left_out, inputs): (Vec<Tensor>, Vec<Tensor>) = request.inputs.iter().cloned().partition(is_known);
        let reduced = InferRequest { inputs, ..request.clone() };
        match self.transport.infer(&reduced, budget).await {
            Ok(response) if response.keeps_tensors() => {
                self.remember(known.iter().copied());
                self.counters.saved(left_out.iter().map(|tensor| tensor.data().len()).sum());
                Ok(Some(response))
            }
            // The server ignores digests, as after a change of its version.
            Ok(_) => Ok(None),
            Err(ServedError::Rejected { message, .. }) => {
                if message.contains(NOT_KEPT) {
                    self.counters.missing();
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the digests of tensors that the server has confirmed.
    fn known(&self, digests: &[(String, Digest)]) -> Vec<Digest> {
        let confirmed = self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        digests.iter().map(|(_, digest)| *digest).filter(|digest| confirmed.contains(digest)).collect()
    }

    fn remember(&self, digests: impl Iterator<Item = Digest>) {
        let mut confirmed = self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        for digest in digests {
            confirmed.retain(|known| *known != digest);
            confirmed.push_back(digest);
        }
        let surplus = confirmed.len().saturating_sub(MAX_REMEMBERED);
        confirmed.drain(..surplus);
    }

    fn forget(&self, digests: &[Digest]) {
        let mut confirmed = self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        confirmed.retain(|known| !digests.contains(known));
    }
}

fn is_large(tensor: &Tensor) -> bool {
    tensor.is_sent_once() && tensor.data().len() >= MIN_BYTES
}

/// Returns the names and digests of the inputs that are sent once.
async fn digests(request: &InferRequest) -> Result<Vec<(String, Digest)>, ServedError> {
    let inputs: Vec<Tensor> = request.inputs.iter().filter(|tensor| is_large(tensor)).cloned().collect();
    let bytes: usize = inputs.iter().map(|tensor| tensor.data().len()).sum();
    let compute = move || inputs.iter().filter_map(|input| Some((input.name().to_owned(), input.digest()?))).collect();
    if bytes < MIN_BLOCKING_BYTES {
        return Ok(compute());
    }
    tokio::task::spawn_blocking(compute).await.map_err(|error| ServedError::invalid_request(error.to_string()))
}
