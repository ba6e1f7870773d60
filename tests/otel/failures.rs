//! Collectors that fail: calls succeed, the log says so once, and the program stops in time.

use std::net::TcpListener;

use test_support::wire::{Connection, PAYLOAD};

use super::collector::Collector;
use crate::program::Program;

async fn call(program: &Program) {
    let mut connection = Connection::open(program.address()).await;
    connection.post("/hello", &[], PAYLOAD).await;
    assert_eq!(connection.response().await.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rejected_exports_are_logged_once() {
    let collector = Collector::start();
    collector.respond_with(400);
    let url = collector.url();
    let mut program = Program::start(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &url),
        ("OTEL_BSP_SCHEDULE_DELAY", "10"),
        ("RUST_LOG", "info"),
    ]);
    for exports in 1..=3 {
        call(&program).await;
        collector.wait_for_exports(exports);
    }
    program.logged(&["WARN", "traces cannot be exported"]);
    collector.respond_with(200);
    let before = collector.exports();
    call(&program).await;
    collector.wait_for_exports(before + 1);
    program.logged(&["traces are exported again"]);
    assert_eq!(program.log().matches("traces cannot be exported").count(), 1, "{}", program.log());
    program.signal("TERM");
    assert!(program.ended().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_stops_despite_unresponsive_collector() {
    // It accepts connections, and never responds.
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", collector.local_addr().unwrap());
    let mut program = Program::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &url), ("AGENT_SHUTDOWN_GRACE", "1")]);
    call(&program).await;
    program.signal("TERM");
    assert!(program.ended().success(), "{}", program.log());
    assert!(program.log().contains("the last traces were not exported in time"), "{}", program.log());
}

#[cfg(feature = "tls")]
#[test]
fn unsupported_protocol_stops_the_start() {
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
    let error = Program::start_error(&variables);
    assert!(error.contains("OTEL_EXPORTER_OTLP_PROTOCOL is `grpc`"), "{error}");
}
