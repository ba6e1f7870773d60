//! Warnings in the log: replay protection with a shared secret, and messages that the platform truncates.

use crate::program::Program;
use test_support::wire::{Connection, PAYLOAD};

const SHARED: &str = "these refuse replays, but share a secret";
const LONG: &str = "the message is longer than the 256 characters";

#[tokio::test]
async fn warns_of_replay_protection_with_shared_secret() {
    let program = Program::start(&[("ENCORD_WEBHOOK_SECRET", "whsec_made-up")]);
    let line = program.logged(&["WARN", SHARED]);
    assert!(line.contains("once-here") || line.contains("once_here"), "{line}");
    assert!(line.contains("there") && line.contains("secret_env") && !line.contains("whsec"), "{line}");
    assert!(!line.contains("hello"), "{line}");
    assert_eq!(program.log().matches(SHARED).count(), 1);
    assert!(!Program::start(&[("RUST_LOG", "info")]).log().contains(SHARED), "warns without a secret");
}

/// Calls the agent with a selection for which its message has this many characters.
async fn call(program: &Program, path: &str, length: usize) {
    let body = PAYLOAD.replace('}', &format!(", \"objectHashes\": [\"{}\"]}}", "\u{fc}".repeat(length)));
    let mut connection = Connection::open(program.address()).await;
    connection.post(path, &[], &body).await;
    let response = connection.response().await.unwrap();
    assert_eq!(response.message().chars().count(), length, "the response is not truncated");
}

#[tokio::test]
async fn warns_once_per_agent_of_truncated_message() {
    let program = Program::start(&[]);
    call(&program, "/echo", 256).await;
    call(&program, "/fail-with-text", 256).await;
    assert!(!program.log().contains(LONG), "{}", program.log());
    for _ in 0..3 {
        call(&program, "/echo", 257).await;
        call(&program, "/fail-with-text", 300).await;
    }
    program.logged(&["WARN", LONG, "length=257"]);
    program.logged(&["WARN", LONG, "length=300"]);
    call(&program, "/echo", 1).await;
    assert_eq!(program.log().matches(LONG).count(), 2, "{}", program.log());
}
