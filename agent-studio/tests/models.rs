//! Recorded responses of model servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use agent_runtime::axum::extract::State as Received;
use agent_runtime::axum::http::HeaderMap;
use agent_runtime::axum::response::IntoResponse;
use agent_runtime::axum::routing::post;
use agent_runtime::axum::{self, Router};
use agent_runtime::prelude::*;
use agent_studio::Page;
use agent_studio::replay::ModelRecorder;
use serde_json::{Value, json};
use test_support::free_port::free_port;
use tokio::task::JoinHandle;

use crate::cases::{Replay, World};
use crate::cli::{Scratch, Serving, program, run};

const KEY: &str = "sk-none-of-your-business";

/// The client of a model server.
#[derive(Clone)]
struct Model {
    url: String,
    http: reqwest::Client,
    /// Added to each question.
    prompt: &'static str,
}

impl Model {
    fn new(url: impl Into<String>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { url: url.into(), http: reqwest::Client::new(), prompt: "Where is the cup?" }
    }

    async fn ask(&self, question: usize) -> Result<f64> {
        let request = self.http.post(format!("{}/predict?version=2", self.url)).bearer_auth(KEY);
        let body = json!({ "prompt": self.prompt, "question": question }).to_string();
        let response = request.body(body).send().await?.error_for_status()?;
        let answer: Value = serde_json::from_str(&response.text().await?)?;
        answer["x"].as_f64().or_complain("The model gave no answer.")
    }
}

/// Adds a box at the position that the model returns for each of two concurrent questions.
#[editor_agent]
async fn locate(State(model): State<Model>, frame: Frame, row: &mut LabelRow) -> Result<String> {
    let (first, second) = tokio::try_join!(model.ask(1), model.ask(2))?;
    for x in [first, second] {
        row.add("Item box").bounding_box(x, 0.2, 0.1, 0.1).on(frame)?;
    }
    Ok(format!("Found at {first} and {second}."))
}

/// A model server that counts its requests. Each question has another answer.
struct ModelServer {
    url: String,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl ModelServer {
    async fn start() -> Self {
        let requests = Arc::<AtomicUsize>::default();
        let routes = Router::new().route("/v1/predict", post(predict)).with_state(Arc::clone(&requests));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, requests, task }
    }
}

/// Answers a question: its number, as tenths.
async fn predict(
    Received(requests): Received<Arc<AtomicUsize>>,
    headers: HeaderMap,
    body: String,
) -> impl IntoResponse {
    requests.fetch_add(1, Ordering::SeqCst);
    assert_eq!(headers["authorization"], format!("Bearer {KEY}"));
    let question = serde_json::from_str::<Value>(&body).unwrap()["question"].as_f64().unwrap();
    let headers = [("set-cookie", "account=1"), ("content-type", "application/json")];
    (headers, json!({ "x": question / 10.0 }).to_string())
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn server(model: Model) -> Server {
    Server::new().agents(agents![locate]).state(model)
}

#[tokio::test(flavor = "multi_thread")]
async fn replays_recorded_responses_without_the_server() {
    let models = ModelServer::start().await;
    let recorder = ModelRecorder::start("MODEL_URL").await.unwrap();
    recorder.forward_to(&models.url).unwrap();
    assert!(recorder.agent_url().ends_with("/v1") && recorder.agent_url() != models.url);
    let world = World::start_with(Page::new().record_models(&recorder), server(Model::new(recorder.agent_url()))).await;
    // Responses of earlier calls are not part of the case.
    world.save("locate", "cat.jpg", None, "locate-cat").await.done();
    let saved = world.save("locate", "rocket.jpg", None, "locate").await;
    saved.done();
    assert!(saved.err.contains("locate with 2 responses of model servers"), "{}", saved.err);
    assert_eq!(models.requests.load(Ordering::SeqCst), 4);
    let recorded = world.read("locate", "models.json");
    assert_eq!(recorded["servers"], json!({ "MODEL_URL": "/v1" }));
    let exchanges = recorded["exchanges"].as_array().unwrap();
    assert_eq!(exchanges.len(), 2);
    for exchange in exchanges {
        assert_eq!(exchange["request"]["target"], "/v1/predict?version=2");
        assert_eq!(exchange["response"]["headers"], json!({ "content-type": "application/json" }));
    }
    assert!(!recorded.to_string().contains(KEY), "{recorded}");
    drop(models);

    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/v1");
    let port = port.to_string();
    let replay = Replay::start_with(&world.cases(), server(Model::new(&url))).await;
    let ran = replay.run(&["--models-port", &port]).await;
    assert!(ran.done().contains("2 cases: 2 as expected."), "{}", ran.out);
    assert!(ran.err.contains(&format!("export MODEL_URL='{url}'")), "{}", ran.err);

    // Another question has no recorded response, unless only the path is compared.
    let changed = Model { prompt: "Where is the saucer?", ..Model::new(&url) };
    let replay = Replay::start_with(&world.cases(), server(changed)).await;
    let ran = replay.run(&["--models-port", &port]).await;
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.out.contains("no recorded response to POST /v1/predict?version=2 of MODEL_URL"), "{}", ran.out);
    for case in ["locate", "locate-cat"] {
        let manifest = world.cases().join(case).join("case.toml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        // The concurrent requests can arrive in another order.
        let text = text.replace("# message = ", "message = ") + "[models]\nmatch = \"path\"\n";
        std::fs::write(manifest, text).unwrap();
    }
    let ran = replay.run(&["--models-port", &port]).await;
    assert!(ran.done().contains("2 cases: 2 as expected."), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_prints_the_url_for_the_agents() {
    let (models, scratch) = (ModelServer::start().await, Scratch::new());
    let env_file = scratch.path(".env");
    let mut command = program();
    command.args(["serve", "--port", "0", "--write-env"]).arg(&env_file);
    command.args(["--record-models", &format!("MODEL_URL={}", models.url)]);
    let serving = Serving::start(command, "Stop with ctrl-c");
    let url = serving.after("export MODEL_URL=").trim_matches('\'').to_owned();
    assert_ne!(url, models.url);
    assert!(std::fs::read_to_string(&env_file).unwrap().contains(&url));
    assert_eq!(Model::new(&url).ask(3).await.ok(), Some(0.3));
    // A server that does not respond is named.
    drop(models);
    let response = Model::new(&url).http.post(format!("{url}/predict")).send().await.unwrap();
    assert_eq!(response.status(), 502);
    assert!(response.text().await.unwrap().contains("The model server of MODEL_URL did not respond"));
}

#[tokio::test]
async fn recording_needs_the_url_of_a_server() {
    for argument in ["MODEL_URL", "MODEL_URL=127.0.0.1:9000"] {
        let mut command = program();
        command.args(["serve", "--port", "0", "--record-models", argument]);
        run(command).await.fails_saying("write --record-models VARIABLE=URL");
    }
}
