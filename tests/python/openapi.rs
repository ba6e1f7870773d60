//! The OpenAPI document of the example agents: checked with `openapi-spec-validator`, and compared with their responses by
//! `schemathesis`.

use std::path::Path;
use std::process::Command;

use super::command_line::example_agents;

#[test]
fn responses_are_as_the_document_describes() {
    let server = example_agents();
    let python = std::env::var_os("AGENT_PYTHON").expect("Set AGENT_PYTHON to an interpreter with `schemathesis`");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/scripts/openapi.py");
    let mut command = Command::new(python);
    command.arg(script).arg(format!("http://{}", server.address)).current_dir(env!("CARGO_TARGET_TMPDIR"));
    let output = command.env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
}
