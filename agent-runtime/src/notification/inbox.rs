//! Notifications that were answered and are worked on: bounded in number and time, and waited for when the server stops.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::{Semaphore, watch};
use tokio::task::AbortHandle;
use uuid::Uuid;

use super::call::NotificationCall;
use super::handler::NotificationHandler;
use super::seen::Seen;
use crate::error::AgentError;
use crate::http::panic_text;

/// How many wait or are worked on at once.
const MOST: usize = 256;

/// A notification to be worked on.
pub(crate) struct Job {
    pub(crate) handler: &'static NotificationHandler,
    pub(crate) uid: Uuid,
    pub(crate) call: NotificationCall,
}

/// What became of a notification that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is worked on, or will be.
    Yes,
    /// It has come before.
    Again,
    /// There is too much work already.
    Full,
}

/// What is worked on.
pub(crate) struct Inbox {
    /// One permit per handler that works.
    working: Semaphore,
    state: Mutex<State>,
    /// How many are not done.
    open: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    seen: Seen,
    running: HashMap<Uuid, Running>,
}

struct Running {
    handler: &'static NotificationHandler,
    trace: String,
    task: AbortHandle,
}

impl Inbox {
    /// An inbox from which so many handlers work at once.
    pub(crate) fn new(at_once: usize) -> Self {
        let working = Semaphore::new(at_once.clamp(1, Semaphore::MAX_PERMITS));
        Self { working, state: Mutex::default(), open: watch::Sender::new(0) }
    }

    /// Takes a notification in, and has it worked on in the background.
    pub(crate) fn take(self: &Arc<Self>, job: Job) -> Taken {
        let (uid, handler) = (job.uid, job.handler);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.running.len() >= MOST {
            return Taken::Full;
        }
        if !state.seen.insert(uid) {
            return Taken::Again;
        }
        let (inbox, trace) = (Arc::clone(self), job.call.trace().id().to_owned());
        let task = tokio::spawn(async move {
            let _open = Open { inbox: Arc::clone(&inbox), uid };
            // The semaphore is never closed.
            let _permit = inbox.working.acquire().await;
            work(job).await;
        });
        state.running.insert(uid, Running { handler, trace, task: task.abort_handle() });
        self.open.send_replace(state.running.len());
        Taken::Yes
    }

    /// How many are worked on or wait.
    #[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "only metrics ask"))]
    pub(crate) fn open(&self) -> usize {
        *self.open.borrow()
    }

    /// Waits until everything is done, or the time is over; what is not done then is stopped, and named in the log.
    pub(crate) async fn finish(&self, within: Duration) {
        let mut open = self.open.subscribe();
        if tokio::time::timeout(within, open.wait_for(|open| *open == 0)).await.is_ok() {
            return;
        }
        let unfinished = std::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).running);
        for (uid, running) in unfinished {
            tracing::error!(
                handler = running.handler.name, %uid, trace = running.trace,
                "the server stops before the notification was worked off; the platform tells again while work waits",
            );
            running.task.abort();
        }
    }
}

/// A notification that is not done, until this is dropped.
struct Open {
    inbox: Arc<Inbox>,
    uid: Uuid,
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut state = self.inbox.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.running.remove(&self.uid);
        self.inbox.open.send_replace(state.running.len());
    }
}

async fn work(job: Job) {
    let Job { handler, uid, call } = job;
    let (name, trace, start) = (handler.name, call.trace().id().to_owned(), Instant::now());
    let work = AssertUnwindSafe((handler.run)(call)).catch_unwind();
    let done = match handler.limit() {
        Some(limit) => tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
            Ok(Err(AgentError::internal(format!("it did not finish within {} s", limit.as_secs_f64()))))
        }),
        None => work.await,
    };
    let done = done.unwrap_or_else(|panic| {
        Err(AgentError::internal(format!("the handler panicked: {}", panic_text(panic.as_ref()))))
    });
    let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    match done {
        Ok(()) => tracing::info!(handler = name, %uid, ms, trace, "worked off a notification"),
        Err(error) => {
            let (said, cause) = (error.message(), error.chain());
            tracing::error!(handler = name, %uid, ms, trace, said, cause, "could not work off a notification");
        }
    }
}
