//! Messages to the annotator when the platform rejects requests, fails or is unreachable.

use std::time::Duration;

use agent_runtime::agent_platform::client::{Domain, PlatformClient, RetryPolicy};
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_studio::Effect;

use crate::platform::world::{World, no_retry, unknown_credentials, unknown_project, video};

#[editor_agent]
async fn read(row: &LabelRow) -> String {
    format!("{} objects", row.objects().count())
}

#[editor_agent]
async fn unknown_class(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Spaceship").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    Ok(())
}

#[tokio::test]
async fn failures_have_their_status_and_message() {
    for (effect, status, says) in [
        (Effect::legacy(403, "AUTHORISATION_ERROR"), 403, "authorised"),
        (Effect::legacy(401, "AUTHENTICATION_ERROR"), 403, "the key of this agent"),
        (Effect::legacy(404, "RESOURCE_NOT_FOUND_ERROR"), 404, "not"),
        (Effect::legacy(500, "UNKNOWN_ERROR"), 502, "The platform failed: "),
        (Effect::message(500, "Oh no."), 502, "The platform failed: "),
        (Effect::message(504, "Too late."), 504, "The platform failed: "),
        (Effect::rate_limited(1), 503, "no more requests for now"),
        (Effect::answer(200, "<html>"), 502, "makes no sense"),
        (Effect::CutOff, 502, "broke off"),
        (Effect::Hang, 504, "did not answer in time"),
    ] {
        let world = World::start().await;
        let fault = format!("{effect:?}");
        world.fault("get", effect, u64::MAX);
        let platform =
            world.builder().call_timeout(Duration::from_millis(700)).read_timeout(Duration::from_millis(300));
        let retry = RetryPolicy { retries: 1, initial_backoff: Duration::from_millis(5), ..RetryPolicy::default() };
        let server = Server::new().agents(agents![read]).platform(platform.retry(retry).build().unwrap());
        let response = TestClient::new(server).unwrap().call("/read", &video(0)).await;
        assert_eq!(response.status().as_u16(), status, "{fault}: {}", response.text());
        let message = response.message().unwrap();
        assert!(message.contains(says) && message.ends_with('.'), "{fault}: {message}");
        assert_eq!(response.headers().contains_key("retry-after"), status == 503, "{fault}");
    }
}

#[tokio::test]
async fn unreachable_platform_gets_503() {
    let domain = Domain::parse("http://127.0.0.1:1").unwrap();
    let platform =
        PlatformClient::builder().credentials(unknown_credentials()).domain(domain).retry(no_retry()).build().unwrap();
    let client = TestClient::new(Server::new().agents(agents![read]).platform(platform)).unwrap();
    let response = client.call("/read", &video(0)).await;
    assert_eq!(response.status().as_u16(), 503, "{}", response.text());
    assert!(response.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn inaccessible_project_gets_message_of_platform() {
    let world = World::start().await;
    let response = world.client(agents![read]).call("/read", &unknown_project()).await;
    assert_eq!(response.status().as_u16(), 403, "{}", response.text());
    assert!(response.message().unwrap().contains("not authorised"), "{}", response.text());
}

#[tokio::test]
async fn invalid_edit_is_reported_and_nothing_is_saved() {
    let world = World::start().await;
    let response = world.client(agents![unknown_class]).call("/unknown-class", &video(0)).await;
    assert_eq!(response.status().as_u16(), 400, "{}", response.text());
    assert_eq!(response.message(), Some("The ontology has no class Spaceship."));
    assert_eq!(world.count("save"), 0);
}
