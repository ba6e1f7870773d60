//! The commands of the README with a real crate and the real cargo: `new`, `dev`, and an installation from git.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use test_support::cargo::cargo;
use test_support::free_port::free_port;
use test_support::http_client::{self, Answer};

use crate::cli::{Scratch, Serving, program, run};
use crate::cli_dev::{has_started, state_within};

/// Time for a build, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(900);

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The target folder of this test, which has the dependencies compiled already.
fn target() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_agent-studio")).ancestors().nth(2).unwrap().to_owned()
}

/// Gives a crate the locked versions of the workspace, which need not be downloaded.
fn lock(folder: &Path) {
    std::fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
}

/// Creates a crate as the README does.
async fn new_crate(scratch: &Scratch) -> PathBuf {
    let folder = scratch.path("street-agents");
    let mut command = program();
    command.arg("new").arg(&folder);
    run(command).await.done();
    lock(&folder);
    folder
}

/// Agents that the tests of `dev` call, after those of the new crate.
const MORE_AGENTS: &str = r#"
/// Fails with a bug.
#[editor_agent]
async fn panics() {
    panic!("the reason of the panic");
}

/// Waits until the file `open` exists.
#[editor_agent]
async fn waits() -> &'static str {
    std::fs::write("waiting", "").unwrap_or_default();
    while !std::path::Path::new("open").exists() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    "Waited."
}
"#;

async fn call(agents: &str, path: &str) -> Answer {
    let payload = json!({"projectHash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3", "frame": 7, "objectHashes": ["a1B2c3D4"],
        "dataHash": "33333333-aaaa-4bbb-8ccc-000000000003"});
    http_client::post(agents, path, &payload).await
}

async fn wait_for(path: PathBuf) {
    let exists = async {
        while !path.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, exists).await.unwrap_or_else(|_| panic!("waited for {}", path.display()));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "compiles a whole crate, several times"]
async fn dev_survives_error_panic_and_slow_agent() {
    let scratch = Scratch::new();
    let folder = new_crate(&scratch).await;
    let source = folder.join("src/main.rs");
    let first = std::fs::read_to_string(&source).unwrap();
    let mut command = program();
    command.current_dir(&folder).env("CARGO_TARGET_DIR", target());
    command.args(["dev", "--port", "0", "--agents-port", &free_port().to_string()]);
    let mut serving = Serving::start(command, "Stop with ctrl-c");
    let agents = format!("http://{}", serving.after("agents   http://"));
    state_within(PATIENCE, &serving, "the first start", has_started(1)).await;
    assert_eq!(call(&agents, "/where-am-i").await.message(), "Frame 7, 1 selected.");

    // A compile error: the agents from before keep running.
    std::fs::write(&source, first.replace("objects.len()", "objects.lenght()")).unwrap();
    let is_failed = |state: &serde_json::Value| state["build"]["state"] == "failed";
    let failed = state_within(PATIENCE, &serving, "the error", is_failed).await;
    let error = &failed["build"]["errors"][0];
    assert!(error["location"].as_str().unwrap().starts_with("src/main.rs:"), "{failed}");
    assert!(error["message"].as_str().unwrap().contains("lenght"), "{failed}");
    assert_eq!(call(&agents, "/where-am-i").await.message(), "Frame 7, 1 selected.");

    // The fix, with an agent that panics: its cause is in the response, and the other agents keep running.
    let second = format!("{first}{MORE_AGENTS}");
    std::fs::write(&source, &second).unwrap();
    state_within(PATIENCE, &serving, "the second start", has_started(2)).await;
    let bug = call(&agents, "/panics").await;
    assert!(bug.status == 500 && bug.text().contains("the reason of the panic"), "{}", bug.text());
    assert_eq!(call(&agents, "/where-am-i").await.message(), "Frame 7, 1 selected.");

    // A call that runs during a restart completes.
    let address = agents.clone();
    let waiting = tokio::spawn(async move { call(&address, "/waits").await });
    wait_for(folder.join("waiting")).await;
    std::fs::write(&source, second.replace("{} selected.", "{} picked.")).unwrap();
    let is_draining = |state: &serde_json::Value| state["server"]["state"] == "draining";
    state_within(PATIENCE, &serving, "the end of the previous version", is_draining).await;
    std::fs::write(folder.join("open"), "").unwrap();
    assert_eq!(waiting.await.unwrap().message(), "Waited.");
    state_within(PATIENCE, &serving, "the third start", has_started(3)).await;
    assert_eq!(call(&agents, "/where-am-i").await.message(), "Frame 7, 1 picked.");

    assert_eq!(tokio::task::spawn_blocking(move || serving.interrupt()).await.unwrap(), Some(0));
    let address = agents.trim_start_matches("http://");
    assert!(std::net::TcpStream::connect(address).is_err(), "the agents still listen");
}

/// Returns the Rust code blocks of a document, without those that repeat `use` lines.
fn code_blocks(document: &str) -> Vec<String> {
    let text = std::fs::read_to_string(workspace().join(document)).unwrap();
    let blocks = text.split("```rust").skip(1).map(|rest| rest.split_once('\n').unwrap().1);
    blocks.map(|block| block.split_once("\n```").unwrap().0.to_owned()).collect()
}

/// Runs the tests that README and guide show. Doctests only parse functions with `#[test]`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "compiles a whole crate"]
async fn documented_tests_pass_in_new_crate() {
    let scratch = Scratch::new();
    let folder = new_crate(&scratch).await;
    let source = folder.join("src/main.rs");
    let mut text = std::fs::read_to_string(&source).unwrap();
    let tutorial = code_blocks("docs/guide/src/tutorial.md");
    let [agent, test] = tutorial.as_slice() else { panic!("an agent and a test, not {tutorial:?}") };
    // As the reader does: the agent goes below the others, the test among the tests.
    text.push_str(&agent.replace("use agent_runtime::prelude::*;\n", ""));
    assert_eq!(text.matches("use super::*;\n").count(), 1);
    text = text.replace("use super::*;\n", &format!("use super::*;\n{test}\n"));
    let testing = code_blocks("docs/guide/src/how-to/test-an-agent.md");
    for (number, block) in testing.iter().chain(code_blocks("README.md").last()).enumerate() {
        let uses =
            if block.contains("prelude::*") { "" } else { "use super::*; use agent_runtime::testing::TestClient;" };
        text.push_str(&format!("\n#[cfg(test)]\nmod documented_{number} {{\n{uses}\n{block}\n}}\n"));
    }
    std::fs::write(&source, text).unwrap();
    let mut command = cargo();
    command.args(["test", "--quiet"]).current_dir(&folder).env("CARGO_TARGET_DIR", target());
    let ran = run(command).await;
    assert!(ran.done().contains("6 passed"), "{}{}", ran.out, ran.err);
}

/// Installs the program from a git repository with the commits of this checkout, and creates a crate with it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "compiles a whole crate"]
async fn program_installed_from_git_creates_crate() {
    let scratch = Scratch::new();
    let repository = scratch.path("editor-agents");
    let mut git = Command::new("git");
    git.args(["clone", "--quiet"]).arg(workspace()).arg(&repository);
    run(git).await.done();
    let url = format!("file://{}", repository.display());
    // Only the results are in other folders: the dependencies are those of this workspace.
    let mut install = cargo();
    install.args(["install", "--quiet", "--debug", "--locked", "--git", &url, "agent-studio", "--root"]);
    install.arg(scratch.path("installed")).env("CARGO_BUILD_BUILD_DIR", target());
    install.env("CARGO_TARGET_DIR", scratch.path("target")).current_dir(scratch.path(""));
    run(install).await.done();

    let folder = scratch.path("street-agents");
    let mut command = Command::new(scratch.path("installed/bin/agent-studio"));
    command.arg("new").arg(&folder);
    run(command).await.done();
    let manifest: toml::Table = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
    let mut git = Command::new("git");
    git.arg("-C").arg(workspace()).args(["rev-parse", "HEAD"]);
    let revision = run(git).await.done().trim().to_owned();
    for (table, package) in [("dependencies", "agent-runtime"), ("dev-dependencies", "agent-studio")] {
        let dependency = &manifest[table][package];
        assert_eq!((dependency["git"].as_str(), dependency["rev"].as_str()), (Some(&*url), Some(&*revision)));
    }
    lock(&folder);
    let mut check = cargo();
    check.args(["check", "--quiet"]).current_dir(&folder);
    check.env("CARGO_BUILD_BUILD_DIR", target()).env("CARGO_TARGET_DIR", scratch.path("target"));
    run(check).await.done();
}
