//! The log line of a call.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_core::call::EditorCall;
use agent_core::error::AgentError;
use agent_core::response::{MAX_SHOWN_MESSAGE, Reply};
use axum::http::StatusCode;
use tracing::Span;
use tracing::field::DisplayValue;

use super::span::CallSpan;
use crate::app::{AgentHandle, App, ServedAgent};

/// A running call. It is counted until this is dropped, and logs one line when it ends, also if the caller disconnects.
pub(super) struct CallRecord {
    agent: AgentHandle,
    call: EditorCall,
    span: CallSpan,
    start: Instant,
    is_logged: bool,
}

impl CallRecord {
    pub(super) fn new(agent: AgentHandle, call: EditorCall, span: CallSpan, start: Instant) -> Self {
        agent.served().metrics.begin();
        Self { agent, call, span, start, is_logged: false }
    }

    pub(super) fn app(&self) -> &Arc<App> {
        self.agent.app()
    }

    pub(super) fn served(&self) -> &ServedAgent {
        self.agent.served()
    }

    pub(super) fn call(&self) -> &EditorCall {
        &self.call
    }

    pub(super) fn span(&self) -> Span {
        self.span.span()
    }

    /// Returns the time since the head of the request.
    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Prevents the log line.
    pub(super) fn discard(&mut self) {
        self.is_logged = true;
    }

    /// Counts and logs the end of the call.
    pub(super) fn end(&mut self, result: Result<&Reply, &AgentError>) {
        self.is_logged = true;
        let status = result.map_or_else(|error| error.status().code(), |_| StatusCode::OK);
        let took = self.start.elapsed();
        self.served().metrics.responded(status, took, self.call.save_counts());
        self.warn_of_length(result);
        self.log(status, took, result.err());
        self.span.record(&self.call, status);
    }

    fn client(&self) -> Option<DisplayValue<IpAddr>> {
        self.call.client().map(tracing::field::display)
    }

    /// Logs the response.
    fn log(&self, status: StatusCode, took: Duration, error: Option<&AgentError>) {
        let (agent, trace, status, ms) =
            (self.call.agent(), self.call.trace().id().as_str(), status.as_u16(), millis(took));
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

    /// Warns once per agent of a message that the platform truncates.
    fn warn_of_length(&self, result: Result<&Reply, &AgentError>) {
        let length = result.map_or_else(|error| error.message().chars().count(), Reply::message_length);
        if length <= MAX_SHOWN_MESSAGE {
            return;
        }
        self.served().long_message.call_once(|| {
            let (agent, trace) = (self.call.agent(), self.call.trace().id().as_str());
            tracing::warn!(
                agent,
                trace,
                length,
                "the message is longer than the {MAX_SHOWN_MESSAGE} characters that the platform shows: put the verdict first, or shorten it"
            );
        });
    }
}

impl Drop for CallRecord {
    fn drop(&mut self) {
        self.served().metrics.end();
        if !self.is_logged {
            self.span.record_disconnect();
            let (agent, trace) = (self.call.agent(), self.call.trace().id().as_str());
            let client = self.client();
            tracing::info!(
                agent,
                ms = millis(self.start.elapsed()),
                client,
                trace,
                "the caller went away; the agent was stopped"
            );
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
