//! A process of `MLServer`. `AGENT_MLSERVER` is its program.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use agent_models::served::ServedModel;
use test_support::free_port::free_port;

/// A running server. It is killed when dropped.
pub(crate) struct MlServer {
    process: Child,
    /// Ports of HTTP and gRPC.
    pub(crate) ports: [u16; 2],
}

impl MlServer {
    /// Starts the server with the models of the tests.
    pub(crate) async fn start() -> Self {
        let program = std::env::var("AGENT_MLSERVER").expect("AGENT_MLSERVER is the program of MLServer");
        let [http, grpc, metrics] = [free_port(), free_port(), free_port()];
        let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let process = Command::new(program)
            .args(["start", "."])
            .current_dir(crate_folder.join("tests/served/mlserver"))
            .env("PYTHONPATH", crate_folder.join("../examples/deploy/model-server"))
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
        let server = Self { process, ports: [http, grpc] };
        let started = Instant::now();
        for url in [server.urls("double"), server.urls("kept")].concat() {
            let model = ServedModel::builder(url).build().unwrap();
            while model.metadata().await.is_err() {
                assert!(started.elapsed() < Duration::from_secs(120), "MLServer does not start");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        server
    }

    /// Returns the URLs of a model, over HTTP and gRPC.
    pub(crate) fn urls(&self, model: &str) -> [String; 2] {
        let [http, grpc] = self.ports;
        [("http", http), ("grpc", grpc)].map(|(scheme, port)| format!("{scheme}://127.0.0.1:{port}/v2/models/{model}"))
    }
}

impl Drop for MlServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
