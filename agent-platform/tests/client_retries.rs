//! Retries: conditions, number, delay and budget.

use std::time::{Duration, Instant};

use agent_platform::client::{
    Error, LabelRowToSave, PlatformClient, RetryPolicy, SignedUrl, StorageItemPatch, Validation,
};
use serde_json::json;
use serde_json::value::RawValue;
use uuid::{Uuid, uuid};

use test_support::client;
use test_support::scripted_server::{Reply, Server, nobody};

const PROJECT: Uuid = uuid!("00000000-0000-4000-8000-000000000001");
const LABEL: &str = "00000000-0000-4000-8000-000000000002";

fn project() -> Reply {
    Reply::json(200, &json!({"projectHash": PROJECT, "projectType": "workflow", "title": "t", "ontologyHash": "o"}))
}

fn acknowledged() -> Reply {
    Reply::json(200, &json!({"status": 200, "response": true}))
}

/// Starts a server that fails `times` times, then responds.
async fn failing(times: usize, failure: Reply, answer: Reply) -> Server {
    Server::start(move |_, number| if number < times { failure.clone() } else { answer.clone() }).await
}

async fn save(platform: &PlatformClient) -> Result<(), Error> {
    let row = RawValue::from_string(r#"{"label_hash": "x"}"#.to_owned()).unwrap();
    platform.save_label_row(PROJECT, LabelRowToSave::new(LABEL, &row), Validation::Skipped).await
}

async fn patch(platform: &PlatformClient) -> Result<(), Error> {
    let patch = StorageItemPatch { name: Some("n".to_owned()), ..StorageItemPatch::default() };
    platform.update_storage_item(PROJECT, PROJECT, &patch).await.map(drop)
}

fn failures() -> [(&'static str, Reply); 5] {
    [
        ("500", Reply::empty(500)),
        ("502", Reply::empty(502)),
        ("503", Reply::empty(503)),
        ("closed", Reply::Close),
        ("cut off", Reply::CutOff { status: 200, body: b"{".to_vec() }),
    ]
}

#[tokio::test]
async fn retries_reads_three_times() {
    for (name, failure) in failures() {
        let server = failing(3, failure.clone(), project()).await;
        client::platform(&server).project(PROJECT).await.unwrap();
        assert_eq!(server.requests().len(), 4, "{name}");
        let server = failing(4, failure, project()).await;
        let error = client::platform(&server).project(PROJECT).await.unwrap_err();
        assert!(error.is_retryable() && !error.may_have_acted(), "{name}: {error:?}");
        assert_eq!(server.requests().len(), 4, "{name}");
    }
}

#[tokio::test]
async fn does_not_retry_writes_that_may_have_succeeded() {
    for (name, failure) in failures() {
        let server = failing(1, failure, acknowledged()).await;
        let platform = client::platform(&server);
        for error in [
            save(&platform).await.unwrap_err(),
            {
                server.restart(|_, _| Reply::Close);
                patch(&platform).await.unwrap_err()
            },
            {
                server.restart(|_, _| Reply::Close);
                platform.complete(PROJECT, &[LABEL]).await.unwrap_err()
            },
            {
                server.restart(|_, _| Reply::Close);
                platform.create_label_row(PROJECT, LABEL, "main", SignedUrl::Unwanted).await.unwrap_err()
            },
        ] {
            assert!(error.may_have_acted(), "{name}: {error:?}");
            assert_eq!(server.requests().len(), 1, "{name}");
        }
    }
}

#[tokio::test]
async fn retries_writes_that_were_rejected() {
    for status in [413, 429] {
        let server = failing(2, Reply::empty(status), acknowledged()).await;
        save(&client::platform(&server)).await.unwrap();
        assert_eq!(server.requests().len(), 3);
        let server = failing(9, Reply::empty(status), acknowledged()).await;
        let error = save(&client::platform(&server)).await.unwrap_err();
        assert!(!error.may_have_acted(), "{error:?}");
        assert_eq!(server.requests().len(), 4);
    }
}

#[tokio::test]
async fn retries_every_request_without_connection() {
    let domain = agent_platform::client::Domain::parse(&nobody().await).unwrap();
    let server = Server::always(Reply::Close).await;
    let policy = RetryPolicy {
        initial_backoff: Duration::from_millis(40),
        max_backoff: Duration::from_millis(40),
        ..client::quick()
    };
    let platform = client::builder(&server).domain(domain).retry(policy).build().unwrap();
    let began = Instant::now();
    let error = save(&platform).await.unwrap_err();
    assert!(matches!(error, Error::Connection(_)) && error.is_retryable() && !error.may_have_acted());
    // Three delays of 20 to 40 ms.
    assert!(began.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn does_not_retry_rejected_requests() {
    for status in [400, 401, 403, 404, 405, 409, 410, 422, 501, 504] {
        let server = Server::always(Reply::empty(status)).await;
        client::platform(&server).project(PROJECT).await.unwrap_err();
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn each_attempt_has_its_own_signature_and_span() {
    let server = Server::always(Reply::empty(500)).await;
    let policy = RetryPolicy { initial_backoff: Duration::from_millis(1100), retries: 1, ..client::quick() };
    let policy = RetryPolicy { max_backoff: Duration::from_millis(2200), ..policy };
    let platform = client::builder(&server).retry(policy).build().unwrap();
    platform.project(PROJECT).await.unwrap_err();
    platform.project(PROJECT).await.unwrap_err();
    let requests = server.requests();
    let of = |name| requests.iter().map(|request| request.header(name).unwrap().to_owned()).collect::<Vec<_>>();
    let (traces, inputs) = (of("x-cloud-trace-context"), of("signature-input"));
    let trace = |at: usize| traces[at].split('/').next().unwrap().to_owned();
    assert_eq!(trace(0), trace(1));
    assert_ne!(trace(1), trace(2));
    assert_ne!(traces[0], traces[1]);
    // More than half a second passes between the attempts of a call, so at least every other second differs.
    assert!(inputs[0] != inputs[3], "{inputs:?}");
}

#[tokio::test]
async fn waits_for_retry_after_up_to_its_limit() {
    let policy = RetryPolicy { max_retry_after: Duration::from_millis(150), ..client::quick() };
    let later = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(600));
    for value in ["7", &later] {
        for status in [429, 503] {
            let server = failing(1, Reply::empty(status).with_header("Retry-After", value), project()).await;
            let platform = client::builder(&server).retry(policy.clone()).build().unwrap();
            let began = Instant::now();
            platform.project(PROJECT).await.unwrap();
            assert!(began.elapsed() >= Duration::from_millis(150), "{value}");
        }
    }
}

#[tokio::test]
async fn fails_immediately_if_delay_exceeds_call_timeout() {
    let server = Server::always(Reply::empty(429).with_header("Retry-After", "3600")).await;
    let platform =
        client::builder(&server).retry(RetryPolicy::default()).call_timeout(Duration::from_secs(5)).build().unwrap();
    let began = Instant::now();
    let error = platform.project(PROJECT).await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(2));
    assert!(matches!(error, Error::RateLimitExceeded(_)) && error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(error.message(), "Rate limit exceeded. Retry after 3600 seconds.");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn reports_rate_limits_in_legacy_envelopes() {
    let limited = json!({"status": 429, "response": ["RATE_LIMIT_ERROR"], "payload": "slow down"});
    let server = Server::always(Reply::json(200, &limited)).await;
    let error = client::platform(&server).user_projects(None).await.unwrap_err();
    assert!(matches!(error, Error::RateLimitExceeded(_)) && error.is_retryable());
    assert_eq!((error.message(), server.requests().len()), ("slow down", 1));
}

#[tokio::test]
async fn all_calls_share_one_retry_budget() {
    let server = Server::always(Reply::empty(500)).await;
    let policy = RetryPolicy { budget: 4, ..client::quick() };
    let platform = client::builder(&server).retry(policy).build().unwrap();
    for expected in [4, 6, 7, 8] {
        // 3 retries, then the last one, then none.
        platform.clone().project(PROJECT).await.unwrap_err();
        assert_eq!(server.requests().len(), expected);
    }
    server.restart(|_, _| project());
    for _ in 0..10 {
        platform.project(PROJECT).await.unwrap();
    }
    server.restart(|_, _| Reply::empty(500));
    platform.project(PROJECT).await.unwrap_err();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn save_does_not_use_closed_connection() {
    let body = json!({"status": 200, "response": true}).to_string().into_bytes();
    let server = Server::always(Reply::Last { body }).await;
    let platform = client::platform(&server);
    for _ in 0..5 {
        save(&platform).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let connections: Vec<_> = server.requests().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn policy_never_disables_retries() {
    let server = Server::always(Reply::empty(429)).await;
    let platform = client::builder(&server).retry(RetryPolicy::never()).build().unwrap();
    platform.project(PROJECT).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
}
