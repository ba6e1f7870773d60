//! Signed calls from the page's backend, as received by an agent server.

use std::sync::{Arc, Mutex};

use agent_studio::{AgentServer, LocalPlatform, Page, RunningPlatform};
use axum::Router;
use axum::extract::Request;
use axum::routing::post as on_post;
use http_body_util::BodyExt;
use ring::hmac;
use serde_json::json;
use test_support::http_client::{Answer, post};
use test_support::studio::project;

/// An environment variable that cargo sets for tests.
const VARIABLE: &str = "CARGO_PKG_NAME";

#[derive(Debug, Clone, Default)]
struct Received {
    signature: String,
    timestamp: String,
    trace: String,
    content_type: String,
    body: Vec<u8>,
}

/// A server that records the last request and responds with 418.
async fn agent_server() -> (String, Arc<Mutex<Received>>) {
    let received = Arc::new(Mutex::new(Received::default()));
    let keep = Arc::clone(&received);
    let answer = move |request: Request| async move {
        let (head, body) = request.into_parts();
        let header = |name: &str| head.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        *keep.lock().unwrap() = Received {
            signature: header("x-encord-signature"),
            timestamp: header("x-encord-timestamp"),
            trace: header("x-cloud-trace-context"),
            content_type: header("content-type"),
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        };
        (hyper::StatusCode::IM_A_TEAPOT, [("x-kind", "teapot")], r#"{"message":"short and stout"}"#)
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/agent", on_post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, received)
}

async fn start(server: AgentServer) -> RunningPlatform {
    LocalPlatform::builder().project(project()).page(Page::new().agent_server(server)).start().await.unwrap()
}

async fn call(running: &RunningPlatform, server: &str, path: &str, body: &str) -> Answer {
    let call =
        json!({ "server": server, "path": path, "body": body, "trace": "0123456789abcdef0123456789abcdef/1;o=1" });
    post(&running.url(), "/page/api/signed-call", &call).await
}

#[tokio::test]
async fn agent_can_verify_signature() {
    let (address, received) = agent_server().await;
    let running = start(AgentServer::new(&address).unwrap().secret_from(VARIABLE)).await;
    let body = r#"{"projectHash": "ü",  "frame": 1.0}"#;
    let report = call(&running, &address, "/agent", body).await;
    assert_eq!(report.status, 200, "{}", report.text());
    let report = report.json();
    let received = received.lock().unwrap().clone();
    assert_eq!(received.body, body.as_bytes(), "the body is sent as it is");
    assert_eq!(
        (received.content_type.as_str(), received.trace.as_str()),
        ("application/json", "0123456789abcdef0123456789abcdef/1;o=1")
    );
    let secret = std::env::var(VARIABLE).unwrap();
    let signature: Vec<u8> =
        (0..64).step_by(2).map(|at| u8::from_str_radix(&received.signature[at..at + 2], 16).unwrap()).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, format!("{}.{body}", received.timestamp).as_bytes(), &signature).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(now.abs_diff(received.timestamp.parse().unwrap()) < 60);

    assert_eq!(
        (&report["answer"]["status"], &report["answer"]["body"]),
        (&json!(418), &json!(r#"{"message":"short and stout"}"#))
    );
    assert!(report["answer"]["headers"].as_array().unwrap().contains(&json!(["x-kind", "teapot"])));
    assert_eq!(report["request"]["body"], body);
    assert!(!report["request"].to_string().contains(&format!("\"{secret}\"")), "the secret is not shown");
}

#[tokio::test]
async fn reports_invalid_calls() {
    let (address, received) = agent_server().await;
    let running = start(AgentServer::new(&address).unwrap()).await;
    let unsigned = call(&running, &address, "/agent", "{}").await;
    assert_eq!((unsigned.status.as_u16(), unsigned.message().contains("without a secret")), (400, true));
    let unknown = call(&running, "http://127.0.0.1:1", "/agent", "{}").await;
    assert_eq!(unknown.status, 404);

    let running = start(AgentServer::new(&address).unwrap().secret_from("A_VARIABLE_THAT_IS_NOT_SET")).await;
    let unset = call(&running, &address, "/agent", "{}").await;
    assert!(unset.message().contains("A_VARIABLE_THAT_IS_NOT_SET"), "{}", unset.message());

    let running = start(AgentServer::new(&address).unwrap().secret_from(VARIABLE)).await;
    for path in ["@evil.example/agent", ".evil.example/agent", ":1/agent", ""] {
        assert_eq!(call(&running, &address, path, "{}").await.status, 400, "{path}");
    }
    assert_eq!(received.lock().unwrap().body, b"", "nothing was sent");
}

#[tokio::test]
async fn reports_unreachable_server() {
    let running = start(AgentServer::new("http://127.0.0.1:9").unwrap().secret_from(VARIABLE)).await;
    let report = call(&running, "http://127.0.0.1:9", "/agent", "{}").await.json();
    assert_eq!(report["answer"], json!(null));
    assert!(report["problem"].as_str().unwrap().starts_with("the agent server did not respond: "), "{report}");
}
