//! Saved calls of the agents: a test for each folder in `cases/`. `AGENT_CASES=accept` updates their expectations.

use std::process::ExitCode;

use agent_studio::replay::CaseTests;

fn main() -> ExitCode {
    CaseTests::new("cases", env!("CARGO_BIN_EXE_{{name}}")).run()
}
