//! The client against `MLServer`, over both transports. `AGENT_MLSERVER` is its program.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use agent_core::readiness::{Readiness, ReadinessState};
use agent_models::served::{Batching, InferRequest, ServedError, ServedModel, Tensor};
use futures_util::future::join_all;
use test_support::free_port::free_port;

/// A running server. It is killed when dropped.
struct MlServer {
    process: Child,
    /// URLs of the model, over HTTP and gRPC.
    urls: [String; 2],
}

impl MlServer {
    async fn start() -> Self {
        let program = std::env::var("AGENT_MLSERVER").expect("AGENT_MLSERVER is the program of MLServer");
        let [http, grpc, metrics] = [free_port(), free_port(), free_port()];
        let process = Command::new(program)
            .args(["start", "."])
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/served/mlserver"))
            .env("MLSERVER_HOST", "127.0.0.1")
            .env("MLSERVER_HTTP_PORT", http.to_string())
            .env("MLSERVER_GRPC_PORT", grpc.to_string())
            .env("MLSERVER_METRICS_PORT", metrics.to_string())
            .env("MLSERVER_PARALLEL_WORKERS", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = |scheme, port| format!("{scheme}://127.0.0.1:{port}/v2/models/double");
        let server = Self { process, urls: [url("http", http), url("grpc", grpc)] };
        let started = Instant::now();
        for url in &server.urls {
            let model = ServedModel::builder(url).build().unwrap();
            while model.metadata().await.is_err() {
                assert!(started.elapsed() < Duration::from_secs(120), "MLServer does not start");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        server
    }
}

impl Drop for MlServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn request(rows: u16) -> InferRequest {
    let numbers: Vec<f32> = (0..2 * rows).map(f32::from).collect();
    let pixels: Vec<u8> = (0..12 * rows).map(|value| u8::try_from(value % 256).unwrap()).collect();
    let rows = usize::from(rows);
    let x = Tensor::from_f32("x", [rows, 2], &numbers).unwrap();
    InferRequest::new([x, Tensor::from_u8("pixels", [rows, 2, 2, 3], pixels).unwrap()])
}

async fn check(model: &ServedModel, rows: u16) {
    let response = model.infer(request(rows)).await.unwrap();
    let doubled: Vec<f32> = (0..2 * rows).map(|number| 2.0 * f32::from(number)).collect();
    assert_eq!(response.f32("y", &[-1, 2]).unwrap(), doubled);
    let brightest = response.f32("brightest", &[isize::try_from(rows).unwrap(), 3]).unwrap();
    assert_eq!(brightest[..3], [9.0, 10.0, 11.0]);
}

#[tokio::test]
#[ignore = "needs MLServer"]
async fn mlserver_infers_over_both_transports() {
    let server = MlServer::start().await;
    for url in &server.urls {
        let model = ServedModel::builder(url).build().unwrap();
        assert_eq!(model.read().await, ReadinessState::Ready, "{url}");
        check(&model, 3).await;
        let batching = Batching::new(6, Duration::from_secs(5));
        let batched = ServedModel::builder(url).batching(batching).build().unwrap();
        join_all([1, 2, 3].map(|rows| check(&batched, rows))).await;

        let negative = InferRequest::new([Tensor::from_f32("x", [1, 1], &[-1.0]).unwrap()]);
        let rejected = model.infer(negative).await.unwrap_err();
        assert!(matches!(ServedError::from_agent_error(&rejected), Some(ServedError::Rejected { .. })), "{rejected:?}");
        let other = ServedModel::builder(url.replace("double", "other")).build().unwrap();
        let unknown = other.infer(request(1)).await.unwrap_err();
        assert_eq!(unknown.message(), "The model server does not have the model `other`.");
        let small = ServedModel::builder(url).max_response_bytes(10).build().unwrap();
        let long = small.infer(request(1)).await.unwrap_err();
        assert!(long.message().contains("larger than the 10 bytes"), "{long}");
    }
}
