//! Batches of the requests of concurrent calls.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use agent_platform::memory::ByteBudget;
use futures_util::future::join_all;
use tokio::sync::oneshot;

use super::counts::Counters;
use super::datatype::Datatype;
use super::error::ServedError;
use super::message::{InferRequest, InferResponse, Parameter};
use super::settings::Batching;
use super::stack::{rows, split, stack};
use super::transport::Transport;

/// Joins requests whose tensors have the same names, datatypes and shapes apart from the first dimension.
pub(super) struct Batcher {
    batching: Batching,
    transport: Arc<Transport>,
    counters: Arc<Counters>,
    open: Mutex<OpenBatches>,
}

#[derive(Default)]
struct OpenBatches {
    batches: HashMap<Key, Batch>,
    next_number: u64,
}

/// A batch that waits for further items.
struct Batch {
    number: u64,
    rows: usize,
    members: Vec<Member>,
}

/// The request of one call in a batch. The call has left if its channel is closed.
struct Member {
    request: InferRequest,
    rows: usize,
    budget: ByteBudget,
    /// Begin of the wait for the batch.
    queued: Instant,
    reply: oneshot::Sender<Result<InferResponse, ServedError>>,
}

/// The properties that the requests of a batch share.
#[derive(PartialEq, Eq, Hash, Clone)]
struct Key {
    inputs: Vec<(String, Datatype, Vec<usize>)>,
    outputs: Vec<String>,
    parameters: BTreeMap<String, Parameter>,
}

impl Batcher {
    pub(super) fn new(batching: Batching, transport: Arc<Transport>, counters: Arc<Counters>) -> Self {
        Self { batching, transport, counters, open: Mutex::default() }
    }

    /// Sends a request as a part of a batch. Dropping the future removes it from the batch; the last one cancels the batch.
    pub(super) async fn infer(
        self: &Arc<Self>,
        request: InferRequest,
        budget: &ByteBudget,
    ) -> Result<InferResponse, ServedError> {
        let rows = rows(&request)?;
        if rows >= self.batching.max_batch {
            self.counters.batch(rows);
            return self.transport.infer(&request, budget).await;
        }
        let (reply, response) = oneshot::channel();
        self.add(Member { request, rows, budget: budget.clone(), queued: Instant::now(), reply });
        let stopped = |error| ServedError::Interrupted(Arc::new(error));
        response.await.map_err(stopped)?
    }

    /// Adds a member to the open batch of its kind.
    fn add(self: &Arc<Self>, member: Member) {
        let key = Key::from_request(&member.request);
        let max = self.batching.max_batch;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(batch) = open.batches.get_mut(&key) {
            // Calls that have left make room.
            batch.members.retain(|member| !member.reply.is_closed());
            batch.rows = batch.members.iter().map(|member| member.rows).sum();
            if batch.rows + member.rows > max {
                self.send_open(&mut open, &key);
            }
        }
        if !open.batches.contains_key(&key) {
            let number = open.next_number;
            open.next_number += 1;
            open.batches.insert(key.clone(), Batch { number, rows: 0, members: Vec::new() });
            self.send_after_delay(key.clone(), number);
        }
        if let Some(batch) = open.batches.get_mut(&key) {
            batch.rows += member.rows;
            batch.members.push(member);
            if batch.rows == max {
                self.send_open(&mut open, &key);
            }
        }
    }

    fn send_after_delay(self: &Arc<Self>, key: Key, number: u64) {
        let batcher = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(batcher.batching.max_delay).await;
            let mut open = batcher.open.lock().unwrap_or_else(PoisonError::into_inner);
            if open.batches.get(&key).is_some_and(|batch| batch.number == number) {
                batcher.send_open(&mut open, &key);
            }
        });
    }

    /// Closes a batch and sends it in the background.
    fn send_open(&self, open: &mut OpenBatches, key: &Key) {
        if let Some(batch) = open.batches.remove(key) {
            tokio::spawn(send(Arc::clone(&self.transport), Arc::clone(&self.counters), batch.members));
        }
    }
}

impl Key {
    fn from_request(request: &InferRequest) -> Self {
        let inputs = request.inputs.iter();
        let inputs = inputs.map(|tensor| {
            (tensor.name().to_owned(), tensor.datatype(), tensor.shape().iter().skip(1).copied().collect())
        });
        Self { inputs: inputs.collect(), outputs: request.outputs.clone(), parameters: request.parameters.clone() }
    }
}

/// Sends a batch, and each member its part of the response.
async fn send(transport: Arc<Transport>, counters: Arc<Counters>, mut members: Vec<Member>) {
    members.retain(|member| !member.reply.is_closed());
    if members.is_empty() {
        return;
    }
    members.iter().for_each(|member| counters.queued(member.queued));
    counters.batch(members.iter().map(|member| member.rows).sum());
    let requests: Vec<&InferRequest> = members.iter().map(|member| &member.request).collect();
    let counts: Vec<usize> = members.iter().map(|member| member.rows).collect();
    let stacked = stack(&requests);
    // The calls of a server have one budget.
    let budget = members[0].budget.clone();
    let sent = async { split(&transport.infer(&stacked, &budget).await?, &counts) };
    let left = join_all(members.iter_mut().map(|member| member.reply.closed()));
    let result = tokio::select! {
        result = sent => result,
        // Dropping the request closes its connection or stream, which tells the server.
        _ = left => return,
    };
    match result {
        Ok(parts) => {
            for (member, part) in members.into_iter().zip(parts) {
                let _ = member.reply.send(Ok(part));
            }
        }
        // The request of one call must not fail the others.
        Err(ServedError::Rejected { .. }) if members.len() > 1 => {
            join_all(members.into_iter().map(|member| send_alone(&transport, member))).await;
        }
        Err(error) => {
            for member in members {
                let _ = member.reply.send(Err(error.clone()));
            }
        }
    }
}

async fn send_alone(transport: &Transport, mut member: Member) {
    let result = tokio::select! {
        result = transport.infer(&member.request, &member.budget) => result,
        () = member.reply.closed() => return,
    };
    let _ = member.reply.send(result);
}
