//! The contract's stand-in platform, as a process of its own: it checks every signature, keeps what is saved, remembers
//! what it was asked, and fails where it is told to.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use crate::raw_response::Answer;
use crate::{contract, keys, raw_connection};

/// More requests than any test makes between two resets.
const LOGGED: &str = "1000";

/// A running stand-in on a free port. Ends when dropped.
pub struct StubPlatform {
    process: Child,
    /// `http://HOST:PORT`.
    pub domain: String,
}

/// A request that the platform was asked.
pub struct PlatformRequest {
    /// As the recordings write it: method and target, and for the legacy family what is asked, e.g.
    /// `POST /public labelrow GET`.
    pub line: String,
    /// The value of `X-Cloud-Trace-Context`.
    pub trace: Option<String>,
    /// What it was answered.
    pub status: u16,
}

impl StubPlatform {
    /// Starts the stand-in. It accepts only the key of these tests, and logs every request.
    pub fn start() -> Self {
        Self::start_with(&["--auth", "verify", "--key", keys::KEY_ID, "--log", LOGGED])
    }

    /// Starts the stand-in with these arguments.
    pub fn start_with(arguments: &[&str]) -> Self {
        let python = std::env::var_os("AGENT_PYTHON").expect(
            "the environment variable AGENT_PYTHON must name a Python interpreter, 3.11 or newer: the contract's stand-in platform runs on it",
        );
        let mut command = Command::new(python);
        command.arg(contract::path("tools/stub_platform.py"));
        command.args(["--port", "0"]).args(arguments);
        let mut process =
            command.stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let mut first = String::new();
        BufReader::new(process.stdout.as_mut().expect("the standard output is piped")).read_line(&mut first).unwrap();
        let domain = first.split_whitespace().find(|word| word.starts_with("http://")).map(ToOwned::to_owned);
        let domain = domain.unwrap_or_else(|| panic!("the stand-in does not say where it listens, but `{first}`"));
        Self { process, domain }
    }

    /// Puts everything back as it was at the start.
    pub fn reset(&self) {
        self.control("POST", "reset", "");
    }

    /// Adds a rule that replaces or delays the answer to some requests.
    pub fn fail(&self, rule: &Value) {
        self.control("POST", "faults", &rule.to_string());
    }

    /// The identifiers that the platform knows, and where its tasks are.
    pub fn world(&self) -> Value {
        self.control("GET", "world", "")
    }

    /// A label row as it is stored now.
    pub fn labels(&self, label_hash: &str) -> Value {
        self.control("GET", &format!("labels/{label_hash}"), "")
    }

    /// Every request since the last reset, in the order of arrival.
    pub fn requests(&self) -> Vec<PlatformRequest> {
        let log: Vec<Logged> = serde_json::from_value(self.control("GET", "log", "")).unwrap();
        log.into_iter().map(PlatformRequest::from).collect()
    }

    fn control(&self, method: &str, name: &str, body: &str) -> Value {
        let address = self.domain.trim_start_matches("http://");
        let head =
            format!("{method} /__stub__/{name} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n", body.len());
        let answer: Answer = raw_connection::exchange(address, method, [head, body.to_owned()].concat().into_bytes());
        assert_eq!(answer.status, 200, "the stand-in refuses {method} {name}: {}", answer.text);
        answer.json().unwrap()
    }
}

impl Drop for StubPlatform {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An entry of the stand-in's log.
#[derive(Deserialize)]
struct Logged {
    request: LoggedRequest,
    response: LoggedResponse,
}

#[derive(Deserialize)]
struct LoggedRequest {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: Value,
}

#[derive(Deserialize)]
struct LoggedResponse {
    status: u16,
}

impl From<Logged> for PlatformRequest {
    fn from(Logged { request, response }: Logged) -> Self {
        let mut line = format!("{} {}", request.method, request.target);
        for part in ["query_type", "query_method"] {
            if let Some(asked) = request.body["json"][part].as_str() {
                line.extend([" ", asked]);
            }
        }
        let trace = request.headers.into_iter().find(|header| header.0.eq_ignore_ascii_case("x-cloud-trace-context"));
        Self { line, trace: trace.map(|header| header.1), status: response.status }
    }
}
