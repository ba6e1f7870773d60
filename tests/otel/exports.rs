//! The exported spans: trace, parents, attributes and status.

use agent_runtime::AgentPayload;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use test_support::wire::{Connection, Response};

use super::collector::{Collector, attribute};
use crate::platform::world::{World, clip, video};
use crate::program::Program;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// A program whose spans are exported to a collector.
struct Traced {
    collector: Collector,
    program: Program,
    _world: World,
}

impl Traced {
    async fn start(variables: &[(&str, &str)]) -> Self {
        let (world, collector) = (World::start().await, Collector::start());
        let url = collector.url();
        let standard =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()), ("RUST_LOG", "warn"), ("AGENT_SAVE_VERIFY", "0.001")];
        let program = Program::start_at(world.platform(), &[&standard[..], variables].concat());
        Self { collector, program, _world: world }
    }

    async fn call(&self, path: &str, headers: &[(&str, &str)], payload: &AgentPayload) -> Response {
        let mut connection = Connection::open(self.program.address()).await;
        connection.post(path, headers, &serde_json::to_string(payload).unwrap()).await;
        connection.response().await.unwrap()
    }

    /// Stops the program, which exports the last spans, and returns all of them.
    fn stop(mut self) -> Spans {
        self.program.signal("TERM");
        assert!(self.program.ended().success());
        Spans(self.collector.spans())
    }
}

/// All spans of a program.
struct Spans(Vec<Span>);

impl Spans {
    /// Returns the only span of a trace with this name.
    fn only(&self, trace: &str, name: &str) -> &Span {
        let found = self.named(trace, name);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        found[0]
    }

    fn named(&self, trace: &str, name: &str) -> Vec<&Span> {
        self.0.iter().filter(|span| hex(&span.trace_id) == trace && span.name == name).collect()
    }

    /// Returns the names of the span and its parents within the program, the outermost first.
    fn path(&self, span: &Span) -> String {
        match self.0.iter().find(|parent| parent.span_id == span.parent_span_id) {
            Some(parent) => format!("{} > {}", self.path(parent), span.name),
            None => span.name.clone(),
        }
    }

    /// Returns an attribute of the spans at this path of a trace, sorted.
    fn attributes(&self, trace: &str, path: &str, key: &str) -> Vec<String> {
        let at = |span: &&Span| hex(&span.trace_id) == trace && self.path(span) == path;
        let found = self.0.iter().filter(at).map(|span| attribute(&span.attributes, key).unwrap_or_default());
        let mut found: Vec<_> = found.collect();
        found.sort();
        found
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn traceparent(flags: &str) -> String {
    format!("00-{TRACE}-{CALLER}-{flags}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exports_the_spans_of_a_saving_call() {
    let service = [("OTEL_SERVICE_NAME", "agents"), ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")];
    let traced = Traced::start(&service).await;
    let response = traced
        .call("/mark", &[("traceparent", &traceparent("01")), ("tracestate", "vendor=a:b,other=c")], &video(0))
        .await;
    assert_eq!(response.header("tracestate"), Some("vendor=a:b,other=c"));
    assert_eq!((response.status, response.message().as_str()), (200, "marked"));
    let collector = traced.collector.clone();
    let spans = traced.stop();
    for (key, value) in service.map(|(_, value)| value.split_once('=').unwrap_or(("service.name", value))) {
        assert_eq!(attribute(&collector.resource(), key).as_deref(), Some(value));
    }
    let call = spans.only(TRACE, "agent.call");
    assert_eq!((hex(&call.parent_span_id).as_str(), call.kind()), (CALLER, SpanKind::Server));
    let call_attribute = |key| attribute(&call.attributes, key);
    assert_eq!(call_attribute("http.route").as_deref(), Some("/mark"));
    assert_eq!(call_attribute("http.response.status_code").as_deref(), Some("200"));
    assert_eq!(call.status.clone().unwrap_or_default().code(), StatusCode::Unset);
    assert!(spans.0.iter().all(|span| hex(&span.trace_id) == TRACE), "{:?}", spans.0);
    assert!(spans.0.iter().all(|span| span.trace_state == "vendor=a:b,other=c"), "{:?}", spans.0);
    let extracted = spans.attributes(TRACE, "agent.call > agent.extract", "parameter");
    assert_eq!(extracted, ["Frame", "LabelRow"]);
    let read = "agent.call > agent.extract > platform.request";
    assert_eq!(spans.attributes(TRACE, read, "http.response.status_code"), ["200"; 4]);
    assert_eq!(spans.attributes(TRACE, "agent.call > agent.prepare", "transaction"), ["label row"]);
    let saved = "agent.call > agent.commit > platform.request";
    assert_eq!(spans.attributes(TRACE, saved, "http.request.method"), ["POST"]);
    let verified = "agent.call > agent.commit > label_row.verify > platform.request";
    assert_eq!(spans.attributes(TRACE, verified, "http.request.method").len(), 1);
    let request = spans.named(TRACE, "platform.request")[0];
    assert_eq!(request.kind(), SpanKind::Client);
    let run = spans.only(TRACE, "agent.run");
    assert!(run.start_time_unix_nano >= call.start_time_unix_nano && run.end_time_unix_nano <= call.end_time_unix_nano);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_and_spans_have_one_trace_id() {
    let traced = Traced::start(&[]).await;
    let ids =
        ["105445aa7843bc8bf206b12000100000", "205445aa7843bc8bf206b12000100000", "305445aa7843bc8bf206b12000100000"];
    for (id, (path, payload)) in ids.iter().zip([("/hello", video(0)), ("/panics", video(0)), ("/pixels", clip(3))]) {
        let payload = payload.with_objects(["aaaaaaaa"]);
        traced.call(path, &[("X-Cloud-Trace-Context", &format!("{id}/7;o=1"))], &payload).await;
    }
    let unnamed = traced.call("/hello", &[], &video(0)).await;
    let unnamed = unnamed.header("x-cloud-trace-context").unwrap().split('/').next().unwrap().to_owned();
    traced.call("/fail-in-background", &[("traceparent", &traceparent("01"))], &video(0)).await;
    let unsampled = traceparent("00").replace(TRACE, "405445aa7843bc8bf206b12000100000");
    traced.call("/hello", &[("traceparent", &unsampled)], &video(0)).await;
    let spans = traced.stop();
    for id in [ids[0], &unnamed] {
        assert!(spans.only(id, "agent.call").parent_span_id.is_empty());
    }
    let panicked = spans.only(ids[1], "agent.call");
    assert_eq!(panicked.status.clone().unwrap().code(), StatusCode::Error);
    assert_eq!(attribute(&panicked.attributes, "http.response.status_code").as_deref(), Some("500"));
    let download = "agent.call > agent.extract > platform.download";
    assert_eq!(
        spans.attributes(ids[2], &format!("{download} > platform.request"), "http.response.status_code"),
        ["200"]
    );
    assert_eq!(spans.attributes(ids[2], &format!("{download} > platform.request"), "url.path"), [""]);
    assert_eq!(spans.attributes(ids[2], "agent.call > agent.extract > media.decode", "target").len(), 1);
    let work = spans.only(TRACE, "agent.background");
    assert_eq!(spans.path(work), "agent.call > agent.background");
    assert!(spans.0.iter().all(|span| !hex(&span.trace_id).starts_with("40")), "an unsampled trace was exported");
}
