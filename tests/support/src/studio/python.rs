//! Python scripts of the tests, run by the interpreter `AGENT_PYTHON`.

use std::path::Path;
use std::process::Command;

use agent_studio::RunningPlatform;

/// Returns a command of the interpreter, with the platform's address and key in its environment.
pub fn python(running: &RunningPlatform) -> Command {
    let mut command = interpreter();
    command.env("ENCORD_DOMAIN", running.url()).env("ENCORD_SSH_KEY", running.private_key().unwrap().as_str());
    command
}

/// Returns a command of the interpreter.
pub fn interpreter() -> Command {
    let python = std::env::var_os("AGENT_PYTHON").expect("Set AGENT_PYTHON to an interpreter with the Python SDK");
    let mut command = Command::new(python);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Runs a script with these arguments, and returns its output.
pub fn run(script: &str, arguments: &[&str], running: &RunningPlatform) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../python/scripts").join(script);
    let output = python(running).arg(script).args(arguments).output().expect("the interpreter did not start");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}
