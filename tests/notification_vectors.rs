//! Signatures and notifications as the Python package judged them: `signature-vectors.json` of the recorded contract.
//!
//! `AGENT_CONTRACT=FOLDER cargo test -p agent-tests --features contract --test notification_vectors`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "contract/folder.rs"]
mod folder;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use agent_runtime::axum::body::Body;
use agent_runtime::axum::http::{HeaderName, HeaderValue, Request};
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, signature};
use agent_runtime::{Notification, StageWorkAvailable, WebhookSecrets, on_notification};
use base64::Engine;
use serde::Deserialize;
use tokio::sync::mpsc;

#[derive(Deserialize)]
struct Vectors {
    notifications: Notifications,
}

#[derive(Deserialize)]
struct Notifications {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    secret: String,
    /// Unix seconds.
    now: f64,
    headers: Vec<(String, String)>,
    body_base64: String,
    http_response: Recorded,
}

#[derive(Deserialize)]
struct Recorded {
    status: u16,
    body: serde_json::Value,
}

impl Case {
    fn body(&self) -> Vec<u8> {
        base64::engine::general_purpose::STANDARD.decode(&self.body_base64).unwrap()
    }

    fn headers(&self) -> HeaderMap {
        let header = |(name, value): &(String, String)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), value)
        };
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers.iter().map(header) {
            headers.append(name, value);
        }
        headers
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs_f64(self.now)
    }
}

/// What is answered otherwise than recorded, and why.
fn instead(case: &Case) -> u16 {
    match (case.name.as_str(), case.http_response.status) {
        // JSON is UTF-8, and the platform sends no other. And what is a bug of the server there tells the sender here what
        // is wrong.
        ("byte order mark" | "utf-16 body", 200) | (_, 500) => 422,
        (_, status) => status,
    }
}

#[test]
fn signatures_are_judged_as_recorded() {
    let vectors: Vectors = folder::read("signature-vectors.json");
    let mut judged = (0, 0);
    for case in &vectors.notifications.cases {
        let secrets = WebhookSecrets::of_lines(&case.secret);
        let verified = secrets.verify(&case.headers(), &case.body(), case.now());
        if case.headers().contains_key("x-encord-editor-agent") {
            // Answered before anybody looks at signatures.
            continue;
        }
        // Without a secret that server fails at every request, and this one does not start.
        let expected = case.http_response.status != 401 && !case.secret.is_empty();
        assert_eq!(verified.is_ok(), expected, "{}: {verified:?}", case.name);
        if expected { judged.0 += 1 } else { judged.1 += 1 }
    }
    println!("{} signatures verified, {} refused", judged.0, judged.1);
    assert!(judged.0 > 20 && judged.1 > 10, "{judged:?}");
}

#[on_notification]
async fn work(
    work: Notification<StageWorkAvailable>,
    told: State<mpsc::UnboundedSender<Notification<StageWorkAvailable>>>,
) {
    let _ = told.send(work);
}

#[tokio::test]
async fn notifications_are_read_as_recorded() {
    let vectors: Vectors = folder::read("signature-vectors.json");
    let mut answered = 0;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    let mut findings = Vec::new();
    for case in vectors.notifications.cases.iter().filter(|case| case.http_response.status != 401) {
        if case.secret.is_empty() {
            continue;
        }
        let (sender, mut told) = mpsc::unbounded_channel::<Notification<StageWorkAvailable>>();
        let server =
            Server::new().agents(agents![]).on_notification::<work>().state(sender).webhook_secret(&case.secret);
        let client = TestClient::new(server).unwrap();
        // Signed again: the recorded time is over.
        let body = case.body();
        let mut request = Request::post("/work");
        for (name, value) in &case.headers() {
            if !name.as_str().starts_with("x-encord-") {
                request = request.header(name, value);
            }
        }
        request = request.header("x-encord-timestamp", &now);
        request = request.header("x-encord-signature", signature(&case.secret, &now, &body));
        let answer = client.send(request.body(Body::from(body)).unwrap()).await;
        answered += 1;
        let status = answer.status().as_u16();
        if status != instead(case) {
            findings.push(format!("{}: {status} {}, recorded {}", case.name, answer.text(), case.http_response.status));
        }
        let recorded = &case.http_response.body["json"];
        if let Some(uid) = recorded["uid"].as_str().filter(|_| status == 200) {
            let work = told.recv().await.unwrap();
            assert_eq!(work.uid.to_string(), uid, "{}", case.name);
            assert_eq!(recorded["project_hash"], work.event.project_hash.to_string(), "{}", case.name);
            assert_eq!(recorded["stage_uuid"], work.event.stage_uuid.to_string(), "{}", case.name);
            assert_eq!(recorded["pending_count"], work.event.pending_count, "{}", case.name);
            assert_eq!(recorded["source"], work.source.as_str(), "{}", case.name);
        }
    }
    println!("{answered} notifications answered as recorded");
    assert!(answered > 20 && findings.is_empty(), "{answered} answered\n{}", findings.join("\n"));
}
