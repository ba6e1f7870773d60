//! The contract agent as a child process.

use std::process::Command;

use test_support::agent_process::AgentProcess;
use test_support::keys;

/// Starts the contract agent with the platform at this address and the key of the tests. It downloads the file in every call, because
/// recorded cases differ in the response of the storage.
pub(crate) fn start(domain: &str) -> AgentProcess {
    let mut command = Command::new(env!("CARGO_BIN_EXE_contract-agent"));
    // The test does not use the key of the developer.
    for name in ["ENCORD_SSH_KEY_FILE", "ENCORD_SSH_KEY_PASSPHRASE"] {
        command.env_remove(name);
    }
    command.env("AGENT_FILE_CACHE", "0");
    AgentProcess::start(command.env("ENCORD_SSH_KEY", keys::PLAIN).env("ENCORD_DOMAIN", domain).env("NO_PROXY", "*"))
}
