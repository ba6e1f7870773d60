//! A call with its repetitions, within its time.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::PlatformClient;
use super::call::{Call, Effect, Endpoint};
use super::error::{Error, Result};
use super::trace::TraceId;
use super::transport::{Failed, ReceivedResponse, attempt};
use crate::memory::MemoryError;

impl PlatformClient {
    /// Sends a call until it is answered or must not be tried again. The answer may have any status.
    pub(super) async fn answer_to(&self, call: &Call) -> Result<ReceivedResponse> {
        let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
        let deadline = deadline_in(self.shared.limits.call);
        let mut repetitions = 0;
        loop {
            // Boxed: the futures of whoever calls are nested deeply enough.
            let tried = Box::pin(self.try_once(call, &trace, deadline)).await;
            let (again, asked_for) = match &tried {
                Ok(answer) => (call.may_repeat_after_status(answer.status), answer.retry_after.wait),
                Err(failed) => (may_repeat_after(failed, call.effect), None),
            };
            if !again && repetitions == 0 && tried.is_ok() {
                self.shared.budgets.of(call).earn();
            }
            let pause = if again { self.pause(call, repetitions, asked_for, deadline) } else { None };
            let Some(wait) = pause else {
                let answered = match &tried {
                    Ok(answer) => answer.status < 500,
                    // The platform did answer.
                    Err(failed) => matches!(failed, Failed::NoMemory(_)),
                };
                self.shared.traffic.ended(answered);
                return tried.map_err(|failed| self.error(call, failed, &trace));
            };
            repetitions += 1;
            self.shared.traffic.repetition();
            tracing::warn!(
                trace = %trace, call = %call.shown(), repetition = repetitions, wait_s = wait.as_secs_f64(),
                reason = %reason(&tried), "the platform did not answer a call; it is repeated",
            );
            sleep(wait).await;
        }
    }

    /// Returns the wait before the next repetition, after this many; `None` if there is to be none.
    pub(super) fn pause(
        &self,
        call: &Call,
        repetitions: u32,
        asked_for: Option<Duration>,
        deadline: Instant,
    ) -> Option<Duration> {
        let wait = self.shared.retry.wait(repetitions, asked_for);
        // Waiting beyond the deadline would only make the caller learn the same later.
        let is_in_time = wait < deadline.saturating_duration_since(Instant::now());
        (repetitions < self.shared.retry.retries && is_in_time && self.shared.budgets.of(call).take()).then_some(wait)
    }

    async fn try_once(&self, call: &Call, trace: &TraceId, deadline: Instant) -> Result<ReceivedResponse, Failed> {
        let began = Instant::now();
        let shared = &self.shared;
        shared.traffic.request();
        let http = if matches!(call.endpoint, Endpoint::Storage) { &shared.storage } else { &shared.http };
        let account = self.memory();
        let body_limits = (shared.limits.largest_answer, &account);
        let trying = attempt(http, &shared.credentials, call, trace, body_limits, &shared.clock);
        let tried = timeout_at(deadline, trying).await.unwrap_or(Err(Failed::OutOfTime));
        tracing::debug!(
            trace = %trace, call = %call.shown(), took_s = began.elapsed().as_secs_f64(), result = %reason(&tried),
            "a call to the platform",
        );
        tried
    }

    /// The error of a call that was not answered.
    pub(super) fn error(&self, call: &Call, failed: Failed, trace: &TraceId) -> Error {
        let shown = call.shown();
        let limits = &self.shared.limits;
        let (mut error, cause) = match failed {
            Failed::NotSent(cause) => {
                (call.fails(Error::Request, format!("The request could not be made: {shown}."), trace), Some(cause))
            }
            Failed::NotConnected(cause) => {
                let message = format!("The platform cannot be reached: there is no connection for {shown}.");
                (call.fails(Error::Connection, message, trace), Some(cause.into()))
            }
            Failed::Silence(cause) => {
                let seconds = limits.read.as_secs_f64();
                let message = format!("The platform does not answer: nothing arrived for {seconds} s after {shown}.");
                (call.fails(Error::Timeout, message, trace), Some(cause.into()))
            }
            Failed::OutOfTime => {
                let seconds = limits.call.as_secs_f64();
                let message = format!("The platform did not answer within the {seconds} s that {shown} may take.");
                (call.fails(Error::Timeout, message, trace), None)
            }
            Failed::Broken(cause) => {
                let message = format!("The connection to the platform broke before it had answered {shown}.");
                (call.fails(Error::Interrupted, message, trace), Some(cause.into()))
            }
            Failed::TooLarge(bytes) => {
                let message = format!("The answer to {shown} is larger than the {bytes} bytes that are taken.");
                (call.fails(Error::AnswerTooLarge, message, trace), None)
            }
            Failed::NoMemory(cause) => {
                let name =
                    if matches!(cause, MemoryError::Busy { .. }) { Error::NoMemory } else { Error::AnswerTooLarge };
                let message = format!("The response to {shown} was not read: {cause}.");
                (call.fails(name, message, trace), Some(cause.into()))
            }
        };
        let reached = !matches!(error, Error::Request(_) | Error::Connection(_));
        let failure = error.failure_mut();
        failure.cause = cause;
        failure.may_have_acted = reached && call.effect == Effect::Changes;
        failure.retryable = true;
        if matches!(error, Error::Request(_) | Error::AnswerTooLarge(_)) {
            error.failure_mut().retryable = false;
        }
        error
    }
}

/// A limit that no clock can hold is none: a year will do.
pub(super) fn deadline_in(limit: Duration) -> Instant {
    const A_YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    Instant::now() + limit.min(A_YEAR)
}

/// What did not connect did not reach the platform; of everything else nobody knows.
fn may_repeat_after(failed: &Failed, effect: Effect) -> bool {
    match failed {
        Failed::NotConnected(_) => true,
        Failed::Silence(_) | Failed::Broken(_) => effect == Effect::Harmless,
        Failed::NotSent(_) | Failed::OutOfTime | Failed::TooLarge(_) | Failed::NoMemory(_) => false,
    }
}

/// For the log.
fn reason(tried: &Result<ReceivedResponse, Failed>) -> String {
    match tried {
        Ok(answer) => format!("status {}", answer.status),
        Err(Failed::NotSent(_)) => "not sent".to_owned(),
        Err(Failed::NotConnected(_)) => "no connection".to_owned(),
        Err(Failed::Silence(_)) => "nothing arrived".to_owned(),
        Err(Failed::OutOfTime) => "out of time".to_owned(),
        Err(Failed::Broken(_)) => "connection broken".to_owned(),
        Err(Failed::TooLarge(_)) => "answer too large".to_owned(),
        Err(Failed::NoMemory(_)) => "no memory".to_owned(),
    }
}
