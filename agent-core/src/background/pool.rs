//! Work without anybody who waits for its end: bounded in number and time, and waited for when the server stops.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use agent_platform::client::TraceId;
use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::AbortHandle;
use tracing::{Instrument, Span};
use uuid::Uuid;

use crate::error::AgentError;
use crate::panic_message::panic_message;
use crate::trace::Trace;

/// Maximum number of works that wait or run.
const MAX_OPEN: usize = 256;

/// Makes a span part of a trace.
pub type JoinTrace = fn(&Span, &Trace);

/// One piece of work.
pub struct Work {
    /// The agent or handler whose work it is.
    pub by: &'static str,
    /// The notification that it is about.
    pub uid: Option<Uuid>,
    /// The trace of the call or notification.
    pub trace: Trace,
    /// Timeout. `None` for no limit.
    pub limit: Option<Duration>,
    /// The work itself.
    pub future: Pin<Box<dyn Future<Output = Result<(), AgentError>> + Send>>,
}

/// Permission for one piece of work, given back when it is dropped.
#[derive(Debug)]
pub struct Permit(#[expect(dead_code, reason = "it is given back when it is dropped")] OwnedSemaphorePermit);

/// The background work of a server.
pub struct Pool {
    /// One permit for each that waits or is worked on.
    permits: Arc<Semaphore>,
    /// One permit for each that is worked on.
    working: Semaphore,
    running: Mutex<Running>,
    /// Joins the span of work to the trace of its call.
    join_trace: JoinTrace,
    /// Number of tasks that wait or run.
    open: watch::Sender<usize>,
}

#[derive(Default)]
struct Running {
    last: u64,
    tasks: HashMap<u64, Task>,
    /// `true` once the server has stopped. No task starts then.
    is_closed: bool,
}

/// A running task, as the log names it if it is cut off.
struct Task {
    by: &'static str,
    uid: Option<Uuid>,
    trace: TraceId,
    handle: AbortHandle,
}

impl Pool {
    /// Creates a pool that works on so much at once. `join_trace` gets each span that begins.
    pub fn new(at_once: usize, join_trace: JoinTrace) -> Self {
        let working = Semaphore::new(at_once.clamp(1, Semaphore::MAX_PERMITS));
        let permits = Arc::new(Semaphore::new(MAX_OPEN));
        Self { permits, working, running: Mutex::default(), join_trace, open: watch::Sender::new(0) }
    }

    /// Reserves a permit for work to come; `None` if there is too much already.
    pub fn reserve(&self) -> Option<Permit> {
        Arc::clone(&self.permits).try_acquire_owned().ok().map(Permit)
    }

    /// Starts work in the background. After [`finish`](Self::finish), and without a runtime, the work is dropped.
    pub fn start(self: &Arc<Self>, permit: Permit, work: Work) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = Handle::try_current().ok().filter(|_| !running.is_closed);
        let Some(runtime) = runtime else {
            // The work may start other work when it is dropped.
            drop(running);
            let uid = work.uid.map(tracing::field::display);
            tracing::error!(
                by = work.by,
                uid,
                trace = work.trace.id().as_str(),
                "the server stops before this was done in the background"
            );
            return;
        };
        running.last += 1;
        let (id, pool) = (running.last, Arc::clone(self));
        let (by, uid, trace) = (work.by, work.uid, work.trace.id().clone());
        let task = runtime.spawn(async move {
            let _open = Open { pool: Arc::clone(&pool), id, _permit: permit };
            // The semaphore is never closed.
            let _permit = pool.working.acquire().await;
            let span = pool.span(&work);
            work.done().instrument(span).await;
        });
        running.tasks.insert(id, Task { by, uid, trace, handle: task.abort_handle() });
        self.open.send_replace(running.tasks.len());
    }

    /// Returns the span of work that begins: `agent.background`. It is no child of the call's span in this process, which would
    /// keep that span open.
    fn span(&self, work: &Work) -> Span {
        let uid = work.uid.map(tracing::field::display);
        let span =
            tracing::debug_span!(parent: None, "agent.background", by = work.by, uid, trace = work.trace.id().as_str());
        (self.join_trace)(&span, &work.trace);
        span
    }

    /// Returns the number of tasks that wait or run.
    pub fn open(&self) -> usize {
        *self.open.borrow()
    }

    /// Waits until everything is done.
    pub async fn idle(&self) {
        // The sender lives as long as `self`, so this does not fail.
        let _ = self.open.subscribe().wait_for(|open| *open == 0).await;
    }

    /// Waits until everything is done, or the time is over; what is not done then is stopped, and named in the log.
    pub async fn finish(&self, within: Duration) {
        if tokio::time::timeout(within, self.idle()).await.is_ok() {
            return;
        }
        let unfinished = {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.is_closed = true;
            std::mem::take(&mut running.tasks)
        };
        for Task { by, uid, trace, handle } in unfinished.into_values() {
            let uid = uid.map(tracing::field::display);
            tracing::error!(by, uid, trace = trace.as_str(), "the server stops before this was done in the background");
            handle.abort();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("open", &*self.open.borrow()).finish_non_exhaustive()
    }
}

/// Work that is not done, until this is dropped.
struct Open {
    pool: Arc<Pool>,
    id: u64,
    _permit: Permit,
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut running = self.pool.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.tasks.remove(&self.id);
        self.pool.open.send_replace(running.tasks.len());
    }
}

impl Work {
    /// Does it, and logs how it went.
    async fn done(self) {
        let Self { by, uid, trace, limit, future } = self;
        let trace = trace.id().as_str();
        let (uid, start) = (uid.map(tracing::field::display), Instant::now());
        let work = AssertUnwindSafe(future).catch_unwind();
        let done = match limit {
            Some(limit) => tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
                Ok(Err(AgentError::internal(format!("it did not finish within {} s", limit.as_secs_f64()))))
            }),
            None => work.await,
        };
        let done = done.unwrap_or_else(|panic| {
            Err(AgentError::internal(format!("it panicked: {}", panic_message(panic.as_ref()))))
        });
        let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        match done {
            Ok(()) => tracing::info!(by, uid, ms, trace, "done in the background"),
            Err(error) => {
                let (said, cause) = (error.message(), error.chain());
                tracing::error!(by, uid, ms, trace, said, cause, "not done in the background");
            }
        }
    }
}
