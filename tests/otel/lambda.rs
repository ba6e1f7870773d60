//! Traces in AWS Lambda, which stops a program after each response.

use test_support::lambda::{Function, Received, RuntimeApi, Sender, Sent};
use test_support::wire::PAYLOAD;

use super::collector::Collector;

#[test]
fn spans_are_exported_before_the_response() {
    let (api, collector) = (RuntimeApi::start(), Collector::start());
    let url = collector.url();
    let _function = Function::start(
        env!("CARGO_BIN_EXE_lambda-agent"),
        &api,
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", &url), ("OTEL_BSP_SCHEDULE_DELAY", "600000")],
    );
    let call = Sent::new("POST", "/hello").json(PAYLOAD);
    let response = Received::of(&api.invoke(&call.event(Sender::FunctionUrl)).response());
    assert_eq!(response.status, 200);
    let spans = collector.spans();
    let call = spans.iter().find(|span| span.name == "agent.call").unwrap();
    assert!(call.parent_span_id.is_empty(), "{call:?}");
    assert!(spans.iter().all(|span| span.trace_id == call.trace_id), "{spans:?}");
    assert!(spans.iter().any(|span| span.name == "agent.run"), "{spans:?}");
}
