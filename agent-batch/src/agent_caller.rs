//! Calls of an agent, with retries.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use agent_platform::labels::LabelDifference;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::backoff::{backoff, retry_after};
use super::call_mode::CallMode;
use super::plan::Unit;
use super::rate_limit::RateLimit;
use super::selection::CallTarget;
use super::transport::{AgentCall, AgentResponse, AgentTransport, TransportError, TransportErrorKind};

/// Maximum length of a message that is kept, in characters.
const MAX_MESSAGE_CHARS: usize = 2000;

/// Calls one agent for all data units of a run.
///
/// | outcome | saving run | dry run |
/// |---|---|---|
/// | no connection | retried | retried |
/// | 409, 429, 503: the agent did not run, or saved nothing | retried | retried |
/// | 502, 504, no response | not retried: something may be saved | retried |
/// | any other status | not retried | not retried |
#[derive(Debug)]
pub(crate) struct AgentCaller {
    pub(crate) transport: Arc<dyn AgentTransport>,
    pub(crate) project: Uuid,
    pub(crate) mode: CallMode,
    /// Timeout of one attempt.
    pub(crate) timeout: Duration,
    /// Maximum number of retries.
    pub(crate) retries: u32,
    pub(crate) rate: RateLimit,
}

/// A response of an agent with a status of success.
#[derive(Debug)]
pub(crate) struct AgentReply {
    pub(crate) status: u16,
    pub(crate) message: Option<String>,
    pub(crate) decision: Option<String>,
    /// The label changes of a dry run.
    pub(crate) differences: Vec<LabelDifference>,
}

/// A failed call.
#[derive(Debug)]
pub(crate) struct FailedCall {
    /// `None`: there is no response.
    pub(crate) status: Option<u16>,
    /// The agent's message, or the error: a sentence or clause.
    pub(crate) message: String,
}

impl AgentCaller {
    /// Calls the agent, and repeats the call while that is safe.
    ///
    /// # Errors
    /// The last attempt failed.
    pub(super) async fn call(&self, unit: &Unit, target: &CallTarget) -> Result<AgentReply, FailedCall> {
        let mut retries = 0;
        loop {
            self.rate.acquire().await;
            let result = self.attempt(unit, target).await;
            if retries >= self.retries || !self.may_retry(&result) {
                return self.reply(result);
            }
            let asked = result.as_ref().ok().and_then(|response| retry_after(&response.retry_after, SystemTime::now()));
            match asked {
                // The server is overloaded: no worker should call it meanwhile.
                Some(wait) => self.rate.pause(wait),
                None => tokio::time::sleep(backoff(retries)).await,
            }
            retries += 1;
        }
    }

    async fn attempt(&self, unit: &Unit, target: &CallTarget) -> Result<AgentResponse, TransportError> {
        let call = AgentCall {
            project: self.project,
            data: &unit.data,
            frame: target.frame,
            objects: target.objects.as_deref(),
            mode: self.mode,
            timeout: self.timeout,
        };
        self.transport.call(call).await
    }

    fn may_retry(&self, result: &Result<AgentResponse, TransportError>) -> bool {
        let is_harmless = self.mode == CallMode::DryRun;
        match result {
            Ok(response) => match response.status {
                409 | 429 | 503 => true,
                502 | 504 => is_harmless,
                _ => false,
            },
            Err(error) => match error.kind {
                TransportErrorKind::NotSent => true,
                TransportErrorKind::NoResponse => is_harmless,
                TransportErrorKind::InvalidResponse => false,
            },
        }
    }

    fn reply(&self, result: Result<AgentResponse, TransportError>) -> Result<AgentReply, FailedCall> {
        let response = result.map_err(|error| FailedCall { status: None, message: error.to_string() })?;
        let value: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let text = |key| value.get(key).and_then(Value::as_str).map(shortened);
        let status = response.status;
        if !(200..300).contains(&status) {
            let body = || shortened(String::from_utf8_lossy(&response.body).trim());
            return Err(FailedCall { status: Some(status), message: text("message").unwrap_or_else(body) });
        }
        let differences = match self.mode {
            CallMode::Save => Vec::new(),
            CallMode::DryRun => differences(&value).ok_or_else(|| FailedCall {
                status: Some(status),
                message: "The response has no label changes: the server ignores dry runs, and has saved.".to_owned(),
            })?,
        };
        Ok(AgentReply { status, message: text("message"), decision: text("decision"), differences })
    }
}

/// Returns the label changes in the response to a dry run; `None` if it is not one.
fn differences(response: &Value) -> Option<Vec<LabelDifference>> {
    let dry_run = response.get("dryRun")?;
    Vec::deserialize(dry_run.get("labels").unwrap_or(&Value::Array(Vec::new()))).ok()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Measures the calls of a data unit.
#[derive(Debug)]
pub(super) struct CallClock {
    pub(super) calls: u64,
    spent: Duration,
}

impl CallClock {
    pub(super) fn new() -> Self {
        Self { calls: 0, spent: Duration::ZERO }
    }

    pub(super) async fn measure<T>(&mut self, call: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let result = call.await;
        self.calls += 1;
        self.spent += start.elapsed();
        result
    }

    pub(super) fn milliseconds(&self) -> u64 {
        u64::try_from(self.spent.as_millis()).unwrap_or(u64::MAX)
    }
}
