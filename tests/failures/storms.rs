//! Outages of the platform: calls fail fast, and retries are limited.

use std::time::{Duration, Instant};

use agent_runtime::agent_platform::client::RetryPolicy;
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, TestResponse};
use agent_studio::Effect;

use crate::platform::world::{World, image, video};

const CALLS: usize = 40;

#[editor_agent]
async fn add(frame: Frame, row: &mut LabelRow) -> Result<&'static str> {
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    Ok("added")
}

#[editor_agent]
async fn look(pixels: FramePixels) -> String {
    format!("{} wide", pixels.width())
}

async fn storm(client: &TestClient) -> Vec<TestResponse> {
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..CALLS {
        let client = client.clone();
        calls.spawn(async move { client.call("/add", &video(0)).await });
    }
    calls.join_all().await
}

#[tokio::test]
async fn fails_fast_during_outage_and_recovers() {
    for (effect, status, says) in [
        (Effect::rate_limited(3600), 503, "takes no more requests"),
        (Effect::rate_limited(0), 503, "takes no more requests"),
        (Effect::message(500, "Oh no."), 502, "failed"),
        (Effect::message(503, "Oh no."), 503, "failed"),
        (Effect::Reset, 502, "broke off"),
    ] {
        let world = World::start().await;
        let retry = RetryPolicy { initial_backoff: Duration::from_millis(2), budget: 10, ..RetryPolicy::default() };
        let platform = world.builder().retry(retry).build().unwrap();
        let client = TestClient::new(Server::new().agents(agents![add]).platform(platform)).unwrap();
        world.fault("list", effect.clone(), u64::MAX);
        let began = Instant::now();
        for response in storm(&client).await {
            assert_eq!(response.status().as_u16(), status, "{effect:?}: {}", response.text());
            assert!(response.message().unwrap().contains(says), "{effect:?}: {}", response.text());
            assert_eq!(response.headers().contains_key("retry-after"), status == 503, "{effect:?}");
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{effect:?}: {:?}", began.elapsed());
        // Each call once, plus the shared retry budget.
        assert!(world.count("list") <= CALLS + 10, "{effect:?}: {} requests", world.count("list"));
        assert_eq!((world.count("save"), world.objects_of_video()), (0, 2));
        world.platform().faults().clear();
        assert_eq!(client.call("/add", &video(0)).await.message(), Some("added"), "{effect:?}");
    }
}

#[tokio::test]
async fn reports_expired_url() {
    let world = World::start_with(|builder| builder.signed_url_lifetime(Duration::ZERO)).await;
    let response = world.client(agents![look]).call("/look", &image(0)).await;
    assert_eq!(response.status().as_u16(), 403, "{}", response.text());
    assert!(response.message().unwrap().contains("has expired"), "{}", response.text());
    assert!(!response.text().contains("signature"), "{}", response.text());
}

#[tokio::test]
async fn reports_wrong_clock_like_wrong_key() {
    // The platform accepts only signatures of the current second, and responds a second late.
    let late = Duration::from_millis(1100);
    let world = World::start_with(|builder| builder.signature_age(Duration::ZERO).latency(late)).await;
    let response = world.client(agents![look]).call("/look", &image(0)).await;
    assert_eq!(response.status().as_u16(), 403, "{}", response.text());
    assert!(response.message().unwrap().contains("the key of this agent"), "{}", response.text());
}
