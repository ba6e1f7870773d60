//! Verification after a save: labels that another save replaced are restored, and deliberate edits of others are kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use agent_runtime::agent_platform::labels::BoundingBox;
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, TestResponse};
use agent_runtime::{AgentSet, SaveVerification};
use agent_studio::{Effect, TimestampResolution};

use super::operating::metric;
use crate::platform::world::{World, video};

/// Number of runs of the agent.
type Runs = Arc<AtomicU32>;

fn add_box(frame: Frame, row: &mut LabelRow, runs: &Runs) -> Result<String> {
    runs.fetch_add(1, Ordering::SeqCst);
    Ok(row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?.hash().to_string())
}

#[editor_agent]
async fn add(frame: Frame, row: &mut LabelRow, runs: State<Runs>) -> Result<String> {
    add_box(frame, row, &runs)
}

#[editor_agent(on_conflict = "retry")]
async fn add_again(frame: Frame, row: &mut LabelRow, runs: State<Runs>) -> Result<String> {
    add_box(frame, row, &runs)
}

/// Has a deadline before the read-back.
#[editor_agent(timeout = "2s")]
async fn add_in_time(frame: Frame, row: &mut LabelRow, runs: State<Runs>) -> Result<String> {
    add_box(frame, row, &runs)
}

/// Saves twice, with a save of another user in between.
#[editor_agent]
async fn save_twice(
    call: EditorCall,
    frame: Frame,
    mut row: LabelRow,
    world: State<World>,
    runs: State<Runs>,
) -> Result<String> {
    add_box(frame, &mut row, &runs)?;
    call.save(&mut row).await?;
    world.other_user_adds_a_box();
    add_box(frame, &mut row, &runs)?;
    call.save(&mut row).await?;
    Ok("saved twice".to_owned())
}

#[editor_agent(on_conflict = "merge")]
async fn save_twice_merged(
    call: EditorCall,
    frame: Frame,
    mut row: LabelRow,
    world: State<World>,
    runs: State<Runs>,
) -> Result<String> {
    add_box(frame, &mut row, &runs)?;
    call.save(&mut row).await?;
    world.other_user_adds_a_box();
    add_box(frame, &mut row, &runs)?;
    call.save(&mut row).await?;
    Ok("saved twice".to_owned())
}

/// Adds a box while another user does, so that both saves have the same timestamp in seconds.
#[editor_agent]
async fn add_beside(frame: Frame, row: &mut LabelRow, world: State<World>, runs: State<Runs>) -> Result<String> {
    world.other_user_adds_a_box();
    add_box(frame, row, &runs)
}

/// Returns a client of a server that reads rows back after this delay, and its run counter.
fn client(world: &World, agents: AgentSet, delay: Duration) -> (TestClient, Runs) {
    let runs = Runs::default();
    let server = world.server(agents).save_verification(SaveVerification::After(delay));
    (TestClient::new(server.state(world.clone()).state(Arc::clone(&runs))).unwrap(), runs)
}

/// Calls an agent, and runs `act` once `saves` saves are acknowledged.
async fn call_and_act(world: &World, client: &TestClient, path: &str, act: impl FnOnce(&World)) -> TestResponse {
    let acting = async {
        let saved = async {
            while world.objects_of_video() < 3 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), saved).await.expect("nothing was saved");
        act(world);
    };
    let payload = video(0);
    tokio::join!(client.call(path, &payload), acting).0
}

#[tokio::test]
async fn restores_labels_that_another_save_replaced() {
    let world = World::start().await;
    let read = world.video_row();
    let (client, runs) = client(&world, agents![add_again], Duration::from_millis(500));
    let response = call_and_act(&world, &client, "/add-again", |world| world.other_user_overwrites(&read)).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert!(world.video_row().contains(response.message().unwrap()));
    assert_eq!((world.count("save"), world.objects_of_video(), runs.load(Ordering::SeqCst)), (2, 4, 1));
    let overwritten = r#"editor_agent_failed_verifications_total{agent="/add-again",reason="overwritten"}"#;
    assert_eq!(metric(&client, overwritten).await, 1);
    assert_eq!(metric(&client, r#"editor_agent_merges_total{agent="/add-again"}"#).await, 1);
    assert_eq!(metric(&client, r#"editor_agent_saves_total{agent="/add-again"}"#).await, 1);
}

#[tokio::test]
async fn keeps_deliberate_edits_of_others() {
    let world = World::start().await;
    let (client, _) = client(&world, agents![add], Duration::from_millis(500));
    let move_it = |world: &World| {
        world.other_user_edits(|row| {
            let hash = row.objects().last().unwrap().hash().to_string();
            row.edit(&hash)?.at(0)?.change::<BoundingBox>(|shape| shape.x = 0.25).map(drop)
        });
    };
    let response = call_and_act(&world, &client, "/add", move_it).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 3));
    assert!(world.video_row().contains("0.25"));
}

#[tokio::test]
async fn replaced_labels_get_409_without_a_second_run() {
    let world = World::start().await;
    let read = world.video_row();
    let (client, runs) = client(&world, agents![add_again], Duration::from_millis(60));
    // This user overwrites unconditionally and repeatedly.
    let stubborn = async {
        loop {
            if world.objects_of_video() > 2 {
                world.other_user_overwrites(&read);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let payload = video(0);
    let response = tokio::select! {
        response = client.call("/add-again", &payload) => response,
        () = stubborn => unreachable!("the other user is still saving"),
    };
    assert_eq!(response.status().as_u16(), 409, "{}", response.text());
    assert!(response.message().unwrap().contains("replaced"), "{}", response.text());
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert!(world.count("save") <= 10, "{} saves", world.count("save"));
}

#[tokio::test]
async fn failed_read_back_does_not_fail_the_call() {
    let world = World::start().await;
    world.fault_after(2, "get", Effect::Reset);
    let (client, _) = client(&world, agents![add], Duration::from_millis(1));
    let response = client.call("/add", &video(0)).await;
    assert_eq!(response.status().as_u16(), 200, "{}", response.text());
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 3));
    let unread = r#"editor_agent_failed_verifications_total{agent="/add",reason="unread"}"#;
    assert_eq!(metric(&client, unread).await, 1);
}

#[tokio::test]
async fn verification_continues_after_the_deadline() {
    let world = World::start().await;
    let read = world.video_row();
    let (client, _) = client(&world, agents![add_in_time], Duration::from_secs(3));
    let response = call_and_act(&world, &client, "/add-in-time", |world| world.other_user_overwrites(&read)).await;
    assert_eq!((response.status().as_u16(), world.count("save")), (200, 1), "{}", response.text());
    let repaired = async {
        while world.objects_of_video() < 4 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), repaired).await.expect("nothing was restored");
}

#[tokio::test]
async fn disabled_verification_reads_nothing_back() {
    let world = World::start().await;
    let server = world.server(agents![add]).save_verification(SaveVerification::Off).state(Runs::default());
    let client = TestClient::new(server).unwrap();
    assert_eq!(client.call("/add", &video(0)).await.status().as_u16(), 200);
    assert_eq!(world.calls().split_off(4), ["get", "save"]);
}

#[tokio::test]
async fn old_fractional_time_is_compared_without_the_labels() {
    let world = World::start().await;
    let (client, _) = client(&world, agents![add], Duration::from_millis(1));
    assert_eq!(client.call("/add", &video(0)).await.status().as_u16(), 200);
    tokio::time::sleep(Duration::from_millis(3100)).await;
    world.forget_calls();
    assert_eq!(client.call("/add", &video(0)).await.status().as_u16(), 200);
    assert_eq!(world.calls(), ["list", "get", "list", "save", "get"]);
}

#[tokio::test]
async fn does_not_replace_a_save_of_the_same_second() {
    for resolution in [TimestampResolution::Seconds, TimestampResolution::Microseconds] {
        let world = World::start_with(|builder| builder.timestamps(resolution)).await;
        let (client, _) = client(&world, agents![add_beside], Duration::from_millis(1));
        for saves in 1..=3 {
            let response = client.call("/add-beside", &video(0)).await;
            assert_eq!(response.status().as_u16(), 409, "{resolution:?}: {}", response.text());
            assert_eq!((world.count("save"), world.objects_of_video()), (0, 2 + saves));
        }
    }
}

#[tokio::test]
async fn second_save_keeps_edits_made_in_between() {
    for resolution in [TimestampResolution::Seconds, TimestampResolution::Microseconds] {
        let world = World::start_with(|builder| builder.timestamps(resolution)).await;
        let (client, _) = client(&world, agents![save_twice, save_twice_merged], Duration::from_millis(1));
        let response = client.call("/save-twice", &video(0)).await;
        assert_eq!((response.status().as_u16(), world.objects_of_video()), (409, 4), "{}", response.text());
        let response = client.call("/save-twice-merged", &video(0)).await;
        assert_eq!((response.status().as_u16(), world.objects_of_video()), (200, 7), "{}", response.text());
    }
}
