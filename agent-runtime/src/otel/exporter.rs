//! The exporter, which logs that the collector cannot be reached.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_otlp::SpanExporter as OtlpExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// An exporter that logs the first failure, and the next success.
#[derive(Debug)]
pub(super) struct LoggingExporter {
    exporter: OtlpExporter,
    is_failing: AtomicBool,
}

impl LoggingExporter {
    pub(super) fn new(exporter: OtlpExporter) -> Self {
        Self { exporter, is_failing: AtomicBool::new(false) }
    }
}

impl SpanExporter for LoggingExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let exported = self.exporter.export(batch).await;
        let was_failing = self.is_failing.swap(exported.is_err(), Ordering::Relaxed);
        match &exported {
            Err(error) if !was_failing => tracing::warn!(
                %error,
                "traces cannot be exported: check OTEL_EXPORTER_OTLP_ENDPOINT and the collector; this is logged once"
            ),
            Ok(()) if was_failing => tracing::info!("traces are exported again"),
            _ => {}
        }
        exported
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
