//! `/metrics` and `/readyz`.

use std::sync::{Arc, Mutex};

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};
use agent_runtime::{Metric, MetricSource, Readiness, ReadinessState, Reading, Server};
use serde_json::json;

#[editor_agent]
async fn picky(Frame(frame): Frame) -> Result<String> {
    ensure!(frame < 2, "There are two frames.");
    Ok("Fine.".to_owned())
}

#[editor_agent]
async fn crashes() {
    panic!("on purpose");
}

/// Returns the value of the sample with this name and these labels.
fn sample(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[tokio::test]
async fn counts_calls_by_agent_and_status() {
    let client = TestClient::new(agents![picky, crashes]).unwrap();
    for frame in 0..5 {
        client.call("/picky", &payload().on_frame(frame)).await;
    }
    client.call("/picky", &"no payload").await;
    client.call("/crashes", &payload()).await;
    client.call("/nowhere", &payload()).await;
    let metrics = client.get("/metrics").await;
    let text = metrics.text();
    assert_eq!(metrics.headers()["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    for (name, value) in [
        (r#"editor_agent_calls_total{agent="/picky",status="200"}"#, 2.0),
        (r#"editor_agent_calls_total{agent="/picky",status="400"}"#, 3.0),
        (r#"editor_agent_calls_total{agent="/picky",status="422"}"#, 1.0),
        (r#"editor_agent_calls_total{agent="/crashes",status="500"}"#, 1.0),
        (r#"editor_agent_call_duration_seconds_count{agent="/picky"}"#, 6.0),
        (r#"editor_agent_call_duration_seconds_bucket{le="0.5",agent="/picky"}"#, 6.0),
        (r#"editor_agent_calls_in_flight{agent="/picky"}"#, 0.0),
        (r#"editor_agent_saves_total{agent="/picky"}"#, 0.0),
    ] {
        assert_eq!(sample(&text, name), Some(value), "{name} in\n{text}");
    }
    assert!(text.ends_with("# EOF\n") && !text.contains("nowhere") && !text.contains("platform"), "{text}");
}

#[tokio::test]
async fn readiness_omits_an_unused_platform() {
    let client = TestClient::new(agents![picky]).unwrap();
    assert_eq!(client.get("/readyz").await.text(), r#"{"status":"ready"}"#);
}

/// A service with a state that the test sets.
#[derive(Clone)]
struct Service(Arc<Mutex<ReadinessState>>);

impl Readiness for Service {
    fn name(&self) -> &str {
        "segmenter"
    }

    fn read(&self) -> Reading<'_> {
        let state = *self.0.lock().unwrap();
        Box::pin(std::future::ready(state))
    }
}

#[tokio::test]
async fn readiness_reports_services() {
    let service = Service(Arc::new(Mutex::new(ReadinessState::Starting)));
    let server = Server::new().agents(agents![picky]).readiness(service.clone());
    let client = TestClient::new(server).unwrap();
    let starting = client.get("/readyz").await;
    assert_eq!((starting.status().as_u16(), starting.message()), (503, Some("`segmenter` is not ready yet.")));
    for (state, reported) in [(ReadinessState::Ready, "ok"), (ReadinessState::Failing, "failing")] {
        *service.0.lock().unwrap() = state;
        let ready = client.get("/readyz").await;
        assert_eq!(ready.json(), &json!({"status": "ready", "services": {"segmenter": reported}}));
        assert_eq!(ready.status().as_u16(), 200);
    }
}

/// A cache that counts its hits.
struct Cache(&'static str, f64);

impl MetricSource for Cache {
    fn metrics(&self) -> Vec<Metric> {
        vec![
            Metric::counter("cache_hits", "Entries that were found", self.1).with_label("cache", self.0),
            Metric::gauge("cache_fill", "Part of the cache that is used", 0.25),
            Metric::gauge("not a name", "Left out", 1.0),
        ]
    }
}

#[tokio::test]
async fn metrics_include_values_of_libraries() {
    let server = Server::new().agents(agents![picky]).metrics(Cache("large", 3.0)).metrics(Cache("small", 1.5));
    let text = TestClient::new(server).unwrap().get("/metrics").await.text();
    for (name, value) in [
        (r#"editor_agent_cache_hits_total{cache="large"}"#, 3.0),
        (r#"editor_agent_cache_hits_total{cache="small"}"#, 1.5),
        // Values with the same labels are added up.
        ("editor_agent_cache_fill", 0.5),
    ] {
        assert_eq!(sample(&text, name), Some(value), "{name} in\n{text}");
    }
    assert_eq!(text.matches("# TYPE editor_agent_cache_hits counter").count(), 1);
    assert!(!text.contains("not a name") && text.ends_with("# EOF\n"), "{text}");
}
