//! Limits of time, size and memory.

use std::time::{Duration, Instant};

use agent_platform::client::Error;
use agent_platform::memory::ByteBudget;
use serde_json::json;
use uuid::Uuid;

use crate::checksum::crc32;
use test_support::client;
use test_support::scripted_server::{Reply, Server};

#[tokio::test]
async fn read_timeout_ends_an_attempt() {
    let server = Server::always(Reply::Hang).await;
    let platform = client::builder(&server).read_timeout(Duration::from_millis(100)).build().unwrap();
    let began = Instant::now();
    let error = platform.project(Uuid::nil()).await.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert_eq!(server.requests().len(), 4);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn call_timeout_applies_to_slow_responses() {
    // Each read is quick, and the sum exceeds the call's timeout.
    let server = Server::always(Reply::Drip { body: vec![b' '; 1000], pause: Duration::from_millis(20) }).await;
    let platform = client::builder(&server)
        .read_timeout(Duration::from_secs(5))
        .call_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let began = Instant::now();
    let error = platform.project(Uuid::nil()).await.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert!(error.message().contains("0.3 s"), "{error}");
    assert!(began.elapsed() < Duration::from_secs(3));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn rejects_large_responses() {
    let server = Server::always(Reply::json(200, &json!("x".repeat(5000)))).await;
    let platform = client::builder(&server).max_response_size(5000).build().unwrap();
    let error = platform.ontology("o").await.unwrap_err();
    assert!(matches!(error, Error::AnswerTooLarge(_)) && !error.is_retryable(), "{error:?}");
    let platform = client::builder(&server).max_response_size(5002).build().unwrap();
    assert_eq!(platform.ontology("o").await.unwrap().get().len(), 5002);
}

#[tokio::test]
async fn size_limit_applies_after_decompression() {
    // 1 MiB of spaces, which gzip compresses to about 1 kB.
    let server = Server::always(Reply::Answer {
        status: 200,
        headers: vec![("Content-Encoding".to_owned(), "gzip".to_owned())],
        body: stored_gzip(&vec![b' '; 60_000]),
    })
    .await;
    let platform = client::builder(&server).max_response_size(50_000).build().unwrap();
    let error = platform.ontology("o").await.unwrap_err();
    assert!(matches!(error, Error::AnswerTooLarge(_)), "{error:?}");
    let server = Server::always(Reply::Answer {
        status: 200,
        headers: vec![("Content-Encoding".to_owned(), "gzip".to_owned())],
        body: stored_gzip(b"{\"a\": 1.0}"),
    })
    .await;
    assert_eq!(client::platform(&server).ontology("o").await.unwrap().get(), "{\"a\": 1.0}");
}

/// Returns a gzip file with one uncompressed block.
fn stored_gzip(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    file.extend(length.to_le_bytes());
    file.extend((!length).to_le_bytes());
    file.extend(content);
    file.extend(crc32(content).to_le_bytes());
    file.extend(u32::from(length).to_le_bytes());
    file
}

#[tokio::test]
async fn reuses_one_connection_for_many_calls() {
    let server = Server::always(Reply::json(200, &json!({}))).await;
    let platform = client::platform(&server);
    for _ in 0..7 {
        platform.clone().with_trace(agent_platform::client::TraceId::fresh()).ontology("o").await.unwrap();
    }
    let connections: Vec<_> = server.requests().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0; 7]);
}

#[tokio::test]
async fn does_not_follow_redirects() {
    let elsewhere = Server::always(Reply::json(200, &json!({}))).await;
    let target = format!("{}/v2/public/x", elsewhere.base());
    let server = Server::start(move |_, _| Reply::empty(307).with_header("Location", &target)).await;
    let error = client::platform(&server).ontology("o").await.unwrap_err();
    assert!(error.message().contains("redirects"), "{error}");
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn large_responses_take_memory_of_the_budget() {
    let server = Server::always(Reply::json(200, &json!("x".repeat(3_000_000)))).await;
    let budget = ByteBudget::new(8 << 20);
    let platform = client::builder(&server).byte_budget(budget.clone()).build().unwrap();
    assert_eq!(platform.ontology("o").await.unwrap().get().len(), 3_000_002);
    assert_eq!((budget.waits(), budget.available()), (0, budget.total()));

    // Another call holds the memory, and the response waits for it.
    let held = budget.account().acquire(7 << 20).await.unwrap();
    let waiting = tokio::spawn({
        let platform = platform.clone();
        async move { platform.ontology("o").await.map(|text| text.get().len()) }
    });
    while budget.waits() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(held);
    assert_eq!(waiting.await.unwrap().unwrap(), 3_000_002);

    // A call that already holds memory gets an error immediately.
    let account = budget.account();
    let _held = account.acquire(7 << 20).await.unwrap();
    let error = platform.with_memory(account).ontology("o").await.unwrap_err();
    assert!(matches!(error, Error::NoMemory(_)) && error.is_retryable(), "{error:?}");
    assert!(error.message().contains("4 MB of memory are not free"), "{error}");
    assert_eq!(budget.waits(), 1);

    let small = client::builder(&server).byte_budget(ByteBudget::new(2 << 20)).build().unwrap();
    let error = small.ontology("o").await.unwrap_err();
    assert!(matches!(error, Error::AnswerTooLarge(_)) && !error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn small_responses_take_no_memory_of_the_budget() {
    let server = Server::always(Reply::json(200, &json!("x".repeat(200_000)))).await;
    let budget = ByteBudget::new(1 << 20);
    let _held = budget.account().acquire(1 << 20).await.unwrap();
    let platform = client::builder(&server).byte_budget(budget).build().unwrap();
    assert_eq!(platform.ontology("o").await.unwrap().get().len(), 200_002);
}

#[tokio::test]
async fn truncates_messages_of_the_platform() {
    let long = "x".repeat(5_000_000);
    let id = Uuid::nil();
    for (status, body) in [
        (400, json!({ "message": long })),
        (401, json!({ "message": long })),
        (503, json!({ "detail": long })),
        (200, json!({ "uuid": long, "title": [long] })),
        (200, json!(long)),
    ] {
        let server = Server::always(Reply::json(status, &body)).await;
        let error = client::platform(&server).project(id).await.unwrap_err();
        let mut texts = vec![error.message().to_owned(), error.to_string()];
        let mut next = std::error::Error::source(&error);
        while let Some(cause) = next {
            texts.push(cause.to_string());
            next = cause.source();
        }
        assert!(texts.iter().all(|text| text.chars().count() < 2100), "{status}: {:?}", texts.iter().map(String::len));
        let quotes = status != 200;
        assert_eq!(texts[0].matches('x').count() >= 1000, quotes, "{status}: {}", texts[0]);
        assert_eq!(texts[0].contains("..."), quotes, "{status}: {}", texts[0]);
    }
    // The legacy API, with a code and a payload.
    for code in ["INVALID_ARGUMENTS_ERROR", "CORRUPTED_LABEL_ERROR", "RESOURCE_EXISTS_ERROR", "SOMETHING_NEW", &long] {
        let body = json!({ "status": 400, "response": [code], "payload": long });
        let server = Server::always(Reply::json(200, &body)).await;
        let error = client::platform(&server).list_label_rows(id, &Default::default()).await.unwrap_err();
        assert!(error.message().chars().count() < 2100, "{}", error.message().len());
    }
}
