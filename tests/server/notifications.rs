//! What agent stages and workflows tell, and what becomes of it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_runtime::{AnyEvent, Notification, StageWorkAvailable, TaskCompleted, WorkReason, on_notification};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

const SECRET: &str = "whsec_made-up";

/// What handlers have done, and a gate that they wait at.
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

    /// What was done, once there is so much of it.
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
async fn everything(told: Notification<AnyEvent>, journal: State<Journal>) {
    journal.write(format!("{} {}", told.event.event_type, told.event.payload));
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
async fn believes_everybody(_work: Notification<StageWorkAvailable>) {}

fn work_of(uid: u128, count: i64) -> Value {
    json!({
        "uid": agent_runtime::uuid::Uuid::from_u128(uid), "version": 1, "source": "Encord",
        "event_type": "agent_stage_work_available_event", "event_created_timestamp": "2023-11-14T22:13:20+00:00",
        "payload": {
            "project_hash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3", "stage_uuid": "a0000002-5c1e-4f3a-9b2d-000000000002",
            "pending_count": count, "reason": "batch_size_reached"
        }
    })
}

fn server(journal: &Journal) -> Server {
    Server::new()
        .agents(agents![])
        .on_notification::<work>()
        .on_notification::<completed>()
        .on_notification::<everything>()
        .on_notification::<fails>()
        .state(journal.clone())
        .webhook_secret(SECRET)
}

fn client(journal: &Journal) -> TestClient {
    TestClient::new(server(journal)).unwrap().signing_with(SECRET)
}

#[tokio::test]
async fn the_platform_is_answered_before_the_work_is_done() {
    let journal = Journal::new(0);
    let client = client(&journal);
    let answer = client.call("/work", &work_of(1, 3)).await;
    assert_eq!((answer.status().as_u16(), answer.text().as_str()), (200, "null"));
    assert!(journal.done.lock().unwrap().is_empty());
    journal.gate.add_permits(1);
    assert_eq!(journal.lines(1).await, [format!("1 3 {:?}", WorkReason::BatchSizeReached)]);
}

#[tokio::test]
async fn a_delivery_that_comes_again_is_not_worked_on_twice() {
    let journal = Journal::new(1);
    let client = client(&journal);
    for (uid, text) in [(1, "null"), (1, r#"{"message":"This notification has come before."}"#), (2, "null")] {
        let answer = client.call("/work", &work_of(uid, 3)).await;
        assert_eq!((answer.status().as_u16(), answer.text().as_str()), (200, text));
    }
    assert_eq!(journal.lines(2).await.len(), 2);
}

#[tokio::test]
async fn unsigned_notifications_are_refused() {
    let journal = Journal::new(1);
    let unsigned = TestClient::new(server(&journal)).unwrap();
    for client in [unsigned.clone(), unsigned.signing_with("another")] {
        let answer = client.call("/work", &work_of(1, 3)).await;
        assert_eq!(answer.message(), Some("Request could not be verified as coming from Encord."));
        assert_eq!(answer.status().as_u16(), 401);
    }
    let error = Server::new().agents(agents![]).on_notification::<everything>().state(journal.clone());
    let error = error.into_router().unwrap_err().to_string();
    assert!(error.contains("`everything`") && error.contains("ENCORD_WEBHOOK_SECRET"), "{error}");
    let open = Server::new().agents(agents![]).on_notification::<believes_everybody>();
    assert_eq!(TestClient::new(open).unwrap().call("/believes-everybody", &work_of(1, 3)).await.status().as_u16(), 200);
    assert!(journal.done.lock().unwrap().is_empty());
}

#[tokio::test]
async fn events_go_to_whom_they_concern() {
    let journal = Journal::new(1);
    let client = client(&journal);
    let mut task = work_of(1, 0);
    task["event_type"] = "task_completed_event".into();
    task["payload"] = json!({"project_hash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3", "label_hashes": ["one", "two"]});
    let answer = client.call("/work", &task).await;
    let said = r#"This address takes agent_stage_work_available_event, and does nothing about "task_completed_event"."#;
    assert_eq!((answer.status().as_u16(), answer.message()), (200, Some(said)));
    assert_eq!(client.call("/done", &task).await.text(), "null");
    assert_eq!(journal.lines(1).await, [r#"["one", "two"]"#]);
    task["uid"] = work_of(2, 0)["uid"].clone();
    task["payload"] = json!({"new": [1.50]});
    task["event_type"] = "from the future".into();
    assert_eq!(client.call("/everything", &task).await.text(), "null");
    assert_eq!(journal.lines(2).await[1], r#"from the future {"new":[1.5]}"#);
}

#[tokio::test]
async fn what_cannot_be_read_says_what_is_wrong() {
    let journal = Journal::new(1);
    let client = client(&journal);
    let with = |change: fn(&mut Value)| {
        let mut changed = work_of(1, 3);
        change(&mut changed);
        changed
    };
    for (notification, status, said) in [
        (with(|it| it["version"] = 2.into()), 501, "version 2, and this server reads version 1"),
        (with(|it| it["payload"]["pending_count"] = 1.5.into()), 422, "payload: `1.5` is no whole number"),
        (with(|it| it["payload"]["stage_uuid"] = "x".into()), 422, "payload: "),
        (with(|it| it["uid"] = Value::Null), 422, "The notification cannot be read: "),
        (json!([]), 422, "The notification cannot be read: it is no JSON object."),
    ] {
        let answer = client.call("/work", &notification).await;
        let message = answer.message().unwrap_or_default();
        assert!(answer.status().as_u16() == status && message.contains(said), "{status} {message}");
    }
    assert!(journal.done.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_handler_that_fails_panics_or_hangs_harms_nobody_else() {
    let journal = Journal::new(1);
    let client = client(&journal);
    for count in 0..4 {
        let answer = client.call("/fails", &work_of(1 + count, i64::try_from(count).unwrap())).await;
        assert_eq!(answer.status().as_u16(), 200);
    }
    assert_eq!(journal.lines(1).await, ["worked"]);
}

#[tokio::test]
async fn only_so_many_are_worked_on_and_wait() {
    let journal = Journal::new(0);
    let router = server(&journal).background_concurrency(2);
    let client = TestClient::new(router).unwrap().signing_with(SECRET);
    for uid in 1..=256 {
        assert_eq!(client.call("/work", &work_of(uid, 1)).await.status().as_u16(), 200);
    }
    let refused = client.call("/work", &work_of(257, 1)).await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].as_bytes()), (503, &b"10"[..]));
    journal.gate.add_permits(1);
    assert_eq!(journal.lines(256).await.len(), 256);
    assert_eq!(client.call("/work", &work_of(257, 1)).await.text(), "null");
    assert_eq!(journal.lines(257).await.len(), 257);
}

#[tokio::test]
async fn a_server_that_stops_finishes_its_work_within_the_grace_time() {
    for (grace, finishes) in [(5000, true), (100, false)] {
        let journal = Journal::new(0);
        let running = server(&journal).port(0).shutdown_grace(Duration::from_millis(grace)).start().await.unwrap();
        let mut connection = crate::wire::Connection::open(running.address()).await;
        let body = work_of(1, 3).to_string();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().to_string();
        let signature = agent_runtime::testing::signature(SECRET, &now, body.as_bytes());
        connection.post("/work", &[("X-Encord-Timestamp", &now), ("X-Encord-Signature", &signature)], &body).await;
        assert_eq!(connection.answer().await.unwrap().status, 200);
        drop(connection);
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
        assert_eq!(journal.done.lock().unwrap().len(), usize::from(finishes), "what was stopped stays stopped");
    }
}

#[tokio::test]
async fn who_only_looks_is_told_how_notifications_come() {
    let client = client(&Journal::new(1));
    let answer = client.get("/work").await;
    assert_eq!((answer.status().as_u16(), answer.headers()["allow"].as_bytes()), (405, &b"POST"[..]));
    assert_eq!(answer.message(), Some("`/work` takes notifications: send them with POST."));
    let astray = client.call("/Work/", &work_of(1, 3)).await;
    assert_eq!(
        (astray.status().as_u16(), astray.message()),
        (404, Some("There is no agent at `/Work/`. Did you mean `/work`?"))
    );
}

#[tokio::test]
async fn a_listing_names_handlers_and_paths_do_not_clash() {
    let journal = Journal::new(1);
    let listing = client(&journal).get("/").await;
    let first = &listing.json()["notificationHandlers"][0];
    let expected = json!({
        "name": "work", "path": "/work", "description": "Takes work.", "eventType": "agent_stage_work_available_event",
        "signature": "required"
    });
    assert_eq!(first, &expected);
    let twice = server(&journal).on_notification::<work>().into_router().unwrap_err().to_string();
    assert!(twice.contains("two agents want the path `/work`"), "{twice}");
}
