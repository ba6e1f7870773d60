//! The contract agent as a process of its own.

use std::process::Command;

use test_support::agent_process::AgentProcess;
use test_support::keys;

/// Starts the contract agent for a platform at this address, with the key of these tests.
pub(crate) fn start(domain: &str) -> AgentProcess {
    let mut command = Command::new(env!("CARGO_BIN_EXE_contract-agent"));
    // The settings and the key of whoever runs the test are not the test's.
    for name in ["ENCORD_SSH_KEY_FILE", "ENCORD_SSH_KEY_PASSPHRASE"] {
        command.env_remove(name);
    }
    AgentProcess::start(command.env("ENCORD_SSH_KEY", keys::PLAIN).env("ENCORD_DOMAIN", domain).env("NO_PROXY", "*"))
}
