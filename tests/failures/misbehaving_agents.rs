//! Agents that panic, hang, block their thread, or leak tasks: only their own call fails.

use std::time::{Duration, Instant};

use agent_runtime::prelude::*;
use agent_studio::Effect;

use crate::platform::world::{World, video};
use crate::program::Program;
use test_support::wire::{Connection, PAYLOAD, Response};

/// Times out while its labels are being saved, also on a busy machine.
#[editor_agent(timeout = "4s")]
async fn late(frame: Frame, row: &mut LabelRow) -> Result<&'static str> {
    row.add("Vehicle").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    Ok("late")
}

async fn call(program: &Program, path: &str, body: &str) -> Response {
    let mut connection = Connection::open(program.address()).await;
    connection.post(path, &[("X-Cloud-Trace-Context", "misbehaving/1")], body).await;
    connection.response().await.unwrap()
}

#[tokio::test]
async fn panic_fails_call_and_is_logged_with_location() {
    let program = Program::start(&[("RUST_BACKTRACE", "0")]);
    let body = PAYLOAD.replace('}', r#", "objectHashes": ["the cause"]}"#);
    for _ in 0..5 {
        let response = call(&program, "/panics", &body).await;
        assert_eq!(response.status, 500);
        assert_eq!(response.message(), "Something went wrong in the agent. Please report trace misbehaving.");
        assert!(!response.body.contains("the cause"), "{}", response.body);
    }
    let line = program.logged(&["failed", r#"trace="misbehaving""#]);
    assert!(line.contains("ERROR") && line.contains("the agent panicked: the cause"), "{line}");
    let line = program.logged(&["panicked", "place="]);
    assert!(line.contains("attacked-agent/main.rs") && line.contains(r#"panic="the cause""#), "{line}");
    assert_eq!(call(&program, "/hello", PAYLOAD).await.status, 200);
}

#[tokio::test]
async fn times_out_hanging_agent() {
    let program = Program::start(&[]);
    let response = call(&program, "/stuck", PAYLOAD).await;
    assert_eq!((response.status, response.message().as_str()), (504, "The agent did not finish within 0.5 s."));
    program.logged(&["failed", "status=504", r#"trace="misbehaving""#]);
}

#[tokio::test]
async fn slow_save_is_awaited_then_reported_as_unconfirmed() {
    let assert_response = async |effect: Effect, status: u16, says: &str, objects: usize| {
        let world = World::start().await;
        world.fault("save", effect.clone(), u64::MAX);
        let response = world.client(agents![late]).call("/late", &video(0)).await;
        assert_eq!(response.status().as_u16(), status, "{effect:?}: {}", response.text());
        assert!(response.message().unwrap().contains(says), "{effect:?}: {}", response.text());
        assert_eq!((world.count("save"), world.objects_of_video()), (1, objects), "{effect:?}");
    };
    tokio::join!(
        assert_response(Effect::stall(Duration::from_secs(6)), 200, "late", 3),
        assert_response(Effect::Hang, 504, "did not confirm", 2),
        assert_response(Effect::HangAfter, 504, "did not confirm", 3),
    );
}

#[tokio::test]
async fn blocking_agent_does_not_block_others() {
    let program = Program::start(&[]);
    let mut blocked = Connection::open(program.address()).await;
    blocked.post("/blocks", &[], PAYLOAD).await;
    let began = Instant::now();
    for _ in 0..20 {
        assert_eq!(call(&program, "/hello", PAYLOAD).await.status, 200);
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(blocked.response().await.map(|response| response.status), Some(200));
}

#[cfg(unix)]
#[tokio::test]
async fn leaked_tasks_do_not_prevent_exit() {
    let mut program = Program::start(&[("AGENT_SHUTDOWN_GRACE", "1")]);
    for _ in 0..3 {
        assert_eq!(call(&program, "/leaks", PAYLOAD).await.message(), "leaked");
    }
    assert_eq!(call(&program, "/hello", PAYLOAD).await.status, 200);
    program.signal("TERM");
    let ended = tokio::task::spawn_blocking(move || program.ended()).await.unwrap();
    assert!(ended.success());
}
