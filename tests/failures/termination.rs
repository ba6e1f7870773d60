//! SIGTERM while labels are being saved.

use std::time::{Duration, Instant};

use agent_studio::Effect;

use crate::process::Program;
use crate::wire::{Answer, Connection};
use crate::world::{World, video};

/// A call that is saving when the signal comes, and what it is answered, if anything.
async fn saved_under(signal: &str, effect: Option<Effect>, grace: &str) -> (World, Option<Answer>) {
    let world = World::start().await;
    if let Some(effect) = effect {
        world.fault("save", effect, u64::MAX);
    }
    let mut program = Program::start_at(world.platform(), &[("AGENT_SHUTDOWN_GRACE", grace)]);
    let mut connection = Connection::open(program.address()).await;
    connection.post("/mark", &[], &serde_json::to_string(&video(0)).unwrap()).await;
    let began = Instant::now();
    while world.count("save") == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "nothing is saved: {}", program.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    program.signal(signal);
    let answer = connection.answer().await;
    let ended = tokio::task::spawn_blocking(move || program.ended()).await.unwrap();
    assert_eq!(ended.success(), signal != "KILL");
    (world, answer)
}

#[tokio::test]
async fn a_save_that_ends_within_the_grace_time_is_told() {
    let (world, answer) = saved_under("TERM", Some(Effect::stall(Duration::from_millis(700))), "20").await;
    let answer = answer.unwrap();
    assert_eq!((answer.status, answer.message().as_str()), (200, "marked"));
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 3));
}

#[tokio::test]
async fn a_save_that_does_not_end_is_told_to_be_unconfirmed_and_is_done_or_not_done() {
    for (effect, objects) in [(Effect::Hang, 2), (Effect::HangAfter, 3)] {
        let (world, answer) = saved_under("TERM", Some(effect.clone()), "0.3").await;
        let answer = answer.unwrap_or_else(|| panic!("{effect:?}: no answer"));
        assert_eq!(answer.status, 504, "{effect:?}: {}", answer.body);
        assert!(answer.message().contains("did not confirm") && answer.message().contains("Reload"), "{}", answer.body);
        assert_eq!((world.count("save"), world.objects_of_video()), (1, objects), "{effect:?}");
    }
}

#[tokio::test]
async fn a_process_that_is_killed_leaves_the_old_row_or_the_new_one() {
    for (effect, objects) in [(Effect::Hang, 2), (Effect::HangAfter, 3)] {
        let (world, answer) = saved_under("KILL", Some(effect.clone()), "8").await;
        assert!(answer.is_none(), "{effect:?}: {answer:?}");
        assert_eq!((world.count("save"), world.objects_of_video()), (1, objects), "{effect:?}");
    }
}
