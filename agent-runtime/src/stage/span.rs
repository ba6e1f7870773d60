//! The span of one try of a task: `stage.task`. Spans of extractors, requests to the platform and the agent are its children.

use agent_core::definition::AgentDefinition;
use agent_core::trace::Trace;
use agent_platform::client::AgentTask;
use agent_platform::hash::ProjectHash;
use tracing::field::Empty;
use tracing::{Span, debug_span};

use super::target::Target;

/// Begins the span, and returns the trace that the parts of the try belong to.
pub(super) fn begin(
    agent: &AgentDefinition,
    project: ProjectHash,
    target: &Target,
    task: &AgentTask,
    attempt: usize,
) -> (Span, Trace) {
    let trace = Trace::fresh();
    let span = debug_span!(
        "stage.task",
        otel.kind = "consumer",
        otel.status_code = Empty,
        agent = agent.name,
        trace = trace.id().as_str(),
        stage = target.title,
        project = %project,
        data = %task.data_hash,
        task = %task.uuid,
        attempt,
        error.type = Empty,
    );
    let trace = crate::otel::begin(&span, trace);
    (span, trace)
}

/// Marks the span of a try that failed.
pub(super) fn record_failure(span: &Span) {
    span.record("otel.status_code", "error").record("error.type", "the task failed");
}
