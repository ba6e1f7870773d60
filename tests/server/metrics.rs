//! `/metrics` and `/readyz`.

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};

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
