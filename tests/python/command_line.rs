//! The command line of the Python package, which agent authors know, against a server of ours.
//!
//! `AGENT_PYTHON=VENV/bin/python cargo test -p agent-tests --features python --test python command_line`, where `VENV` is a
//! virtual environment with `encord-agents` in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use test_support::agent_process::AgentProcess;

/// What an author copies from the label editor's address bar, with an object selected.
const EDITOR_URL: &str = "https://app.encord.com/label_editor/8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3/\
                          33333333-aaaa-4bbb-8ccc-000000000003/0?objectHash=a1B2c3D4";

/// The program `encord-agents` beside the interpreter that the environment names.
fn encord_agents() -> PathBuf {
    let python = std::env::var_os("AGENT_PYTHON").expect(
        "the environment variable AGENT_PYTHON must name a Python interpreter that has `encord-agents` installed beside it",
    );
    let program = Path::new(&python).with_file_name("encord-agents");
    assert!(
        program.is_file(),
        "there is no {}: install `encord-agents` with the interpreter of AGENT_PYTHON",
        program.display()
    );
    program
}

/// Starts the server of the example agents. Builds it with the features of the tests, which build it anyway.
pub(crate) fn example_agents() -> AgentProcess {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut build = test_support::cargo::cargo();
    build.args(["test", "-q", "--workspace", "--no-run", "--test", "cargo_run"]).current_dir(workspace);
    assert!(build.status().unwrap().success(), "the example agents do not compile");
    let profile = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
    let mut command = Command::new(profile.join("example-agents"));
    command.current_dir(workspace);
    // Without a key it brings its studio, and a copy of the sample project.
    command.env_remove("ENCORD_SSH_KEY").env_remove("ENCORD_SSH_KEY_FILE");
    // It is built without the segmentation model, and refuses this setting.
    command.env_remove("SAM_MODEL");
    AgentProcess::start(command.env("STUDIO_PORT", "0").env("TMPDIR", env!("CARGO_TARGET_TMPDIR")))
}

/// Calls an agent as an author would in a terminal, and returns what that shows: a table.
fn test_local(server: &AgentProcess, agent: &str, more: &[&str]) -> String {
    let port = server.address.rsplit(':').next().unwrap();
    let mut command = Command::new(encord_agents());
    command.args(["test", "local", agent, EDITOR_URL, "--port", port]).args(more);
    // One line of the table for each value.
    let shown = command.env("COLUMNS", "400").env("TERM", "dumb").output().unwrap();
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.status.success(), "{}\n{text}\n{}", shown.status, String::from_utf8_lossy(&shown.stderr));
    text
}

/// The value of a row of the table.
fn row<'a>(table: &'a str, property: &str) -> &'a str {
    let cells = table.lines().filter_map(|line| line.trim_matches([' ', '│', '|']).split_once(['│', '|']));
    let mut values = cells.filter(|cells| cells.0.trim() == property).map(|cells| cells.1.trim());
    values.next().unwrap_or_else(|| panic!("no `{property}` in\n{table}"))
}

#[test]
fn calls_an_agent() {
    let server = example_agents();
    let table = test_local(&server, "count-selected", &[]);
    assert_eq!(row(&table, "status code"), "200", "{table}");
    let answer = r#"{"message":"Selected on frame 0: 1."}"#;
    assert_eq!(row(&table, "response"), answer, "{table}");
}

#[test]
fn asks_whether_an_agent_is_there() {
    let server = example_agents();
    let table = test_local(&server, "count-selected", &["--test-header"]);
    assert_eq!((row(&table, "status code"), row(&table, "response")), ("200", "null"), "{table}");
}

/// The command line succeeds whatever the status is, so the table must tell.
#[test]
fn shows_why_an_agent_is_not_there() {
    let server = example_agents();
    let table = test_local(&server, "/Count-Selected", &[]);
    assert_eq!(row(&table, "status code"), "404", "{table}");
    assert!(row(&table, "response").contains("Did you mean `/count-selected`?"), "{table}");
}
