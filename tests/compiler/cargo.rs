//! Cargo, started by a test: as `test_support::cargo`, without that package's dependencies.

use std::process::Command;

/// Returns a command of cargo without the variables that cargo sets for the test, so that build scripts do not run again.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_")) {
            command.env_remove(name);
        }
    }
    command
}
