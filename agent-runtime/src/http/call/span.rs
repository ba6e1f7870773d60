//! The span of a call: `agent.call`. Spans of extractors, requests to the platform and the agent are its children.

use agent_core::call::EditorCall;
use agent_core::definition::AgentDefinition;
use agent_core::trace::Trace;
use axum::http::StatusCode;
use tracing::field::{Empty, display};
use tracing::{Span, debug_span};

/// The span of a call.
#[derive(Debug, Clone)]
pub(super) struct CallSpan(Span);

impl CallSpan {
    /// Begins the span, and returns the trace that the parts of the call belong to.
    pub(super) fn begin(definition: &'static AgentDefinition, trace: Trace) -> (Self, Trace) {
        let span = debug_span!(
            "agent.call",
            otel.kind = "server",
            otel.status_code = Empty,
            agent = definition.name,
            trace = trace.id().as_str(),
            http.request.method = "POST",
            http.route = definition.path,
            http.response.status_code = Empty,
            project = Empty,
            data = Empty,
            frame = Empty,
            dry_run = Empty,
            error.type = Empty,
        );
        let trace = crate::otel::begin(&span, trace);
        (Self(span), trace)
    }

    /// Returns a span that records nothing.
    pub(super) fn none() -> Self {
        Self(Span::none())
    }

    /// Returns the span.
    pub(super) fn span(&self) -> Span {
        self.0.clone()
    }

    /// Records the response.
    pub(super) fn record(&self, call: &EditorCall, status: StatusCode) {
        if self.0.is_disabled() {
            return;
        }
        self.0.record("http.response.status_code", status.as_u16());
        if let Some(payload) = call.payload_if_read() {
            self.0.record("project", display(payload.project_hash)).record("data", display(payload.data_hash));
            self.0.record("frame", payload.frame);
        }
        if call.is_dry_run() {
            self.0.record("dry_run", true);
        }
        if status.is_server_error() {
            self.0.record("otel.status_code", "error");
        }
    }

    /// Records that the caller disconnected.
    pub(super) fn record_disconnect(&self) {
        self.0.record("error.type", "the caller went away");
    }
}
