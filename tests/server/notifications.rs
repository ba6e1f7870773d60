//! Notifications of agent stages and workflows: reading, deduplication, coalescing, and work in the background.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_runtime::{AnyEvent, Notification, StageWorkAvailable, TaskCompleted, WorkReason, handlers, on_notification};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

const SECRET: &str = "whsec_made-up";

/// A journal of the handlers, and a gate that they wait at.
#[derive(Clone)]
struct Journal {
    done: Arc<Mutex<Vec<String>>>,
    gate: Arc<Semaphore>,
}

impl Journal {
    fn new(open: usize) -> Self {
        Self { done: Arc::default(), gate: Arc::new(Semaphore::new(open)) }
    }

    fn write(&self, line: impl Into<String>) {
        self.done.lock().unwrap().push(line.into());
    }

    /// Returns the lines of the journal, once there are at least `count`.
    async fn lines(&self, count: usize) -> Vec<String> {
        let began = Instant::now();
        loop {
            let lines = self.done.lock().unwrap().clone();
            if lines.len() >= count {
                return lines;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "{lines:?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// Takes work.
#[on_notification]
async fn work(work: Notification<StageWorkAvailable>, journal: State<Journal>) -> Result<()> {
    let _pass = journal.gate.acquire().await?;
    let StageWorkAvailable { pending_count, reason, .. } = &work.event;
    journal.write(format!("{} {pending_count} {reason:?}", work.uid.as_u128()));
    Ok(())
}

#[on_notification(path = "/done")]
async fn completed(task: Notification<TaskCompleted>, journal: State<Journal>) {
    journal.write(format!("{:?}", task.event.0.label_hashes));
}

#[on_notification]
async fn everything(notification: Notification<AnyEvent>, journal: State<Journal>) {
    journal.write(format!("{} {}", notification.event.event_type, notification.event.payload));
}

#[on_notification(timeout = "50ms")]
async fn fails(work: Notification<StageWorkAvailable>, journal: State<Journal>) -> Result<()> {
    match work.event.pending_count {
        0 => panic!("no work"),
        1 => bail!("The work is too hard."),
        2 => std::future::pending().await,
        _ => {}
    }
    journal.write("worked");
    Ok(())
}

#[on_notification(signature = "off")]
async fn unsigned_handler(_work: Notification<StageWorkAvailable>) {}

#[on_notification(signature = "when-present")]
async fn open(notification: Notification<AnyEvent>, journal: State<Journal>) {
    journal.write(format!("{} {}", notification.uid.as_u128(), notification.event.event_type));
}

/// Logs its start and end, and waits at the gate in between.
#[on_notification]
async fn drain(work: Notification<StageWorkAvailable>, journal: State<Journal>) -> Result<()> {
    let stage = work.event.stage_uuid.as_u128();
    journal.write(format!("begins {stage} for {}", work.uid.as_u128()));
    journal.gate.acquire().await?.forget();
    journal.write(format!("ends {stage}"));
    match work.event.pending_count {
        0 => panic!("no work"),
        1 => bail!("The work is too hard."),
        _ => Ok(()),
    }
}

/// Receives every event, and waits at the gate.
#[on_notification]
async fn drain_any(notification: Notification<AnyEvent>, journal: State<Journal>) -> Result<()> {
    journal.write(format!("begins {}", notification.uid.as_u128()));
    journal.gate.acquire().await?.forget();
    Ok(())
}

/// Returns a notification of `count` pending tasks in a stage of its own.
fn work_of(uid: u128, count: i64) -> Value {
    work_in(uid, uid, count)
}

/// Returns a notification of `count` pending tasks in this stage.
fn work_in(stage: u128, uid: u128, count: i64) -> Value {
    let stage = uuid::Uuid::from_u128(stage);
    json!({
        "uid": uuid::Uuid::from_u128(uid), "version": 1, "source": "Encord",
        "event_type": "agent_stage_work_available_event", "event_created_timestamp": "2023-11-14T22:13:20+00:00",
        "payload": {
            "project_hash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3", "stage_uuid": stage,
            "pending_count": count, "reason": "batch_size_reached"
        }
    })
}

fn server(journal: &Journal) -> Server {
    Server::new()
        .agents(agents![])
        .on_notification(handlers![work, completed, everything, fails, open, drain, drain_any])
        .state(journal.clone())
        .webhook_secret(SECRET)
}

fn client(journal: &Journal) -> TestClient {
    TestClient::new(server(journal)).unwrap().signing_with(SECRET)
}

#[tokio::test]
async fn responds_before_the_handler_ends() {
    let journal = Journal::new(0);
    let client = client(&journal);
    let response = client.call("/work", &work_of(1, 3)).await;
    assert_eq!((response.status().as_u16(), response.text().as_str()), (200, "null"));
    assert!(journal.done.lock().unwrap().is_empty());
    journal.gate.add_permits(1);
    assert_eq!(journal.lines(1).await, [format!("1 3 {:?}", WorkReason::BatchSizeReached)]);
}

/// The response to a notification whose work is queued or in progress.
const COALESCED: &str = r#"{"message":"This work waits or is under way already; what is new is done afterwards."}"#;

/// Returns the notification of a completed task, an event without a coalescing key.
fn completion(uid: u128) -> Value {
    let mut task = work_of(uid, 0);
    task["event_type"] = "task_completed_event".into();
    task["payload"] = json!({"project_hash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3", "label_hashes": ["one", "two"]});
    task
}

#[tokio::test]
async fn deduplicates_redelivered_notifications() {
    let journal = Journal::new(1);
    let client = client(&journal);
    for (uid, text) in [(1, "null"), (1, r#"{"message":"This notification has come before."}"#), (2, "null")] {
        let response = client.call("/work", &work_of(uid, 3)).await;
        assert_eq!((response.status().as_u16(), response.text().as_str()), (200, text));
    }
    assert_eq!(journal.lines(2).await.len(), 2);
}

#[tokio::test]
async fn same_uid_reaches_every_handler() {
    let journal = Journal::new(2);
    let client = client(&journal);
    for path in ["/done", "/everything", "/open"] {
        assert_eq!(client.call(path, &completion(7)).await.text(), "null", "{path}");
    }
    assert_eq!(journal.lines(3).await.len(), 3);
    assert!(client.call("/done", &completion(7)).await.text().contains("has come before"));
}

#[tokio::test]
async fn unsigned_delivery_does_not_suppress_signed_one() {
    let journal = Journal::new(0);
    let unsigned = TestClient::new(server(&journal)).unwrap();
    let signed = unsigned.clone().signing_with(SECRET);
    for (client, text) in [(&unsigned, "null"), (&signed, "null"), (&unsigned, "before"), (&signed, "before")] {
        let response = client.call("/open", &completion(7)).await.text();
        assert!(response.contains(text), "{response}");
    }
    assert_eq!(journal.lines(2).await.len(), 2);
}

#[tokio::test]
async fn unsigned_flood_does_not_flush_signed_deliveries() {
    let journal = Journal::new(0);
    let unsigned = TestClient::new(server(&journal)).unwrap();
    let signed = unsigned.clone().signing_with(SECRET);
    assert_eq!(signed.call("/open", &completion(7)).await.text(), "null");
    for uid in 0..10_050 {
        assert_eq!(unsigned.call("/open", &completion(1_000_000 + uid)).await.text(), "null");
        tokio::task::yield_now().await;
    }
    assert!(signed.call("/open", &completion(7)).await.text().contains("has come before"));
}

#[tokio::test]
async fn coalesces_work_of_a_stage_while_handler_is_busy() {
    let journal = Journal::new(0);
    let client = client(&journal);
    assert_eq!(client.call("/drain", &work_in(1, 11, 5)).await.text(), "null");
    assert_eq!(journal.lines(1).await, ["begins 1 for 11"]);
    for uid in [12, 13, 14] {
        let response = client.call("/drain", &work_in(1, uid, 5)).await;
        assert_eq!((response.status().as_u16(), response.text().as_str()), (200, COALESCED));
    }
    // Work of another stage, and of the same stage in another project, is not coalesced.
    assert_eq!(client.call("/drain", &work_in(2, 21, 5)).await.text(), "null");
    let mut elsewhere = work_in(1, 31, 5);
    elsewhere["payload"]["project_hash"] = uuid::Uuid::from_u128(9).to_string().into();
    assert_eq!(client.call("/drain", &elsewhere).await.text(), "null");
    assert_eq!(journal.lines(3).await[1..], ["begins 2 for 21", "begins 1 for 31"]);
    journal.gate.add_permits(1);
    // The next run handles the newest notification, and starts after the first has ended.
    assert_eq!(journal.lines(5).await[3..], ["ends 1", "begins 1 for 14"]);
    journal.gate.add_permits(3);
    assert_eq!(journal.lines(8).await.len(), 8);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(journal.done.lock().unwrap().len(), 8, "three notifications are coalesced into one run");
    assert_eq!(client.call("/drain", &work_in(1, 15, 5)).await.text(), "null");
    assert_eq!(journal.lines(9).await[8], "begins 1 for 15");
}

#[tokio::test]
async fn coalesces_work_of_a_stage_for_handlers_of_any_event() {
    let journal = Journal::new(0);
    let client = client(&journal);
    assert_eq!(client.call("/drain-any", &work_in(1, 11, 5)).await.text(), "null");
    journal.lines(1).await;
    assert_eq!(client.call("/drain-any", &work_in(1, 12, 5)).await.text(), COALESCED);
    for uid in [13, 14] {
        assert_eq!(
            client.call("/drain-any", &completion(uid)).await.text(),
            "null",
            "an event without a stage is not coalesced"
        );
    }
    assert_eq!(journal.lines(3).await, ["begins 11", "begins 13", "begins 14"]);
}

#[tokio::test]
async fn queued_work_covers_later_notifications() {
    let journal = Journal::new(0);
    let client = TestClient::new(server(&journal).background_concurrency(1)).unwrap().signing_with(SECRET);
    assert_eq!(client.call("/drain", &work_in(1, 11, 5)).await.text(), "null");
    journal.lines(1).await;
    assert_eq!(client.call("/drain", &work_in(2, 21, 5)).await.text(), "null");
    assert_eq!(client.call("/drain", &work_in(2, 22, 5)).await.text(), COALESCED);
    journal.gate.add_permits(3);
    assert_eq!(journal.lines(4).await[1..], ["ends 1", "begins 2 for 21", "ends 2"]);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(journal.done.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn coalesced_run_follows_a_run_that_fails() {
    let journal = Journal::new(0);
    let client = client(&journal);
    for (stage, count) in [(1, 0), (2, 1)] {
        assert_eq!(client.call("/drain", &work_in(stage, 10 * stage, count)).await.text(), "null");
        journal.lines(usize::try_from(stage).unwrap()).await;
        assert_eq!(client.call("/drain", &work_in(stage, 10 * stage + 1, 5)).await.text(), COALESCED);
    }
    journal.gate.add_permits(4);
    let lines = journal.lines(8).await;
    for line in ["begins 1 for 11", "begins 2 for 21"] {
        assert!(lines.iter().any(|done| done == line), "{lines:?}");
    }
}

#[tokio::test]
async fn coalesced_run_does_not_start_after_the_grace_time() {
    for (grace, runs) in [(5000, 2), (100, 1)] {
        let journal = Journal::new(0);
        let running = server(&journal).port(0).shutdown_grace(Duration::from_millis(grace)).start().await.unwrap();
        for uid in [11, 12] {
            send(&running, "/drain", &work_in(1, uid, 5)).await;
            journal.lines(1).await;
        }
        let gate = Arc::clone(&journal.gate);
        let opening = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            gate.add_permits(2);
        });
        running.stop().await;
        opening.await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let lines = journal.done.lock().unwrap().clone();
        assert_eq!(lines.iter().filter(|line| line.starts_with("begins")).count(), runs, "{lines:?}");
    }
}

#[tokio::test]
async fn rejects_unsigned_notifications() {
    let journal = Journal::new(1);
    let unsigned = TestClient::new(server(&journal)).unwrap();
    for client in [unsigned.clone(), unsigned.signing_with("another")] {
        let response = client.call("/work", &work_of(1, 3)).await;
        assert_eq!(response.message(), Some("Request could not be verified as coming from Encord."));
        assert_eq!(response.status().as_u16(), 401);
    }
    let error = Server::new().agents(agents![]).on_notification(handlers![everything]).state(journal.clone());
    let error = error.into_router().unwrap_err().to_string();
    assert!(error.contains("`everything`") && error.contains("ENCORD_WEBHOOK_SECRET"), "{error}");
    let open = Server::new().agents(agents![]).on_notification(handlers![unsigned_handler]);
    assert_eq!(TestClient::new(open).unwrap().call("/unsigned-handler", &work_of(1, 3)).await.status().as_u16(), 200);
    assert!(journal.done.lock().unwrap().is_empty());
}

#[tokio::test]
async fn dispatches_events_by_type() {
    let journal = Journal::new(1);
    let client = client(&journal);
    let mut task = completion(1);
    let response = client.call("/work", &task).await;
    let expected =
        r#"This address takes agent_stage_work_available_event, and does nothing about "task_completed_event"."#;
    assert_eq!((response.status().as_u16(), response.message()), (200, Some(expected)));
    assert_eq!(client.call("/done", &task).await.text(), "null");
    assert_eq!(journal.lines(1).await, [r#"["one", "two"]"#]);
    task["uid"] = work_of(2, 0)["uid"].clone();
    task["payload"] = json!({"new": [1.50]});
    task["event_type"] = "from the future".into();
    assert_eq!(client.call("/everything", &task).await.text(), "null");
    assert_eq!(journal.lines(2).await[1], r#"from the future {"new":[1.5]}"#);
}

#[tokio::test]
async fn malformed_notification_gets_422_without_type_names() {
    let journal = Journal::new(1);
    let client = client(&journal);
    let with = |change: fn(&mut Value)| {
        let mut changed = work_of(1, 3);
        change(&mut changed);
        changed
    };
    for (notification, status, expected) in [
        (with(|it| it["version"] = 2.into()), 501, "version 2, and this server reads version 1"),
        (
            with(|it| it["payload"]["pending_count"] = 1.5.into()),
            422,
            "`payload.pending_count` must be a whole number, not 1.5.",
        ),
        (with(|it| it["payload"]["stage_uuid"] = "x".into()), 422, "`payload.stage_uuid` is not a UUID."),
        (with(|it| drop(it["payload"].as_object_mut().unwrap().remove("reason"))), 422, "`payload.reason` is missing."),
        (with(|it| it["payload"] = Value::Null), 422, "`payload` must be an object."),
        (with(|it| it["payload"] = "x".into()), 422, "`payload` must be an object."),
        (with(|it| it["payload"] = json!([1, 2, 3, 4])), 422, "`payload` must be an object."),
        (with(|it| it["uid"] = Value::Null), 422, "`uid` "),
        (with(|it| drop(it.as_object_mut().unwrap().remove("uid"))), 422, "`uid` is missing."),
        (with(|it| it["source"] = 5.into()), 422, "`source` must be a string, not 5."),
        (with(|it| it["event_created_timestamp"] = true.into()), 422, "`event_created_timestamp` must be "),
        (json!([]), 422, "The notification cannot be read: it is not a JSON object."),
    ] {
        let response = client.call("/work", &notification).await;
        let message = response.message().unwrap_or_default();
        assert!(response.status().as_u16() == status && message.contains(expected), "{status} {message}");
        for name in ["StageWorkAvailable", "struct", "enum", "Rest", "Head", "i64", "line 1"] {
            assert!(!message.contains(name), "{message}");
        }
    }
    let mut task = completion(1);
    task["payload"] = "x".into();
    let message = client.call("/done", &task).await.message().unwrap_or_default().to_owned();
    assert_eq!(message, "The notification cannot be read: `payload` must be an object.");
    assert!(journal.done.lock().unwrap().is_empty());
}

/// Sends a signed body, which may be invalid JSON.
async fn send_text(client: &TestClient, path: &str, body: &str) -> agent_runtime::testing::TestResponse {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().to_string();
    let signature = agent_runtime::testing::signature(SECRET, &now, body.as_bytes());
    let request = axum::http::Request::post(path).header("x-encord-timestamp", &now);
    let request = request.header("x-encord-signature", signature).body(axum::body::Body::from(body.to_owned()));
    client.send(request.unwrap()).await
}

#[tokio::test]
async fn reads_values_like_the_reference() {
    let journal = Journal::new(1);
    let client = client(&journal);
    let text = work_of(1, 3).to_string();
    let reason = format!("{:?}", WorkReason::BatchSizeReached);
    for (uid, count, body) in [
        (1, 1, text.replace("\"pending_count\":3", "\"pending_count\":true")),
        (2, 0, text.replace("\"pending_count\":3", "\"pending_count\":false")),
        (3, -1000, text.replace("\"pending_count\":3", "\"pending_count\":\" -1_000 \"")),
        (4, 3, text.replace("\"pending_count\":3", "\"pending_count\":9,\"pending_count\":3")),
        (5, 3, text.replace("\"version\":1", "\"version\":2,\"version\":1")),
        (6, 3, format!("\u{feff}{text}")),
        (7, 3, text.replace("2023-11-14T22:13:20+00:00", "yesterday")),
    ] {
        let own = |number: u128| uuid::Uuid::from_u128(number).to_string();
        // A stage of its own, so that it is not coalesced.
        let body = body.replace(&own(1), &own(uid));
        let response = send_text(&client, "/work", &body).await;
        assert_eq!((response.status().as_u16(), response.text().as_str()), (200, "null"), "{uid}");
        let lines = journal.lines(usize::try_from(uid).unwrap()).await;
        assert_eq!(lines.last().unwrap(), &format!("{uid} {count} {reason}"));
    }
}

#[tokio::test]
async fn failing_handlers_do_not_affect_others() {
    let journal = Journal::new(1);
    let client = client(&journal);
    for count in 0..4 {
        let response = client.call("/fails", &work_of(1 + count, i64::try_from(count).unwrap())).await;
        assert_eq!(response.status().as_u16(), 200);
    }
    assert_eq!(journal.lines(1).await, ["worked"]);
}

#[tokio::test]
async fn rejects_notifications_above_the_limit_with_503() {
    let journal = Journal::new(0);
    let router = server(&journal).background_concurrency(2);
    let client = TestClient::new(router).unwrap().signing_with(SECRET);
    for uid in 1..=256 {
        assert_eq!(client.call("/work", &work_of(uid, 1)).await.status().as_u16(), 200);
    }
    let rejected = client.call("/work", &work_of(257, 1)).await;
    assert_eq!((rejected.status().as_u16(), rejected.headers()["retry-after"].as_bytes()), (503, &b"10"[..]));
    journal.gate.add_permits(1);
    assert_eq!(journal.lines(256).await.len(), 256);
    assert_eq!(client.call("/work", &work_of(257, 1)).await.text(), "null");
    assert_eq!(journal.lines(257).await.len(), 257);
}

/// Sends a signed notification over a new connection.
async fn send(server: &agent_runtime::RunningServer, path: &str, notification: &Value) {
    let mut connection = test_support::wire::Connection::open(server.address()).await;
    let body = notification.to_string();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().to_string();
    let signature = agent_runtime::testing::signature(SECRET, &now, body.as_bytes());
    connection.post(path, &[("X-Encord-Timestamp", &now), ("X-Encord-Signature", &signature)], &body).await;
    assert_eq!(connection.response().await.unwrap().status, 200);
}

#[tokio::test]
async fn shutdown_waits_for_handlers_within_the_grace_time() {
    for (grace, finishes) in [(5000, true), (100, false)] {
        let journal = Journal::new(0);
        let running = server(&journal).port(0).shutdown_grace(Duration::from_millis(grace)).start().await.unwrap();
        send(&running, "/work", &work_of(1, 3)).await;
        let gate = Arc::clone(&journal.gate);
        let opening = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            gate.add_permits(1);
        });
        let began = Instant::now();
        running.stop().await;
        let took = began.elapsed();
        assert_eq!(journal.done.lock().unwrap().len(), usize::from(finishes), "{took:?}");
        assert!(took < Duration::from_secs(3), "{took:?}");
        opening.await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(journal.done.lock().unwrap().len(), usize::from(finishes), "stopped work does not continue");
    }
}

#[tokio::test]
async fn get_on_a_handler_gets_405_with_instructions() {
    let client = client(&Journal::new(1));
    let response = client.get("/work").await;
    assert_eq!((response.status().as_u16(), response.headers()["allow"].as_bytes()), (405, &b"POST"[..]));
    assert_eq!(response.message(), Some("`/work` takes notifications: send them with POST."));
    let astray = client.call("/Work/", &work_of(1, 3)).await;
    assert_eq!(
        (astray.status().as_u16(), astray.message()),
        (404, Some("There is no agent at `/Work/`. Did you mean `/work`?"))
    );
}

#[tokio::test]
async fn lists_handlers_and_rejects_duplicate_paths() {
    let journal = Journal::new(1);
    let listing = client(&journal).get("/").await;
    let first = &listing.json()["notificationHandlers"][0];
    let expected = json!({
        "name": "work", "path": "/work", "description": "Takes work.", "eventType": "agent_stage_work_available_event",
        "signature": "required"
    });
    assert_eq!(first, &expected);
    let twice = server(&journal).on_notification(handlers![work]).into_router().unwrap_err().to_string();
    assert!(twice.contains("two agents want the path `/work`"), "{twice}");
}
