//! Commands in README and tutorial: each one has a test. README's length.

use std::collections::BTreeSet;
use std::fs;

use crate::workspace;

/// The programs whose calls in running text are commands.
const PROGRAMS: [&str; 3] = ["agent-studio ", "cargo ", "curl "];

/// Commands, up to a comment or the first argument in capitals, and where each is run: a file, and a text in it. Names of tests begin
/// with `fn`; those with `#[ignore]` run in CI.
const COVERED: [(&str, &str, &str); 13] = [
    ("cargo run", "examples/tests/cargo_run.rs", "fn agents_change_sample_project()"),
    ("cargo run -- --stage", "examples/tests/cargo_run.rs", "fn stage_option_works_on_submitted_tasks()"),
    ("cargo test", ".ci/run", "cargo test --locked\n"),
    (
        "curl http://127.0.0.1:8080/count-selected",
        "examples/tests/cargo_run.rs",
        "fn quickstart_runs_as_separate_program()",
    ),
    ("cargo install --path agent-studio", ".ci/run", "cargo install --quiet --debug --locked --path agent-studio "),
    ("agent-studio new ../my-agents", "agent-studio/tests/cli_new.rs", "fn created_crate_compiles_and_runs()"),
    ("agent-studio new my-agents", "agent-studio/tests/real_cargo.rs", "fn program_installed_from_git_creates_crate()"),
    ("agent-studio dev --open", "agent-studio/tests/real_cargo.rs", "fn dev_survives_error_panic_and_slow_agent()"),
    ("cargo doc -p agent-runtime --open", ".ci/run", "cargo doc --workspace --no-deps"),
    ("cd my-agents", "agent-studio/tests/real_cargo.rs", "fn new_crate("),
    ("cargo build --release", "agent-studio/tests/image/mod.rs", "fn created_crate_builds_and_runs_in_empty_root()"),
    (
        "agent-studio doctor https://agents.example.com",
        "agent-studio/tests/cli_call.rs",
        "fn doctor_accepts_healthy_server()",
    ),
    ("agent-studio new", "agent-studio/tests/cli_new.rs", "fn creates_complete_crate()"),
];

fn read(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Splits a document into its `sh` blocks and its text without any code blocks.
fn split(document: &str) -> (Vec<&str>, String) {
    let (mut commands, mut text) = (Vec::new(), String::new());
    let mut language = None;
    for line in document.lines() {
        match (line.trim_start().strip_prefix("```"), language) {
            (Some(opened), None) => language = Some(opened),
            (Some(_), Some(_)) => language = None,
            (None, Some("sh")) => commands.push(line),
            (None, Some(_)) => {}
            (None, None) => text.extend([line, "\n"]),
        }
    }
    (commands, text)
}

/// Returns the commands of a document: the lines of its `sh` blocks, and the code in its text that begins with a program.
fn commands(document: &str) -> BTreeSet<String> {
    let (lines, text) = split(document);
    let in_text = text.split('`').skip(1).step_by(2).filter(|code| PROGRAMS.iter().any(|name| code.starts_with(name)));
    // An indented line continues the command above.
    let lines = lines.into_iter().filter(|line| !line.starts_with(' ') && !line.is_empty());
    let commands = lines.chain(in_text).map(|line| line.split(" #").next().unwrap_or_default().trim());
    commands.map(|command| command.split(" -H ").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn every_documented_command_has_a_test() {
    let mut problems = Vec::new();
    for document in ["README.md", "docs/guide/src/tutorial.md"] {
        let found = commands(&read(document));
        assert!(found.len() >= 5, "{document} has only {found:?}");
        for command in found {
            match COVERED.iter().find(|(known, ..)| *known == command) {
                None => problems.push(format!("{document}: `{command}` has no test: write one, and add it to COVERED")),
                Some((_, file, text)) if !read(file).contains(text) => {
                    problems.push(format!("{document}: `{command}` should be run by `{}` in {file}", text.trim()));
                }
                Some(_) => {}
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn commands_are_found_in_blocks_and_text() {
    let document = "1. `cargo fly` flies, `a + b` does not.\n\n```sh\ncargo run     # runs\ncurl http://a -H 'b' \\\n  -d c\n```\n\n```rust\ncargo no\n```\n";
    let expected = ["cargo fly", "cargo run", "curl http://a"].map(str::to_owned);
    assert_eq!(commands(document), expected.into());
}

#[test]
fn readme_is_short() {
    let words = split(&read("README.md")).1.split_whitespace().count();
    assert!(words <= 600, "README.md has {words} words outside code");
}
