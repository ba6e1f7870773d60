//! Spans of a call, for `tracing` subscribers. Their names and fields are stable; the guide page "See where a call spends its time"
//! lists them. All have the level `debug`: with a log at `info` a span costs one comparison.

use std::any::type_name;
use std::future::Future;
use std::pin::Pin;

use tracing::field::Empty;
use tracing::{Instrument, Span, debug_span};

use crate::error::AgentError;
use crate::requirements::short_name;
use crate::timings::{Part, Timings};

/// A boxed step of a call.
type Step<'call, T> = Pin<Box<dyn Future<Output = Result<T, AgentError>> + Send + 'call>>;

/// Puts the extraction of a parameter of type `T` in the span `agent.extract`, and measures it.
pub(crate) fn extraction<'call, T: Send + 'call>(
    timings: Option<&'call Timings>,
    step: Step<'call, T>,
) -> Step<'call, T> {
    let name = || short_name(type_name::<T>());
    let span = debug_span!("agent.extract", parameter = name(), status = Empty, otel.status_code = Empty);
    part_of_call(span, Part::extractor::<T>(timings), step)
}

/// Puts the preparation of a transaction in the span `agent.prepare`, and measures it. `name` returns the transaction's name.
pub(crate) fn preparation<'call, T: Send + 'call>(
    timings: Option<&'call Timings>,
    name: fn() -> String,
    step: Step<'call, T>,
) -> Step<'call, T> {
    let span = debug_span!("agent.prepare", transaction = name(), status = Empty, otel.status_code = Empty);
    part_of_call(span, timings.map(Part::Save), step)
}

/// Puts the commit of a transaction in the span `agent.commit`, and measures it.
pub(crate) fn commit<'call, T: Send + 'call>(
    timings: Option<&'call Timings>,
    name: fn() -> String,
    step: Step<'call, T>,
) -> Step<'call, T> {
    let span = debug_span!("agent.commit", transaction = name(), status = Empty, otel.status_code = Empty);
    part_of_call(span, timings.map(Part::Save), step)
}

/// Returns the span of the agent's function: `agent.run`.
pub(crate) fn run() -> Span {
    debug_span!("agent.run", status = Empty, otel.status_code = Empty)
}

/// Returns the span of waiting for the lock of the label row: `label_row.lock`.
pub(crate) fn row_lock() -> Span {
    debug_span!("label_row.lock")
}

/// Returns the span of reading a saved label row back: `label_row.verify`.
pub(crate) fn verification() -> Span {
    debug_span!("label_row.verify")
}

/// Returns the span of parsing a label row: `label_row.parse`.
pub(crate) fn row_parsing(bytes: usize) -> Span {
    debug_span!("label_row.parse", bytes)
}

/// Returns the span of decoding an image or a frame of a video: `media.decode`.
#[cfg(feature = "media")]
pub(crate) fn decoding() -> Span {
    debug_span!("media.decode")
}

/// Returns the span of opening a video, which reads its index: `media.open`.
#[cfg(feature = "video")]
pub(crate) fn opening() -> Span {
    debug_span!("media.open")
}

/// Records the status of an error. Statuses from 500 on mark the span as failed.
pub(crate) fn record<T>(span: &Span, result: &Result<T, AgentError>) {
    if let Err(error) = result
        && !span.is_disabled()
    {
        let status = error.status().code().as_u16();
        span.record("status", status);
        if status >= 500 {
            span.record("otel.status_code", "error");
        }
    }
}

/// Runs a step in a span, and measures it. If nobody wants to know, the step is returned as it is.
fn part_of_call<'call, T: Send + 'call>(span: Span, part: Option<Part<'call>>, step: Step<'call, T>) -> Step<'call, T> {
    if span.is_disabled() && part.is_none() {
        return step;
    }
    Box::pin(async move {
        let _running = part.map(Part::start);
        let result = step.instrument(span.clone()).await;
        record(&span, &result);
        result
    })
}
