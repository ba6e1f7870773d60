//! Serves the recorded project while a command runs: `cargo run -p agent-tests --example recorded_platform -- COMMAND`.
//!
//! The command gets `ENCORD_DOMAIN` and `ENCORD_SSH_KEY`. The admin interface is at `ENCORD_DOMAIN/admin/`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a tool for developers")]

use std::process::{Command, ExitCode};

use agent_studio::LocalPlatform;
use test_support::studio::recorded;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        panic!("usage: recorded_platform PROGRAM ARGUMENTS...");
    };
    let running = LocalPlatform::builder().project(recorded::project()).admin().start().await.unwrap();
    let mut command = Command::new(&program);
    command.args(arguments).env("ENCORD_DOMAIN", running.url());
    command.env("ENCORD_SSH_KEY", running.private_key().unwrap().as_str());
    let status = tokio::task::spawn_blocking(move || command.status()).await.unwrap();
    let status = status.unwrap_or_else(|error| panic!("cannot run {}: {error}", program.display()));
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
