//! The response header `Server-Timing`.

use agent_runtime::ErrorCauses;
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, TestResponse};

use crate::platform::world::{World, video};

/// Adds a box. Fails on frame 1.
#[editor_agent]
async fn timed(frame: Frame, row: &mut LabelRow) -> Result<()> {
    ensure!(frame.0 != 1, "Not on this frame.");
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    Ok(())
}

/// Reads the row, saves it explicitly, and reads it again.
#[editor_agent]
async fn timed_explicitly(call: EditorCall, frame: Frame, mut row: LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    call.save(&mut row).await?;
    Ok(())
}

/// Returns name, description and duration of each entry.
fn entries(response: &TestResponse) -> Vec<(String, String, f64)> {
    let header = response.headers().get("server-timing").unwrap().to_str().unwrap();
    let entry = |text: &str| {
        let (name, rest) = text.split_once(';').unwrap();
        let description = rest.strip_prefix("desc=\"").and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let took = rest.split_once("dur=").unwrap().1.parse().unwrap();
        (name.to_owned(), description.to_owned(), took)
    };
    header.split(", ").map(entry).collect()
}

fn names(entries: &[(String, String, f64)]) -> Vec<&str> {
    entries.iter().map(|(name, ..)| name.as_str()).collect()
}

#[tokio::test]
async fn response_has_the_durations_of_a_saving_call() {
    let world = World::start().await;
    let server = world.server(agents![timed, timed_explicitly]).error_causes(ErrorCauses::InResponses);
    let client = TestClient::new(server).unwrap();
    for path in ["/timed", "/timed-explicitly"] {
        let before = world.calls().len();
        let response = client.call(path, &video(0)).await;
        assert_eq!(response.status().as_u16(), 200, "{path}");
        assert_eq!(response.headers()["access-control-expose-headers"], "Server-Timing");
        let entries = entries(&response);
        assert_eq!(names(&entries)[..5], ["total", "extractors", "agent", "save", "platform"], "{path}");
        let requests = world.calls().len() - before;
        assert_eq!(entries[4].1, format!("{requests} requests"), "{path}");
        let mut parameters: Vec<_> = entries[5..].iter().map(|(_, parameter, _)| parameter.as_str()).collect();
        parameters.sort_unstable();
        let call = (path == "/timed-explicitly").then_some("EditorCall");
        assert_eq!(parameters, call.into_iter().chain(["Frame", "LabelRow"]).collect::<Vec<_>>(), "{path}");
        let total = entries[0].2;
        // Rounded to a tenth of a millisecond.
        assert!(entries.iter().all(|(.., took)| *took <= total + 0.1), "{entries:?}");
    }
}

#[tokio::test]
async fn failed_call_has_the_durations_until_the_error() {
    let world = World::start().await;
    let server = world.server(agents![timed]).error_causes(ErrorCauses::InResponses);
    let client = TestClient::new(server).unwrap();
    let response = client.call("/timed", &video(1)).await;
    assert_eq!(response.status().as_u16(), 400);
    let entries = entries(&response);
    assert_eq!(names(&entries), ["total", "extractors", "agent", "platform", "extractor", "extractor"]);
}

#[tokio::test]
async fn durations_are_hidden_by_default() {
    let world = World::start().await;
    let response = world.client(agents![timed]).call("/timed", &video(0)).await;
    assert_eq!(response.status().as_u16(), 200);
    for header in ["server-timing", "access-control-expose-headers"] {
        assert!(!response.headers().contains_key(header), "{header}");
    }
}
