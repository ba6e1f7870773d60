//! SIGTERM during a save, and while agents block every thread.

use std::time::{Duration, Instant};

use agent_studio::Effect;

use crate::platform::world::{World, video};
use crate::program::Program;
use test_support::wire::{Connection, PAYLOAD, Response};

/// Sends a signal during the save of a call, and returns its response, if any.
async fn signal_during_save(signal: &str, effect: Option<Effect>, grace: &str) -> (World, Option<Response>) {
    let world = World::start().await;
    if let Some(effect) = effect {
        world.fault("save", effect, u64::MAX);
    }
    let mut program = Program::start_at(world.platform(), &[("AGENT_SHUTDOWN_GRACE", grace)]);
    let mut connection = Connection::open(program.address()).await;
    connection.post("/mark", &[], &serde_json::to_string(&video(0)).unwrap()).await;
    let began = Instant::now();
    while world.count("save") == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "no save started: {}", program.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    program.signal(signal);
    let response = connection.response().await;
    let ended = tokio::task::spawn_blocking(move || program.ended()).await.unwrap();
    assert_eq!(ended.success(), signal != "KILL");
    (world, response)
}

#[tokio::test]
async fn completes_save_within_grace_time() {
    let (world, response) = signal_during_save("TERM", Some(Effect::stall(Duration::from_millis(700))), "20").await;
    let response = response.unwrap();
    assert_eq!((response.status, response.message().as_str()), (200, "marked"));
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 3));
}

#[tokio::test]
async fn endless_save_is_reported_as_unconfirmed_and_is_atomic() {
    for (effect, objects) in [(Effect::Hang, 2), (Effect::HangAfter, 3)] {
        let (world, response) = signal_during_save("TERM", Some(effect.clone()), "0.3").await;
        let response = response.unwrap_or_else(|| panic!("{effect:?}: no response"));
        assert_eq!(response.status, 504, "{effect:?}: {}", response.body);
        assert!(
            response.message().contains("did not confirm") && response.message().contains("Reload"),
            "{}",
            response.body
        );
        assert_eq!((world.count("save"), world.objects_of_video()), (1, objects), "{effect:?}");
    }
}

#[tokio::test]
async fn killed_process_leaves_old_or_new_row() {
    for (effect, objects) in [(Effect::Hang, 2), (Effect::HangAfter, 3)] {
        let (world, response) = signal_during_save("KILL", Some(effect.clone()), "8").await;
        assert!(response.is_none(), "{effect:?}: {response:?}");
        assert_eq!((world.count("save"), world.objects_of_video()), (1, objects), "{effect:?}");
    }
}

/// Starts a server whose only worker is blocked by an agent without an `.await`.
///
/// One worker, because the runtime cannot move a task out of the slot of a blocked worker: with two, one may stay free
/// however many calls are sent.
async fn blocked(grace: &str) -> (Program, Connection) {
    let program = Program::start(&[("TOKIO_WORKER_THREADS", "1"), ("AGENT_SHUTDOWN_GRACE", grace)]);
    let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut other = Connection::open(program.address()).await;
    other.write(health).await;
    assert_eq!(other.response().await.unwrap().status, 200);
    let mut caller = Connection::open(program.address()).await;
    caller.post("/computes", &[], PAYLOAD).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    other.write(health).await;
    let answered = tokio::time::timeout(Duration::from_secs(1), other.response()).await;
    assert!(answered.is_err(), "the worker is not blocked");
    (program, caller)
}

async fn exit_code(mut program: Program) -> Option<i32> {
    tokio::task::spawn_blocking(move || program.ended()).await.unwrap().code()
}

#[tokio::test]
async fn one_signal_ends_blocked_server_after_grace() {
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let (program, _caller) = blocked("1").await;
        let began = Instant::now();
        program.signal(signal);
        assert_eq!(exit_code(program).await, Some(code), "{signal}");
        assert!(began.elapsed() > Duration::from_secs(1), "{signal}");
    }
}

#[tokio::test]
async fn second_signal_ends_blocked_server_immediately() {
    let (program, _caller) = blocked("600").await;
    program.signal("TERM");
    tokio::time::sleep(Duration::from_millis(300)).await;
    program.signal("TERM");
    assert_eq!(exit_code(program).await, Some(143));
}

#[tokio::test]
async fn second_signal_aborts_running_calls() {
    let program = Program::start(&[("AGENT_SHUTDOWN_GRACE", "600")]);
    let mut connection = Connection::open(program.address()).await;
    connection.post("/computes", &[], PAYLOAD).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    program.signal("TERM");
    tokio::time::sleep(Duration::from_millis(300)).await;
    program.signal("INT");
    assert_eq!(exit_code(program).await, Some(130));
}
