//! Execution of an agent, with its deadline, panics and the server's shutdown.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use agent_core::call::EditorCall;
use agent_core::error::{AgentError, ErrorStatus};
use agent_core::panic_message::panic_message;
use futures_util::FutureExt;

use super::time_limit::TimeLimit;
use crate::app::App;

/// Runs the work of an agent until it returns, panics, reaches its deadline, or the server aborts calls.
pub(crate) async fn execute<T>(
    app: &App,
    call: &EditorCall,
    time: TimeLimit,
    work: impl Future<Output = Result<T, AgentError>>,
) -> Result<T, AgentError> {
    let work = AssertUnwindSafe(work).catch_unwind();
    // Each branch reads the state of the save itself: once `select!` returns, the agent's future is dropped, and with it that state.
    tokio::select! {
        biased;
        result = work => result.unwrap_or_else(|panic| Err(panicked(panic.as_ref()))),
        saving = aborted(app, call) => {
            if saving {
                return Err(unconfirmed());
            }
            let message = "The server is stopping, so the agent was not finished. Please try again.";
            Err(AgentError::new(ErrorStatus::ServiceUnavailable, message).with_retry_after(Duration::from_secs(1)))
        }
        saving = timed_out(call, time) => {
            if saving {
                return Err(unconfirmed());
            }
            let seconds = time.limit.unwrap_or_default().as_secs_f64();
            Err(AgentError::new(ErrorStatus::GatewayTimeout, format!("The agent did not finish within {seconds} s.")))
        }
    }
}

/// Waits until the server aborts calls. Returns whether a save is in progress.
async fn aborted(app: &App, call: &EditorCall) -> bool {
    app.lifecycle.aborted().await;
    call.is_committing()
}

/// Waits until the call has timed out. A save in progress at the deadline gets more time, since the annotator should know whether
/// the labels were saved. Returns whether the save is still in progress.
async fn timed_out(call: &EditorCall, time: TimeLimit) -> bool {
    sleep_until(time.deadline()).await;
    tokio::select! {
        () = call.committed() => {}
        () = sleep_until(time.confirmation_deadline()) => {}
    }
    call.is_committing()
}

/// Sleeps until a time, or forever. The timer is created on the first poll, which most calls never reach.
async fn sleep_until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

/// The error of a call that ends while its save is in progress.
fn unconfirmed() -> AgentError {
    let message = "The agent is done, but the platform did not confirm in time that the labels were saved. \
                   Reload the task to see whether they are there.";
    AgentError::new(ErrorStatus::GatewayTimeout, message)
}

fn panicked(panic: &(dyn Any + Send)) -> AgentError {
    AgentError::internal(format!("the agent panicked: {}", panic_message(panic)))
}
