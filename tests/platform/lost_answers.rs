//! A save whose answer is lost is looked into before anything is repeated.

use std::time::Duration;

use agent_runtime::prelude::*;
use agent_studio::Effect;

use crate::world::{World, video};

#[editor_agent]
async fn add(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    Ok(())
}

#[tokio::test]
async fn a_save_that_was_done_is_not_repeated() {
    let world = World::start().await;
    world.fault("save", Effect::ResetAfter, 1);
    let answer = world.client(agents![add]).call("/add", &video(0)).await;
    assert_eq!(answer.status().as_u16(), 200, "{}", answer.text());
    assert_eq!((world.count("save"), world.count("get"), world.objects_of_video()), (1, 2, 3));
}

#[tokio::test]
async fn a_save_that_was_not_done_is_repeated() {
    let world = World::start().await;
    world.fault("save", Effect::Reset, 1);
    let answer = world.client(agents![add]).call("/add", &video(0)).await;
    assert_eq!(answer.status().as_u16(), 200, "{}", answer.text());
    assert_eq!((world.count("save"), world.count("get"), world.objects_of_video()), (2, 2, 3));
}

#[tokio::test]
async fn a_save_that_never_comes_through_is_given_up() {
    let world = World::start().await;
    world.fault("save", Effect::Reset, u64::MAX);
    let answer = world.client(agents![add]).call("/add", &video(0)).await;
    assert_eq!(answer.status().as_u16(), 502, "{}", answer.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (3, 2));
}

#[tokio::test]
async fn a_lost_answer_and_somebody_elses_labels_are_left_to_the_annotator() {
    let world = World::start().await;
    world.fault("save", Effect::ResetAfter, 1);
    let (client, payload) = (world.client(agents![add]), video(0));
    let meanwhile = async {
        while world.objects_of_video() < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        world.somebody_else_adds_a_box();
    };
    let (answer, ()) = tokio::join!(client.call("/add", &payload), meanwhile);
    assert_eq!(answer.status().as_u16(), 502, "{}", answer.text());
    assert!(answer.message().unwrap().contains("did not confirm"), "{}", answer.text());
    assert_eq!(world.count("save"), 1);
}

#[tokio::test]
async fn a_save_that_cannot_be_looked_into_is_not_repeated() {
    let world = World::start().await;
    world.fault("save", Effect::ResetAfter, 1);
    world.fault_from_the_second("get", Effect::legacy(403, "AUTHORISATION_ERROR"));
    let answer = world.client(agents![add]).call("/add", &video(0)).await;
    assert_eq!(answer.status().as_u16(), 502, "{}", answer.text());
    assert!(answer.message().unwrap().contains("did not confirm"), "{}", answer.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 3));
}

#[tokio::test]
async fn a_save_that_the_platform_refuses_is_not_repeated() {
    let world = World::start().await;
    world.fault("save", Effect::legacy(403, "AUTHORISATION_ERROR"), u64::MAX);
    let answer = world.client(agents![add]).call("/add", &video(0)).await;
    assert_eq!(answer.status().as_u16(), 403, "{}", answer.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 2));
}
