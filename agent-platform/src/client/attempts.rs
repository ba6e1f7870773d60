//! Retries of a call within its deadline.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;

use super::call::{Call, Effect, Endpoint};
use super::error::{Error, Result};
use super::spans::RequestSpan;
use super::stopwatch::Stopwatch;
use super::trace::TraceId;
use super::transport::{AttemptError, ReceivedResponse, attempt};
use super::{Access, PlatformClient};
use crate::memory::MemoryError;

impl PlatformClient {
    /// Sends a call and retries it until it gets a final response, of any status, or must not be retried.
    pub(super) async fn send(&self, call: &Call) -> Result<ReceivedResponse> {
        let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
        if self.access == Access::ReadOnly && call.effect != Effect::Read {
            let message = format!("This client only reads, so {} was not sent.", call.description());
            return Err(call.error(Error::ReadOnly, message, &trace));
        }
        let deadline = deadline_in(self.shared.limits.call);
        let mut retries = 0;
        loop {
            // Boxed, because the callers' futures are large already.
            let tried = Box::pin(self.try_once(call, &trace, deadline, retries)).await;
            let (again, retry_after) = match &tried {
                Ok(answer) => (call.may_retry_after_status(answer.status), answer.retry_after.wait),
                Err(failed) => (may_retry_after(failed, call.effect), None),
            };
            if !again && retries == 0 && tried.is_ok() {
                self.shared.budgets.for_call(call).earn();
            }
            let pause = if again { self.pause(call, retries, retry_after, deadline) } else { None };
            let Some(wait) = pause else {
                let answered = match &tried {
                    Ok(answer) => answer.status < 500,
                    // The platform did respond; the memory for the body was missing.
                    Err(failed) => matches!(failed, AttemptError::NoMemory(_)),
                };
                self.shared.traffic.ended(answered);
                return tried.map_err(|failed| self.error(call, failed, &trace));
            };
            retries += 1;
            self.shared.traffic.retry();
            tracing::warn!(
                trace = %trace, call = %call.description(), retry = retries, wait_s = wait.as_secs_f64(),
                reason = %reason(&tried), "a call to the platform failed; retrying",
            );
            sleep(wait).await;
        }
    }

    /// Returns the wait before the next retry, or `None` if the call must not be retried.
    pub(super) fn pause(
        &self,
        call: &Call,
        retries: u32,
        retry_after: Option<Duration>,
        deadline: Instant,
    ) -> Option<Duration> {
        let wait = self.shared.retry.wait(retries, retry_after);
        // A retry after the deadline would only delay the error.
        let is_in_time = wait < deadline.saturating_duration_since(Instant::now());
        (retries < self.shared.retry.retries && is_in_time && self.shared.budgets.for_call(call).take()).then_some(wait)
    }

    async fn try_once(
        &self,
        call: &Call,
        trace: &TraceId,
        deadline: Instant,
        retries: u32,
    ) -> Result<ReceivedResponse, AttemptError> {
        let began = Instant::now();
        let shared = &self.shared;
        shared.traffic.request();
        let _running = self.stopwatch.as_ref().map(Stopwatch::start);
        let http = if matches!(call.endpoint, Endpoint::Storage) { &shared.storage } else { &shared.http };
        let account = self.memory();
        let body_limits = (shared.limits.max_response_size, &account);
        let trying = attempt(http, &shared.credentials, call, trace, body_limits, &shared.clock);
        let span = RequestSpan::new(call, trace, retries);
        let tried = timeout_at(deadline, trying).instrument(span.span()).await;
        let tried = tried.unwrap_or(Err(AttemptError::DeadlineExceeded));
        span.record(tried.as_ref().map(|answer| answer.status).map_err(AttemptError::kind));
        tracing::debug!(
            trace = %trace, call = %call.description(), took_s = began.elapsed().as_secs_f64(), result = %reason(&tried),
            "call to the platform",
        );
        tried
    }

    /// Converts the failure of a call without a response.
    pub(super) fn error(&self, call: &Call, failed: AttemptError, trace: &TraceId) -> Error {
        let shown = call.description();
        let limits = &self.shared.limits;
        let (mut error, cause) = match failed {
            AttemptError::NotSent(cause) => {
                (call.error(Error::Request, format!("The request could not be made: {shown}."), trace), Some(cause))
            }
            AttemptError::NotConnected(cause) => {
                let message = format!("The platform cannot be reached: there is no connection for {shown}.");
                (call.error(Error::Connection, message, trace), Some(cause.into()))
            }
            AttemptError::ReadTimeout(cause) => {
                let seconds = limits.read.as_secs_f64();
                let message = format!("The platform does not answer: nothing arrived for {seconds} s after {shown}.");
                (call.error(Error::Timeout, message, trace), Some(cause.into()))
            }
            AttemptError::DeadlineExceeded => {
                let seconds = limits.call.as_secs_f64();
                let message = format!("The platform did not answer within the {seconds} s that {shown} may take.");
                (call.error(Error::Timeout, message, trace), None)
            }
            AttemptError::ConnectionBroken(cause) => {
                let message = format!("The connection to the platform broke before it had answered {shown}.");
                (call.error(Error::Interrupted, message, trace), Some(cause.into()))
            }
            AttemptError::TooLarge(bytes) => {
                let message = format!("The answer to {shown} is larger than the {bytes} bytes that are taken.");
                (call.error(Error::AnswerTooLarge, message, trace), None)
            }
            AttemptError::NoMemory(cause) => {
                let name =
                    if matches!(cause, MemoryError::Busy { .. }) { Error::NoMemory } else { Error::AnswerTooLarge };
                let message = format!("The response to {shown} was not read: {cause}.");
                (call.error(name, message, trace), Some(cause.into()))
            }
        };
        let reached = !matches!(error, Error::Request(_) | Error::Connection(_));
        let failure = error.failure_mut();
        failure.cause = cause;
        failure.may_have_acted = reached && call.effect == Effect::NonIdempotent;
        failure.retryable = true;
        if matches!(error, Error::Request(_) | Error::AnswerTooLarge(_)) {
            error.failure_mut().retryable = false;
        }
        error
    }
}

/// Returns the deadline. Limits above one year are reduced to a year, so that the addition cannot overflow.
pub(super) fn deadline_in(limit: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    Instant::now() + limit.min(YEAR)
}

/// Returns `true` if a failed attempt may be retried. A failed connection sent nothing; other failures may have reached
/// the platform.
fn may_retry_after(failed: &AttemptError, effect: Effect) -> bool {
    match failed {
        AttemptError::NotConnected(_) => true,
        AttemptError::ReadTimeout(_) | AttemptError::ConnectionBroken(_) => effect.is_idempotent(),
        AttemptError::NotSent(_)
        | AttemptError::DeadlineExceeded
        | AttemptError::TooLarge(_)
        | AttemptError::NoMemory(_) => false,
    }
}

/// Formats the result of an attempt for the log.
fn reason(tried: &Result<ReceivedResponse, AttemptError>) -> String {
    match tried {
        Ok(answer) => format!("status {}", answer.status),
        Err(failed) => failed.kind().to_owned(),
    }
}
