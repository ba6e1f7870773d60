//! A collector that keeps the spans that it receives.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent_runtime::axum::body::Bytes;
use agent_runtime::axum::extract::State as Received;
use agent_runtime::axum::http::StatusCode;
use agent_runtime::axum::routing::post;
use agent_runtime::axum::{self, Router};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// Time for spans to arrive.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A running collector, with a thread of its own.
#[derive(Clone)]
pub(crate) struct Collector {
    address: SocketAddr,
    exports: Arc<Exports>,
}

#[derive(Default)]
struct Exports {
    batches: Mutex<Vec<ExportTraceServiceRequest>>,
    received: AtomicUsize,
    /// Status of the responses. 0 for 200.
    status: AtomicU16,
}

impl Collector {
    pub(crate) fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (address, exports) = (listener.local_addr().unwrap(), Arc::new(Exports::default()));
        let routes = Router::new().route("/v1/traces", post(receive)).with_state(Arc::clone(&exports));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        std::thread::spawn(move || {
            runtime.block_on(async move {
                axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), routes).await.unwrap();
            });
        });
        Self { address, exports }
    }

    /// Returns the value of `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Responds with this status from now on.
    pub(crate) fn respond_with(&self, status: u16) {
        self.exports.status.store(status, Ordering::SeqCst);
    }

    /// Waits until there were so many exports, accepted or not.
    pub(crate) fn wait_for_exports(&self, count: usize) {
        let began = Instant::now();
        while self.exports.received.load(Ordering::SeqCst) < count {
            assert!(began.elapsed() < TIMEOUT, "fewer than {count} exports");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn exports(&self) -> usize {
        self.exports.received.load(Ordering::SeqCst)
    }

    /// Returns the accepted spans.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let batches = self.exports.batches.lock().unwrap();
        let scopes = batches.iter().flat_map(|batch| &batch.resource_spans).flat_map(|spans| &spans.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }

    /// Returns the attributes of the first batch's resource.
    pub(crate) fn resource(&self) -> Vec<KeyValue> {
        let batches = self.exports.batches.lock().unwrap();
        batches[0].resource_spans[0].resource.clone().unwrap().attributes
    }
}

async fn receive(Received(exports): Received<Arc<Exports>>, body: Bytes) -> StatusCode {
    let status = match exports.status.load(Ordering::SeqCst) {
        0 => StatusCode::OK,
        status => StatusCode::from_u16(status).unwrap(),
    };
    if status.is_success() {
        exports.batches.lock().unwrap().push(ExportTraceServiceRequest::decode(body).unwrap());
    }
    exports.received.fetch_add(1, Ordering::SeqCst);
    status
}

/// Returns an attribute as text.
pub(crate) fn attribute(attributes: &[KeyValue], key: &str) -> Option<String> {
    let value = attributes.iter().find(|attribute| attribute.key == key)?.value.clone()?.value?;
    Some(match value {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(value) => value.to_string(),
        other => format!("{other:?}"),
    })
}
