//! Tests of `notify` on the sample project, with a mock webhook.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent_runtime::Server;
use agent_runtime::axum::{Router, http::StatusCode, routing::post};
use serde_json::Value;
use tokio::net::TcpListener;

use super::SampleProject;
use crate::notify::Webhook;

/// Messages received by the webhook.
type Arrived = Arc<Mutex<Vec<Value>>>;

/// Starts a webhook that responds with these statuses, then with 200, each after a delay.
async fn webhook(statuses: &[u16], time: Duration) -> (String, Arrived) {
    let (arrived, statuses) = (Arrived::default(), Arc::new(Mutex::new(VecDeque::from(statuses.to_vec()))));
    let seen = Arc::clone(&arrived);
    let answer = move |body: String| {
        seen.lock().unwrap().push(serde_json::from_str(&body).unwrap());
        let status = statuses.lock().unwrap().pop_front().unwrap_or(200);
        async move {
            tokio::time::sleep(time).await;
            StatusCode::from_u16(status).unwrap()
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/services/T/B/x", listener.local_addr().unwrap());
    let serving = agent_runtime::axum::serve(listener, Router::new().route("/services/T/B/x", post(answer)));
    tokio::spawn(serving.into_future());
    (url, arrived)
}

async fn sample(url: &str, required: bool) -> SampleProject {
    SampleProject::start(Server::new().state(Webhook::new(url, required).unwrap())).await
}

#[tokio::test]
async fn responds_at_once_and_delivers_once() {
    let (url, arrived) = webhook(&[], Duration::from_secs(3)).await;
    let sample = sample(&url, false).await;
    let payload = sample.payload("gravel.jpg", 0, &["T+f0yrGm"]);
    let start = Instant::now();
    assert_eq!(sample.call("/notify", &payload).await.message, "Sending the message to the team.");
    assert_eq!(sample.call("/notify", &payload).await.message, "This message was already sent to the team.");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    let other = sample.payload("coins.png", 0, &[]);
    assert_eq!(sample.call("/notify", &other).await.message, "Sending the message to the team.");
    tokio::time::timeout(Duration::from_secs(20), async {
        while arrived.lock().unwrap().len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    let link = format!("https://app.encord.com/label_editor/{}/{}/0", payload.project_hash, payload.data_hash);
    let said = arrived.lock().unwrap()[0]["text"].as_str().unwrap().to_owned();
    let who_and_what = "annotator@example.test points at gravel.jpg, frame 0: Coin (T+f0yrGm).";
    assert_eq!(said, format!("{who_and_what} <{link}|Open in the label editor>"));
}

#[tokio::test]
async fn retries_busy_webhook() {
    let (url, arrived) = webhook(&[503, 429], Duration::ZERO).await;
    let sample = sample(&url, true).await;
    let answer = sample.call("/notify", &sample.payload("cat.jpg", 0, &[])).await;
    assert_eq!((answer.status, answer.message.as_str()), (200, "The message was sent to the team."));
    assert_eq!(arrived.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn reports_failed_delivery_only_if_required() {
    let (url, arrived) = webhook(&[404, 404, 404], Duration::ZERO).await;
    let required = sample(&url, true).await;
    let payload = required.payload("cat.jpg", 0, &[]);
    for tried in [1, 2] {
        let answer = required.call("/notify", &payload).await;
        assert_eq!((answer.status, answer.message.as_str()), (502, "The message could not be delivered."));
        assert_eq!(arrived.lock().unwrap().len(), tried, "it is not tried again by itself, and by the annotator it is");
    }
    let relaxed = sample(&url, false).await;
    assert_eq!(relaxed.call("/notify", &payload).await.status, 200);
}

#[tokio::test]
async fn requires_webhook_setting() {
    let sample = SampleProject::start(Server::new()).await;
    let answer = sample.call("/notify", &sample.payload("cat.jpg", 0, &[])).await;
    assert_eq!(answer.status, 400);
    assert!(answer.message.starts_with("Set NOTIFY_WEBHOOK to the URL"), "{}", answer.message);
}
