//! Values for `/metrics`.

use std::collections::BTreeMap;
use std::time::Duration;

use agent_models::served::{Batching, InferRequest, ServedModel, Tensor};
use agent_runtime::RunningServer;
use agent_runtime::prelude::*;
use futures_util::future::join_all;
use serde_json::json;
use test_support::scripted_server::{Reply, Request, Server as ModelServer, nobody};
use test_support::wire::{Connection, PAYLOAD};

use crate::double_server::DoubleServer;

/// A time that no test waits for.
const LONG: Duration = Duration::from_secs(3600);

fn request(rows: usize, number: f32) -> InferRequest {
    InferRequest::new([Tensor::from_f32("x", [rows, 2], &vec![number; 2 * rows]).unwrap()])
}

/// Doubles as many rows as the number of the frame. On frame 0, a row of negative numbers.
#[editor_agent]
async fn double(call: EditorCall, State(model): State<ServedModel>, Frame(frame): Frame) -> Result<String> {
    let rows = usize::try_from(frame)?;
    let request = if rows == 0 { request(1, -1.0) } else { request(rows, 1.0) };
    Ok(format!("{} outputs", model.infer_for(&call, request).await?.outputs().len()))
}

/// Starts a server of the agent.
async fn serve(model: &ServedModel, configure: impl FnOnce(Server) -> Server) -> RunningServer {
    let server = Server::new().agents(agents![double]).state(model.clone()).metrics(model.clone()).port(0);
    configure(server).start().await.unwrap()
}

/// Calls the agent on each of the frames at once. Returns the statuses.
async fn call(server: &RunningServer, frames: &[usize]) -> Vec<u16> {
    let calls = frames.iter().map(async |frame| {
        let mut connection = Connection::open(server.address()).await;
        let payload = PAYLOAD.replace(r#""frame": 0"#, &format!(r#""frame": {frame}"#));
        connection.post("/double", &[], &payload).await;
        connection.response().await.unwrap().status
    });
    join_all(calls).await
}

/// Returns the values of model servers in a response of `/metrics`, by name and labels.
async fn scraped(server: &RunningServer) -> BTreeMap<String, f64> {
    let mut connection = Connection::open(server.address()).await;
    connection.write("GET /metrics HTTP/1.1\r\nHost: agent.test\r\n\r\n").await;
    let text = connection.response().await.unwrap().body;
    assert!(text.ends_with("# EOF\n"), "{text}");
    let samples = text.lines().filter_map(|line| line.strip_prefix("editor_agent_model_server_")?.rsplit_once(' '));
    samples.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
}

/// Checks values of the model.
fn check(samples: &BTreeMap<String, f64>, model: &str, expected: &[(&str, u32)]) {
    for (name, value) in expected {
        let name = format!(r#"{name}_total{{model="{model}"}}"#);
        let found = samples.get(&name).unwrap_or_else(|| panic!("{name} in {samples:?}"));
        assert!((found - f64::from(*value)).abs() < f64::EPSILON, "{name} in {samples:?}");
    }
}

/// Returns the time in seconds of this name.
fn seconds(samples: &BTreeMap<String, f64>, name: &str, model: &str) -> f64 {
    samples[&format!(r#"{name}_seconds_total{{model="{model}"}}"#)]
}

/// Returns the kinds of errors of the model that occurred, with their numbers.
fn errors(samples: &BTreeMap<String, f64>, model: &str) -> Vec<(String, f64)> {
    let end = format!(r#"",model="{model}"}}"#);
    let kinds = samples
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(r#"errors_total{kind=""#)?.strip_suffix(&end)?, *value)));
    let kinds: Vec<(&str, f64)> = kinds.collect();
    assert_eq!(kinds.len(), 11, "a series of each kind from the start: {samples:?}");
    kinds.into_iter().filter(|(_, value)| *value > 0.0).map(|(kind, value)| (kind.to_owned(), value)).collect()
}

#[tokio::test]
async fn metrics_show_items_and_requests_of_batches() {
    let builder = ServedModel::builder(DoubleServer::default().start().await).timeout(LONG);
    let model = builder.batching(Batching::new(6, LONG)).build().unwrap();
    let server = serve(&model, |server| server).await;
    let names = ["inferences", "requests", "batches", "batch_items", "queued", "sent_bytes", "missing_tensors"];
    check(&scraped(&server).await, "double", &names.map(|name| (name, 0)));

    assert_eq!(call(&server, &[1, 2, 3]).await, [200; 3]);
    let samples = scraped(&server).await;
    let expected = [("inferences", 3), ("requests", 1), ("batches", 1), ("batch_items", 6), ("queued", 3)];
    check(&samples, "double", &expected);
    let bytes = [model.counts().bytes_sent, model.counts().bytes_received].map(|bytes| u32::try_from(bytes).unwrap());
    assert!(bytes[0] > 0 && bytes[1] > 0, "{bytes:?}");
    check(&samples, "double", &[("sent_bytes", bytes[0]), ("received_bytes", bytes[1])]);
    assert!(seconds(&samples, "request", "double") > 0.0, "{samples:?}");
    assert_eq!(errors(&samples, "double"), []);

    // A request that fills a batch does not wait.
    assert_eq!(call(&server, &[7]).await, [200]);
    let expected = [("inferences", 4), ("requests", 2), ("batches", 2), ("batch_items", 13), ("queued", 3)];
    check(&scraped(&server).await, "double", &expected);
}

#[tokio::test]
async fn metrics_show_the_wait_for_a_batch() {
    let delay = Duration::from_millis(200);
    let builder = ServedModel::builder(DoubleServer::default().start().await).timeout(LONG);
    let model = builder.batching(Batching::new(100, delay)).build().unwrap();
    let server = serve(&model, |server| server).await;
    assert_eq!(call(&server, &[1]).await, [200]);
    let samples = scraped(&server).await;
    check(&samples, "double", &[("queued", 1), ("batches", 1), ("batch_items", 1)]);
    let waited = seconds(&samples, "queue", "double");
    assert!((0.2..10.0).contains(&waited), "{samples:?}");
}

#[tokio::test]
async fn rejected_batch_is_an_error_of_one_call() {
    let builder = ServedModel::builder(DoubleServer::default().start().await).timeout(LONG);
    let model = builder.batching(Batching::new(4, LONG)).build().unwrap();
    let server = serve(&model, |server| server).await;
    assert_eq!(call(&server, &[0, 1, 2]).await, [502, 200, 200]);
    let samples = scraped(&server).await;
    // The batch, and each of its requests alone.
    check(&samples, "double", &[("inferences", 3), ("requests", 4), ("batches", 1), ("batch_items", 4)]);
    assert_eq!(errors(&samples, "double"), [("rejected".to_owned(), 1.0)]);
    assert_eq!(model.counts().failures, 1);
}

#[tokio::test]
async fn metrics_tell_models_and_errors_apart() {
    let model = ServedModel::builder(DoubleServer::default().start().await).build().unwrap();
    let gone = ServedModel::builder(format!("{}/v2/models/gone", nobody().await)).retries(0).build().unwrap();
    let server = serve(&model, |server| server.metrics(gone.clone()).memory_budget(1 << 20)).await;
    assert_eq!(call(&server, &[1, 0, 0]).await, [200, 502, 502]);
    // It needs more memory than the budget has.
    assert_eq!(call(&server, &[1_000_000]).await, [413]);
    gone.infer(request(1, 1.0)).await.unwrap_err();
    let samples = scraped(&server).await;
    check(&samples, "double", &[("inferences", 4), ("requests", 3), ("batches", 0), ("queued", 0)]);
    let expected = [("no_memory", 1.0), ("rejected", 2.0)].map(|(kind, count)| (kind.to_owned(), count));
    assert_eq!(errors(&samples, "double"), expected);
    check(&samples, "gone", &[("inferences", 1), ("requests", 0)]);
    assert_eq!(errors(&samples, "gone"), [("unreachable".to_owned(), 1.0)]);
}

/// Checks that the time of a request is counted although nobody waits for its end. The model responds to its first request only.
async fn check_timeout(url: &str, timeout: Duration) {
    let model = ServedModel::builder(url).timeout(timeout).build().unwrap();
    let server = serve(&model, |server| server).await;
    assert_eq!(call(&server, &[1]).await, [200]);
    let fast = seconds(&scraped(&server).await, "request", "sam");
    assert_eq!(call(&server, &[1]).await, [504]);
    let samples = scraped(&server).await;
    let slow = seconds(&samples, "request", "sam") - fast;
    assert!(slow > 0.7 * timeout.as_secs_f64(), "{fast} s, then {slow} s with {url}");
    check(&samples, "sam", &[("inferences", 2), ("requests", 2)]);
    assert_eq!(errors(&samples, "sam"), [("timeout".to_owned(), 1.0)]);
}

#[tokio::test]
async fn time_of_requests_includes_timeouts() {
    let timeout = Duration::from_secs(2);
    let mut inferences = 0;
    let http = ModelServer::start(move |request: &Request, _| {
        inferences += usize::from(request.target.ends_with("/infer"));
        if inferences < 2 { Reply::json(200, &json!({"extensions": [], "outputs": []})) } else { Reply::Hang }
    });
    check_timeout(&format!("{}/v2/models/sam", http.await.base()), timeout).await;
    #[cfg(feature = "served-grpc")]
    {
        use crate::grpc_server::{GrpcServer, Reply, framed, output};
        let grpc = GrpcServer::start(|_, number| match number {
            0 => Reply::Data(framed(&output("y", 2.0)), vec![("grpc-status", "0")]),
            _ => Reply::Hang,
        });
        check_timeout(&grpc.await.url, timeout).await;
    }
}
