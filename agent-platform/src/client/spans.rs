//! Spans of calls to the platform. They have the level `debug`. Their fields have the names of OpenTelemetry's semantic conventions
//! for HTTP, and hold neither queries nor the paths of signed URLs.

use tracing::field::Empty;
use tracing::{Span, debug_span};

use super::call::{Call, Endpoint};
use super::trace::TraceId;

/// The span of one attempt of a call: `platform.request`.
pub(super) struct RequestSpan(Span);

impl RequestSpan {
    /// Creates the span of an attempt after so many retries.
    pub(super) fn new(call: &Call, trace: &TraceId, retries: u32) -> Self {
        Self(debug_span!(
            "platform.request",
            otel.kind = "client",
            otel.status_code = Empty,
            trace = trace.as_str(),
            http.request.method = call.method.as_str(),
            http.request.resend_count = (retries > 0).then_some(retries),
            http.response.status_code = Empty,
            server.address = call.url.host_str(),
            url.path = shown_path(call),
            error.type = Empty,
        ))
    }

    /// Returns the span.
    pub(super) fn span(&self) -> Span {
        self.0.clone()
    }

    /// Records the status of the response, or the failure of an attempt without a response.
    pub(super) fn record(&self, result: Result<u16, &'static str>) {
        if self.0.is_disabled() {
            return;
        }
        match result {
            Ok(status) => {
                self.0.record("http.response.status_code", status);
            }
            Err(failure) => {
                self.0.record("error.type", failure);
            }
        }
        if result.is_ok_and(|status| status < 400) {
            return;
        }
        self.0.record("otel.status_code", "error");
    }
}

/// Returns the path for logs and spans. `None` for a signed URL, whose path may be a secret.
fn shown_path(call: &Call) -> Option<&str> {
    (!matches!(call.endpoint, Endpoint::Storage)).then(|| call.url.path())
}

/// The span of a file download with all its attempts: `platform.download`.
pub(super) struct DownloadSpan(Span);

impl DownloadSpan {
    /// Creates the span.
    pub(super) fn new(call: &Call, trace: &TraceId) -> Self {
        Self(debug_span!(
            "platform.download",
            otel.status_code = Empty,
            trace = trace.as_str(),
            server.address = call.url.host_str(),
            bytes = Empty,
        ))
    }

    /// Returns the span.
    pub(super) fn span(&self) -> Span {
        self.0.clone()
    }

    /// Records the length of the file. `None` if the download failed.
    pub(super) fn record(&self, length: Option<u64>) {
        match length {
            Some(length) => self.0.record("bytes", length),
            None => self.0.record("otel.status_code", "error"),
        };
    }
}
