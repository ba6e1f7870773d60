//! `&mut LabelRow` is saved once, if the agent succeeds and has changed it.

use std::time::Duration;

use agent_runtime::prelude::*;
use agent_studio::Effect;

use crate::platform::world::{World, video};

/// Adds a box, with the outcome that belongs to the frame.
#[editor_agent(timeout = "1500ms")]
async fn add_and(frame: Frame, row: &mut LabelRow) -> Result<&'static str> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    match frame.0 {
        0 => Ok("added"),
        1 => bail!("No."),
        2 => panic!("a bug"),
        _ => {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok("late")
        }
    }
}

#[editor_agent]
async fn look(row: &mut LabelRow) -> String {
    format!("{} objects", row.objects().count())
}

/// Saves explicitly, and edits the row again.
#[editor_agent]
async fn save_twice(call: EditorCall, frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    call.save(row).await?;
    row.add("Vehicle").bounding_box(0.3, 0.3, 0.2, 0.2).on(frame)?;
    Ok(())
}

#[tokio::test]
async fn success_saves_once_and_keeps_the_remaining_text() {
    let world = World::start().await;
    let response = world.client(agents![add_and]).call("/add-and", &video(0)).await;
    assert_eq!(response.message(), Some("added"), "{}", response.text());
    let mut calls = world.calls();
    assert_eq!(calls.split_off(4), ["get", "save", "get"]);
    calls.sort_unstable();
    assert_eq!(calls, ["get", "get ontology", "get project", "list"]);
    let row = world.video_row();
    for untouched in [r#"{"spelt": 1.50e1}"#, r#""reviews": [{"by": "reviewer"}]"#, r#""y": 0.30}"#] {
        assert!(row.contains(untouched), "{untouched} is missing: {row}");
    }
    assert_eq!(world.objects_of_video(), 2 + 1);
}

#[tokio::test]
async fn error_panic_and_timeout_save_nothing() {
    let world = World::start().await;
    let client = world.client(agents![add_and]);
    for (frame, status) in [(1, 400), (2, 500), (3, 504)] {
        let response = client.call("/add-and", &video(frame)).await;
        assert_eq!(response.status().as_u16(), status, "{}", response.text());
    }
    assert_eq!((world.count("list"), world.count("save"), world.objects_of_video()), (3, 0, 2));
}

#[tokio::test]
async fn disconnect_before_the_save_saves_nothing() {
    let world = World::start().await;
    let client = world.client(agents![add_and]);
    let payload = video(3);
    let call = client.call("/add-and", &payload);
    assert!(tokio::time::timeout(Duration::from_secs(1), call).await.is_err());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!((world.count("get"), world.count("save")), (1, 0));
    // The lock is released.
    assert_eq!(client.call("/add-and", &video(0)).await.message(), Some("added"));
}

#[tokio::test]
async fn unchanged_row_is_not_saved() {
    let world = World::start().await;
    let client = world.client(agents![look]);
    assert_eq!(client.call("/look", &video(0)).await.message(), Some("2 objects"));
    assert_eq!((world.calls().len(), world.count("save")), (4, 0));
}

#[tokio::test]
async fn explicitly_saved_row_is_saved_again_only_for_later_edits() {
    let world = World::start().await;
    let response = world.client(agents![save_twice]).call("/save-twice", &video(0)).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (2, 4));
}

#[tokio::test]
async fn timeout_waits_for_a_save_in_progress() {
    let world = World::start().await;
    world.fault("save", Effect::stall(Duration::from_secs(3)), 1);
    let response = world.client(agents![add_and]).call("/add-and", &video(0)).await;
    assert_eq!(response.message(), Some("added"), "{}", response.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 3));
}

#[tokio::test]
async fn save_finishes_after_disconnect_before_row_is_locked_again() {
    let world = World::start().await;
    world.fault("save", Effect::stall(Duration::from_secs(2)), 1);
    let client = world.client(agents![add_and, save_twice]);
    let payload = video(0);
    let call = client.call("/add-and", &payload);
    assert!(tokio::time::timeout(Duration::from_secs(1), call).await.is_err());
    assert_eq!(world.count("save"), 1, "the save was in progress");
    let response = client.call("/save-twice", &video(0)).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert_eq!(world.objects_of_video(), 5);
}
