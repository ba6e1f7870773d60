//! Cargo, started by a test.

use std::process::Command;

/// Returns a command of cargo that finds compiled dependencies up to date.
///
/// Cargo sets variables such as `CARGO_MANIFEST_DIR` for the test. The build script of `ring` runs again when one of them changes,
/// and everything that depends on `ring` is then compiled again.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_")) {
            command.env_remove(name);
        }
    }
    command
}
