//! Lost responses of the platform: the client checks the row before it repeats a save.

use std::time::Duration;

use agent_runtime::prelude::*;
use agent_runtime::testing::TestResponse;
use agent_studio::Effect;

use crate::platform::world::{World, video};

#[editor_agent]
async fn add(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    Ok(())
}

#[tokio::test]
async fn does_not_repeat_a_completed_save() {
    let world = World::start().await;
    world.fault("save", Effect::ResetAfter, 1);
    let response = world.client(agents![add]).call("/add", &video(0)).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert_eq!((world.count("save"), world.count("get"), world.objects_of_video()), (1, 4, 3));
}

#[tokio::test]
async fn repeats_a_save_that_was_not_done() {
    let world = World::start().await;
    world.fault("save", Effect::Reset, 1);
    let response = world.client(agents![add]).call("/add", &video(0)).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert_eq!((world.count("save"), world.count("get"), world.objects_of_video()), (2, 4, 3));
}

#[tokio::test]
async fn gives_up_after_repeated_connection_resets() {
    let world = World::start().await;
    world.fault("save", Effect::Reset, u64::MAX);
    let response = world.client(agents![add]).call("/add", &video(0)).await;
    assert_eq!(response.status().as_u16(), 502, "{}", response.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (3, 2));
}

/// Calls the agent. `act` runs after the platform has saved and before the client notices that the response is lost.
async fn add_and_then(world: &World, act: impl FnOnce(&World)) -> TestResponse {
    world.fault("save", Effect::ResetAfter, 1);
    let (client, payload) = (world.client(agents![add]), video(0));
    let meanwhile = async {
        let saved = async {
            while world.objects_of_video() < 3 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), saved).await.expect("nothing was saved");
        act(world);
    };
    tokio::join!(client.call("/add", &payload), meanwhile).0
}

#[tokio::test]
async fn accepts_a_lost_response_if_the_labels_are_there() {
    let world = World::start().await;
    let response = add_and_then(&world, World::other_user_adds_a_box).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 4));
}

#[tokio::test]
async fn lost_response_and_foreign_labels_are_a_conflict() {
    let world = World::start().await;
    let read = world.video_row();
    let response = add_and_then(&world, |world| world.other_user_overwrites(&read)).await;
    assert_eq!(response.status().as_u16(), 502, "{}", response.text());
    assert!(response.message().unwrap().contains("did not confirm"), "{}", response.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 3));
}

#[tokio::test]
async fn does_not_repeat_a_save_that_cannot_be_checked() {
    let world = World::start().await;
    world.fault("save", Effect::ResetAfter, 1);
    world.fault_after(2, "get", Effect::legacy(403, "AUTHORISATION_ERROR"));
    let response = world.client(agents![add]).call("/add", &video(0)).await;
    assert_eq!(response.status().as_u16(), 502, "{}", response.text());
    assert!(response.message().unwrap().contains("did not confirm"), "{}", response.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 3));
}

#[tokio::test]
async fn does_not_repeat_a_rejected_save() {
    let world = World::start().await;
    world.fault("save", Effect::legacy(403, "AUTHORISATION_ERROR"), u64::MAX);
    let response = world.client(agents![add]).call("/add", &video(0)).await;
    assert_eq!(response.status().as_u16(), 403, "{}", response.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 2));
}
