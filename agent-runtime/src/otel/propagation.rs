//! The trace of a call as a trace of OpenTelemetry.

use std::cell::Cell;

use agent_core::trace::{ParentSpan, Trace};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

thread_local! {
    /// The id of the trace that the next root span of this thread begins.
    static NEXT_TRACE_ID: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// Random ids, except for traces that have an id already.
#[derive(Debug, Default)]
pub(super) struct TraceIds(RandomIdGenerator);

impl IdGenerator for TraceIds {
    fn new_trace_id(&self) -> TraceId {
        NEXT_TRACE_ID.take().unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}

/// Begins the span of a call: as a child of the caller's span, or as the root of the trace. Returns the trace with this span as the
/// parent of later spans.
pub(crate) fn begin(span: &Span, trace: Trace) -> Trace {
    if span.is_disabled() {
        return trace;
    }
    let parent = trace
        .parent()
        .map_or_else(Context::new, |parent| Context::new().with_remote_span_context(remote(parent, &trace)));
    // Fails only without the layer of this module.
    let _ = span.set_parent(parent);
    NEXT_TRACE_ID.set(trace_id(&trace));
    // Begins the span on this thread.
    let begun = span.context();
    NEXT_TRACE_ID.set(None);
    let begun = begun.span().span_context().clone();
    if !begun.is_valid() {
        return trace;
    }
    trace.with_parent(ParentSpan {
        trace_id: u128::from_be_bytes(begun.trace_id().to_bytes()),
        span_id: u64::from_be_bytes(begun.span_id().to_bytes()),
        sampled: begun.is_sampled(),
    })
}

/// Makes the span of background work a child of the call's span.
pub(crate) fn join(span: &Span, trace: &Trace) {
    if !span.is_disabled() {
        begin(span, trace.clone());
    }
}

/// Returns the context of the parent. A malformed `tracestate` is left out.
fn remote(ParentSpan { trace_id, span_id, sampled }: ParentSpan, trace: &Trace) -> SpanContext {
    let flags = TraceFlags::default().with_sampled(sampled);
    let state = trace.state().and_then(|state| state.parse::<TraceState>().ok()).unwrap_or_default();
    SpanContext::new(TraceId::from(trace_id), SpanId::from(span_id), flags, true, state)
}

/// Returns the id of the log as a trace id, if it has that form.
fn trace_id(trace: &Trace) -> Option<TraceId> {
    let id = trace.id().as_str();
    let id = u128::from_str_radix(id, 16).ok().filter(|number| id.len() == 32 && *number != 0)?;
    Some(TraceId::from(id))
}
