//! Traces over OTLP/HTTP (feature `otel`), configured by the standard variables `OTEL_*`.
//!
//! `#[agent_runtime::main]` exports the spans of calls if `OTEL_EXPORTER_OTLP_ENDPOINT` is set. A program with a subscriber of its own
//! adds [`layer()`](fn@layer) to it. The span of a call is a child of the caller's span in `traceparent`. Otherwise it begins a trace with
//! the trace id of the log, if that has 32 hex digits.
//!
//! Spans are exported in batches by a thread of their own. A collector that cannot be reached delays no call. A server that stops
//! exports the remaining spans within its grace time.

mod collector_client;
mod exporter;
mod propagation;
mod settings;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use self::collector_client::CollectorClient;
use self::exporter::LoggingExporter;
use self::propagation::TraceIds;
pub(crate) use self::propagation::{begin, join};
pub(crate) use self::settings::check;
use crate::start_error::StartError;

/// The provider of this process: it owns the queue of spans.
static PROVIDER: Mutex<Option<SdkTracerProvider>> = Mutex::new(None);

/// Returns a layer that exports spans over OTLP/HTTP. `None` unless `OTEL_EXPORTER_OTLP_ENDPOINT` or
/// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set, or `OTEL_TRACES_EXPORTER` is `otlp`.
///
/// It exports the spans of this crate, and those of other crates from the level `info` on, with their warnings and errors.
///
/// ```no_run
/// use tracing_subscriber::prelude::*;
///
/// # fn example() -> Result<(), agent_runtime::StartError> {
/// tracing_subscriber::registry()
///     .with(tracing_subscriber::fmt::layer().with_filter(tracing_subscriber::filter::LevelFilter::INFO))
///     .with(agent_runtime::otel::layer()?)
///     .init();
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A variable has an invalid value, or the HTTP client cannot be created.
pub fn layer<S>() -> Result<Option<impl Layer<S> + Send + Sync>, StartError>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    if !settings::is_enabled() {
        return Ok(None);
    }
    check()?;
    let tracer = provider()?.tracer("agent-runtime");
    let spans = tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false);
    let filter = filter_fn(is_exported).with_max_level_hint(LevelFilter::DEBUG);
    Ok(Some(spans.with_target(false).with_filter(filter)))
}

/// Returns `true` for spans and events that are exported. Cached by `tracing` for each place in the source.
fn is_exported(metadata: &Metadata<'_>) -> bool {
    if metadata.is_event() {
        return *metadata.level() <= Level::WARN;
    }
    let targets = Targets::new().with_default(Level::INFO).with_targets([
        ("agent_core", LevelFilter::DEBUG),
        ("agent_platform", LevelFilter::DEBUG),
        ("agent_runtime", LevelFilter::DEBUG),
        // The spans of an invocation would be the parents of the call's span, which belongs to the caller's trace.
        ("agent_runtime::server::lambda", LevelFilter::OFF),
        ("lambda_runtime", LevelFilter::OFF),
    ]);
    targets.would_enable(metadata.target(), metadata.level())
}

/// Returns the provider of this process. The first call creates it.
fn provider() -> Result<SdkTracerProvider, StartError> {
    let mut created = PROVIDER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(provider) = &*created {
        return Ok(provider.clone());
    }
    let client = CollectorClient::new(&settings::endpoint(), settings::timeout()?)?;
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).with_http_client(client);
    let exporter = exporter
        .with_retry_policy(settings::retry_policy())
        .build()
        .map_err(|source| StartError::Traces { problem: source.to_string() })?;
    let mut resource = Resource::builder();
    if let Some(name) = settings::default_service_name() {
        resource = resource.with_service_name(name);
    }
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(LoggingExporter::new(exporter))
        .with_id_generator(TraceIds::default())
        .with_resource(resource.build())
        .build();
    Ok(created.insert(provider).clone())
}

/// Exports the spans that have ended. Returns `false` if that takes longer than the timeout.
pub(crate) async fn flush(timeout: Duration) -> bool {
    let provider = PROVIDER.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(provider) = provider else { return true };
    let flushed = tokio::task::spawn_blocking(move || provider.force_flush());
    tokio::time::timeout(timeout, flushed).await.is_ok()
}
