//! Injected faults, from the view of a client.

use std::time::{Duration, Instant};

use agent_platform::auth::Credentials;
use agent_platform::client::{
    Domain, Error, LabelRowFilter, LabelRowToSave, PlatformClient, ReadLabels, RetryPolicy, SignedUrl, Validation,
};
use agent_studio::{CallKind, Effect, Fault, LocalPlatform, RunningPlatform};
use serde_json::value::RawValue;
use test_support::studio::{PROJECT, VIDEO, project};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn start() -> (RunningPlatform, PlatformClient) {
    let running = LocalPlatform::builder().project(project()).start().await.unwrap();
    let platform = PlatformClient::builder()
        .credentials(running.credentials().unwrap())
        .domain(Domain::parse(&running.url()).unwrap())
        .retry(RetryPolicy::never())
        .read_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    (running, platform)
}

async fn save(platform: &PlatformClient, running: &RunningPlatform) -> Result<(), Error> {
    let label_hash = running.create_label_row(VIDEO, "main").unwrap();
    let row = RawValue::from_string(running.label_row(&label_hash).unwrap()).unwrap();
    platform.save_label_row(PROJECT, LabelRowToSave::new(&label_hash, &row), Validation::Skipped).await
}

fn edited(running: &RunningPlatform) -> String {
    let label_hash = running.create_label_row(VIDEO, "main").unwrap();
    let row: serde_json::Value = serde_json::from_str(&running.label_row(&label_hash).unwrap()).unwrap();
    row["last_edited_at"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn scripted_responses_affect_matching_calls() {
    let (running, platform) = start().await;
    let faults = running.faults();
    faults.add(Fault::new(Effect::message(500, "Broken.")).on(CallKind::Project).times(1));
    faults.add(Fault::new(Effect::rate_limited(7)).on(CallKind::ListLabelRows).times(1));
    faults.add(Fault::new(Effect::legacy(403, "AUTHORISATION_ERROR")).on(CallKind::ListLabelRows).times(1));
    let broken = platform.project(PROJECT).await.unwrap_err();
    assert_eq!(broken.message(), "Broken.");
    platform.project(PROJECT).await.unwrap();
    let list = async || platform.list_label_rows(PROJECT, &LabelRowFilter::default()).await;
    let limited = list().await.unwrap_err();
    assert!(matches!(limited, Error::RateLimitExceeded { .. }), "{limited:?}");
    assert!(matches!(list().await, Err(Error::Authorisation(_))));
    list().await.unwrap();
    let statuses: Vec<_> = running.calls().all().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [Some(500), Some(200), Some(429), Some(200), Some(200)]);
}

#[tokio::test]
async fn reset_before_or_after_save() {
    let (running, platform) = start().await;
    let before = edited(&running);
    running.faults().add(Fault::new(Effect::Reset).on(CallKind::SaveLabelRows).times(1));
    running.faults().add(Fault::new(Effect::ResetAfter).on(CallKind::SaveLabelRows).times(1));
    let lost = save(&platform, &running).await.unwrap_err();
    assert!(lost.may_have_acted(), "{lost}");
    assert_eq!(edited(&running), before);
    let lost = save(&platform, &running).await.unwrap_err();
    assert!(lost.may_have_acted(), "{lost}");
    assert_ne!(edited(&running), before);
    assert_eq!(running.calls().of_kind(CallKind::SaveLabelRows)[1].status, None);
}

#[tokio::test]
async fn reset_differs_from_regular_close() {
    let (running, _) = start().await;
    running.faults().add(Fault::new(Effect::Reset));
    let mut stream = TcpStream::connect(running.address()).await.unwrap();
    stream.write_all(b"GET /v2/public/projects HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let ended = stream.read(&mut [0; 100]).await;
    assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn truncates_response_body() {
    let (running, platform) = start().await;
    running.faults().add(Fault::new(Effect::CutOff).times(2));
    let cut = platform.project(PROJECT).await.unwrap_err();
    assert!(matches!(cut, Error::Interrupted(_)), "{cut:?}");
    let mut stream = TcpStream::connect(running.address()).await.unwrap();
    stream.write_all(b"GET /v2/public/projects HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    let text = String::from_utf8(all).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length: usize =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().trim().parse().unwrap();
    assert_eq!(body.len(), length / 2, "{text}");
}

#[tokio::test]
async fn resets_after_response_head() {
    let (running, platform) = start().await;
    running.faults().add(Fault::new(Effect::ResetAfterHead).times(2));
    let broken = platform.project(PROJECT).await.unwrap_err();
    assert!(matches!(broken, Error::Interrupted(_)), "{broken:?}");
    let mut stream = TcpStream::connect(running.address()).await.unwrap();
    stream.write_all(b"GET /v2/public/projects HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let (arrived, ended) = until_broken(&mut stream).await;
    let head = String::from_utf8(arrived).unwrap();
    assert!(head.starts_with("HTTP/1.1 ") && head.ends_with("\r\n\r\n"), "{head}");
    assert_eq!(ended, std::io::ErrorKind::ConnectionReset);
}

/// Returns the received bytes, and how the connection ended.
async fn until_broken(stream: &mut TcpStream) -> (Vec<u8>, std::io::ErrorKind) {
    let mut arrived = Vec::new();
    loop {
        match stream.read_buf(&mut arrived).await {
            Ok(0) => panic!("an ordinary end"),
            Ok(_) => {}
            Err(error) => return (arrived, error.kind()),
        }
    }
}

#[tokio::test]
async fn executes_request_with_failed_response() {
    let (running, platform) = start().await;
    for effect in [Effect::HangAfter, Effect::answer_after(502, "<html>"), Effect::ResetAfterHead] {
        let before = edited(&running);
        assert!(effect.executes_request());
        running.faults().add(Fault::new(effect).on(CallKind::SaveLabelRows).times(1));
        let lost = save(&platform, &running).await.unwrap_err();
        assert!(lost.may_have_acted(), "{lost}");
        assert_ne!(edited(&running), before);
    }
}

#[tokio::test]
async fn delays_and_withholds_responses() {
    let (running, platform) = start().await;
    running.faults().add(Fault::new(Effect::stall(Duration::from_millis(120))).times(1));
    let began = Instant::now();
    platform.project(PROJECT).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(120));
    running.faults().add(Fault::new(Effect::Hang).times(1));
    platform.project(PROJECT).await.unwrap_err();
    running.set_latency(Duration::from_millis(80));
    let began = Instant::now();
    platform.project(PROJECT).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn signed_urls_expire() {
    let builder = LocalPlatform::builder().project(project()).signed_url_lifetime(Duration::ZERO);
    let running = builder.start().await.unwrap();
    let platform = running.client().unwrap();
    let rows = platform.list_label_rows(PROJECT, &LabelRowFilter::default().data_hashes([VIDEO])).await.unwrap();
    let item = platform.storage_item(rows[0].backing_item_uuid.unwrap(), SignedUrl::Wanted).await.unwrap();
    let expired = platform.download(item.signed_url.as_deref().unwrap()).await.unwrap_err();
    assert!(matches!(expired, Error::Request(_) | Error::Authorisation(_)), "{expired:?}");
    assert_eq!(running.calls().of_kind(CallKind::Download)[0].status, Some(403));
    assert!(!running.calls().of_kind(CallKind::Download)[0].target.contains("signature=0"));
}

#[tokio::test]
async fn graceful_shutdown_completes_requests() {
    let (running, platform) = start().await;
    running.faults().add(Fault::new(Effect::stall(Duration::from_millis(150))));
    let asked = tokio::spawn(async move { platform.project(PROJECT).await });
    while running.calls().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let address = running.address();
    running.stop().await;
    asked.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn rejects_unregistered_callers() {
    let running = LocalPlatform::builder()
        .project(project())
        .bearer_token("someone@example.test", "made-up-token")
        .start()
        .await
        .unwrap();
    let with = |credentials| {
        let domain = Domain::parse(&running.url()).unwrap();
        PlatformClient::builder().credentials(credentials).domain(domain).retry(RetryPolicy::never()).build().unwrap()
    };
    let unknown = with(agent_studio::ClientKey::random().unwrap().credentials().unwrap());
    assert!(matches!(unknown.project(PROJECT).await, Err(Error::Authentication(_))));
    assert!(matches!(unknown.user_projects(None).await, Err(Error::SshKeyNotFound(_))));
    let wrong = with(Credentials::bearer("another").unwrap());
    assert!(matches!(wrong.project(PROJECT).await, Err(Error::Authentication(_))));
    assert!(matches!(wrong.user_projects(None).await, Err(Error::Authentication(_))));
    let right = with(Credentials::bearer("made-up-token").unwrap());
    right.project(PROJECT).await.unwrap();
    save(&right, &running).await.unwrap();
    let token = running.client().unwrap().bearer_token().await.unwrap();
    with(Credentials::bearer(token.expose()).unwrap()).user_projects(None).await.unwrap();
    let unknown = uuid::Uuid::nil();
    assert!(matches!(right.project(unknown).await, Err(Error::Authorisation(_))));
    assert!(matches!(right.list_label_rows(unknown, &LabelRowFilter::default()).await, Err(Error::Authorisation(_))));
    assert!(matches!(right.storage_item(unknown, SignedUrl::Unwanted).await, Err(Error::Authorisation(_))));
    assert!(matches!(
        right.label_row(PROJECT, "nothing", &ReadLabels::default()).await,
        Err(Error::ResourceNotFound(_))
    ));
}
