//! The log line of a call.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use agent_core::call::EditorCall;
use agent_core::error::AgentError;
use agent_core::response::{MAX_SHOWN_MESSAGE, Reply};
use axum::http::StatusCode;
use tracing::field::DisplayValue;

use crate::app::ServedAgent;
use crate::metrics::{AgentMetrics, InFlight};

/// A running call. It logs one line when the call ends, also if the caller disconnects.
pub(super) struct CallRecord {
    call: EditorCall,
    start: Instant,
    is_logged: bool,
    _in_flight: InFlight,
}

impl CallRecord {
    pub(super) fn new(call: &EditorCall, start: Instant, metrics: &AgentMetrics) -> Self {
        Self { call: call.clone(), start, is_logged: false, _in_flight: metrics.begin() }
    }

    /// Prevents the log line.
    pub(super) fn discard(&mut self) {
        self.is_logged = true;
    }

    /// Returns the time since the start of the call.
    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn client(&self) -> Option<DisplayValue<IpAddr>> {
        self.call.client().map(tracing::field::display)
    }

    /// Logs the response.
    pub(super) fn log(mut self, status: StatusCode, error: Option<&AgentError>) {
        self.is_logged = true;
        let (agent, trace, status, ms) =
            (self.call.agent(), self.call.trace().id().as_str(), status.as_u16(), self.millis());
        let payload = self.call.payload_if_read();
        let project = payload.map(|payload| tracing::field::display(payload.project_hash));
        let data = payload.map(|payload| tracing::field::display(payload.data_hash));
        let frame = payload.and_then(|payload| payload.frame);
        let client = self.client();
        let dry_run = self.call.dry_run().map(|_| true);
        let Some(error) = error else {
            tracing::info!(agent, status, ms, client, trace, project, data, frame, dry_run, "answered");
            return;
        };
        // Text fields are quoted and escaped, so that a caller's text cannot forge a log line.
        let (said, cause) = (error.message(), Some(error.chain()).filter(|chain| !chain.is_empty()));
        if status >= 500 {
            tracing::error!(agent, status, ms, client, trace, project, data, frame, said, cause, "failed");
        } else {
            tracing::info!(agent, status, ms, client, trace, project, data, frame, said, cause, "refused");
        }
    }
}

impl Drop for CallRecord {
    fn drop(&mut self) {
        if !self.is_logged {
            let (agent, trace) = (self.call.agent(), self.call.trace().id().as_str());
            let client = self.client();
            tracing::info!(agent, ms = self.millis(), client, trace, "the caller went away; the agent was stopped");
        }
    }
}

/// Warns once per agent of a message that the platform truncates.
pub(super) fn warn_of_length(served: &ServedAgent, call: &EditorCall, result: &Result<Reply, AgentError>) {
    let length = result.as_ref().map_or_else(|error| error.message().chars().count(), Reply::message_length);
    if length <= MAX_SHOWN_MESSAGE {
        return;
    }
    served.long_message.call_once(|| {
        let (agent, trace) = (call.agent(), call.trace().id().as_str());
        tracing::warn!(
            agent,
            trace,
            length,
            "the message is longer than the {MAX_SHOWN_MESSAGE} characters that the platform shows: put the verdict first, or shorten it"
        );
    });
}
