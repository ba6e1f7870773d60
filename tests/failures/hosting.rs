//! Platforms without background work.

use std::process::Command;

use agent_studio::ClientKey;

use crate::program::Program;
use test_support::wire::Connection;

#[test]
fn cloud_run_rejects_background_work_without_setting() {
    let key = ClientKey::random().unwrap().openssh().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_attacked-agent"));
    let ended =
        program.env("K_SERVICE", "agents").env("ENCORD_SSH_KEY", key.as_str()).env("PORT", "0").output().unwrap();
    let message = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success() && ended.stdout.is_empty(), "{message}");
    for part in [
        "`fail_in_background` at tests/attacked-agent/main.rs:",
        "Cloud Run",
        "--no-cpu-throttling",
        "AGENT_CPU_ALWAYS=true",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[tokio::test]
async fn starts_with_cpu_always_setting() {
    let program = Program::start(&[("K_SERVICE", "agents"), ("AGENT_CPU_ALWAYS", "true")]);
    let mut connection = Connection::open(program.address()).await;
    connection.post("/stuck", &[("X-Encord-Editor-Agent", "test")], "").await;
    assert_eq!(connection.response().await.unwrap().status, 200);
}
