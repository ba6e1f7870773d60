//! Traces of a program without the feature `otel`: nothing is exported.

use std::time::Duration;

use agent_core::trace::Trace;
use tracing::Span;

/// Begins the span of a call, and returns the trace for the parts of the call.
pub(crate) fn begin(_: &Span, trace: Trace) -> Trace {
    trace
}

/// Makes the span of background work part of a trace.
pub(crate) fn join(_: &Span, _: &Trace) {}

/// Exports the spans that have ended. Returns `false` if that takes longer than the timeout.
#[allow(clippy::unused_async, reason = "with the feature it waits")]
pub(crate) async fn flush(_: Duration) -> bool {
    true
}
