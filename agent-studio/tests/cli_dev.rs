//! `agent-studio dev`, with a script in place of cargo and of the agents' program.

use std::time::Duration;

use serde_json::Value;
use test_support::free_port::free_port;
use test_support::http_client;
use test_support::scripted_cargo::{SCRIPTED_CARGO, write_script};

use crate::cli::{Scratch, Serving, program, run};

/// A crate of scripts, in which `agent-studio dev` runs.
struct Crate(Scratch);

impl Crate {
    fn new(script: &str) -> Self {
        let crate_ = Self(Scratch::new());
        write_script(&crate_.0.path("bin/cargo"), SCRIPTED_CARGO);
        crate_.edit(script);
        crate_
    }

    /// Replaces the program's source.
    fn edit(&self, script: &str) {
        self.0.write("crate/src/main.rs", format!("#!/bin/sh\n{script}\n"));
    }

    fn dev(&self, more: &[&str]) -> Serving {
        let mut command = program();
        command.current_dir(self.0.path("crate")).env("CARGO", self.0.path("bin/cargo"));
        // A port that no connection of another test takes before the agents listen on it.
        command.args(["dev", "--port", "0", "--agents-port", &free_port().to_string()]).args(more);
        Serving::start(command, "Stop with ctrl-c")
    }
}

/// A program that accepts connections on `PORT`, after a line of script.
fn server(first: &str) -> String {
    let studio = env!("CARGO_BIN_EXE_agent-studio");
    format!("{first}\nexec '{studio}' serve --port \"$PORT\" >/dev/null")
}

/// Returns the first state that fulfils the condition.
async fn state(serving: &Serving, what: &str, is_expected: impl Fn(&Value) -> bool) -> Value {
    state_within(Duration::from_secs(60), serving, what, is_expected).await
}

/// Returns the first state that fulfils the condition, within a time.
pub(crate) async fn state_within(
    patience: Duration,
    serving: &Serving,
    what: &str,
    is_expected: impl Fn(&Value) -> bool,
) -> Value {
    let url = serving.after("Label editor on ").trim_end_matches('/').to_owned();
    let mut path = "/page/api/dev-status".to_owned();
    let waited = async {
        loop {
            let response = http_client::get(&url, &path).await;
            let state: Value = serde_json::from_str(&response.text()).unwrap();
            if is_expected(&state) {
                return state;
            }
            path = format!("/page/api/dev-status?after={}", state["revision"]);
        }
    };
    tokio::time::timeout(patience, waited).await.unwrap_or_else(|_| panic!("waited for {what}"))
}

pub(crate) fn has_started(times: u64) -> impl Fn(&Value) -> bool {
    move |state| state["starts"] == times && state["server"]["state"] == "running"
}

#[tokio::test]
async fn restarts_after_change_and_keeps_running_after_error() {
    let crate_ = Crate::new(&server("env > variables-1"));
    let serving = crate_.dev(&[]);
    state(&serving, "the first start", has_started(1)).await;
    let agents = serving.after("agents   http://").to_owned();
    // Variables of the local platform, and a key that a restart keeps.
    let variables = std::fs::read_to_string(crate_.0.path("crate/variables-1")).unwrap();
    let url = serving.after("Label editor on ").trim_end_matches('/');
    for line in [format!("ENCORD_DOMAIN={url}"), format!("AGENT_ORIGINS={url}"), "AGENT_SHOW_INTERNALS=true".to_owned()]
    {
        assert!(variables.lines().any(|variable| variable == line), "{line} in {variables}");
    }
    assert!(variables.contains(&format!("PORT={}", agents.rsplit_once(':').unwrap().1)), "{variables}");
    assert!(crate_.0.path("crate/.scratch/sample/.scratch/key").is_file());

    crate_.edit("# MISTAKE");
    let failed = state(&serving, "the error", |state| state["build"]["state"] == "failed").await;
    let error = &failed["build"]["errors"][0];
    assert_eq!((&error["location"], &error["message"]), (&"src/main.rs:2:1".into(), &"a mistake".into()));
    assert_eq!((&failed["server"]["state"], &failed["starts"]), (&"running".into(), &1.into()));
    std::net::TcpStream::connect(&agents).expect("the previous version still runs");

    crate_.edit(&server("env > variables-2"));
    state(&serving, "the second start", has_started(2)).await;
    assert!(crate_.0.path("crate/variables-2").is_file());
}

#[tokio::test]
async fn change_of_settings_restarts_server() {
    let crate_ = Crate::new(&server("env > variables-$MODEL"));
    crate_.0.write("crate/.env", "MODEL=1\nPORT=1\n");
    let serving = crate_.dev(&[]);
    state(&serving, "the first start", has_started(1)).await;
    crate_.0.write("crate/.env", "MODEL=2\n");
    state(&serving, "the second start", has_started(2)).await;
    assert!(crate_.0.path("crate/variables-1").is_file() && crate_.0.path("crate/variables-2").is_file());
    // The terminal has no secret of a malformed line, and the page has the reason.
    crate_.0.write("crate/.env", "MODEL swordfish\n");
    let exited = state(&serving, "the malformed settings", |state| state["server"]["state"] == "exited").await;
    let reason = exited["server"]["reason"].as_str().unwrap();
    assert!(reason.contains("NAME=value") && !exited.to_string().contains("swordfish"), "{reason}");
}

#[tokio::test]
async fn agents_use_the_recorder_of_their_model_server() {
    let crate_ = Crate::new(&server("env > variables-$MODEL"));
    crate_.0.write("crate/.env", "MODEL=1\nMODEL_URL=http://127.0.0.1:9/v1\n");
    let serving = crate_.dev(&["--record-models", "MODEL_URL"]);
    state(&serving, "the first start", has_started(1)).await;
    let url = |name: &str| {
        let variables = std::fs::read_to_string(crate_.0.path(name)).unwrap();
        variables.lines().find_map(|line| line.strip_prefix("MODEL_URL=").map(str::to_owned)).unwrap()
    };
    let first = url("crate/variables-1");
    assert!(first.starts_with("http://127.0.0.1:") && first.ends_with("/v1"), "{first}");
    assert_ne!(first, "http://127.0.0.1:9/v1");
    crate_.0.write("crate/.env", "MODEL=2\nMODEL_URL=http://127.0.0.1:9/v2\n");
    state(&serving, "the second start", has_started(2)).await;
    assert_eq!(url("crate/variables-2"), first.replace("/v1", "/v2"));
    crate_.0.write("crate/.env", "MODEL=3\n");
    let exited = state(&serving, "the missing URL", |state| state["server"]["state"] == "exited").await;
    let reason = exited["server"]["reason"].as_str().unwrap();
    assert!(reason.contains("`MODEL_URL` is not the URL of a model server"), "{reason}");
}

#[tokio::test]
async fn crash_loop_backs_off_until_change() {
    let crate_ = Crate::new("echo run >> runs; echo the reason >&2; exit 3");
    let serving = crate_.dev(&[]);
    // The program's own file, in the watched folder, does not restart the program.
    let delay_is = |seconds: u64| {
        move |state: &Value| state["server"]["retrySeconds"].as_u64().is_some_and(|delay| delay >= seconds)
    };
    let exited = state(&serving, "the first exit", delay_is(1)).await;
    assert_eq!(exited["server"]["reason"], "The agent server ended with exit code 3.");
    assert_eq!(exited["server"]["output"], serde_json::json!(["the reason"]));
    state(&serving, "the second exit", delay_is(2)).await;
    state(&serving, "the third exit", delay_is(4)).await;
    crate_.edit(&server("echo run >> runs"));
    state(&serving, "the start", has_started(1)).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn ctrl_c_leaves_no_process() {
    let crate_ = Crate::new(&server("sleep 1000 & echo $! $$ > processes"));
    let mut serving = crate_.dev(&[]);
    state(&serving, "the start", has_started(1)).await;
    let processes = std::fs::read_to_string(crate_.0.path("crate/processes")).unwrap();
    let processes: Vec<String> = processes.split_whitespace().map(str::to_owned).collect();
    assert_eq!(processes.len(), 2);
    assert_eq!(tokio::task::spawn_blocking(move || serving.interrupt()).await.unwrap(), Some(0));
    for process in processes {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let is_zombie = stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z');
        assert!(stat.is_empty() || is_zombie, "{stat}");
    }
}

#[tokio::test]
async fn start_reports_what_prevents_it() {
    let scratch = Scratch::new();
    std::fs::create_dir_all(scratch.path("")).unwrap();
    let dev = |arguments: &[&str]| {
        let mut command = program();
        command.current_dir(scratch.path("")).env("CARGO", scratch.path("cargo")).arg("dev").args(arguments);
        run(command)
    };
    dev(&[]).await.fails_saying("install Rust");
    write_script(&scratch.path("cargo"), "#!/bin/sh\necho 'error: could not find `Cargo.toml`' >&2; exit 101\n");
    dev(&[]).await.fails_saying("could not find `Cargo.toml`");
    write_script(&scratch.path("cargo"), SCRIPTED_CARGO);
    dev(&["no-folder"]).await.fails_saying("is not a project folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    dev(&["--agents-port", &port]).await.fails_saying("--agents-port");
    dev(&["--agents-port", "0", "--port", &port]).await.fails_saying("choose another with --port");
    assert_eq!(dev(&["--bin", "a", "--example", "b"]).await.code, 2);
}
