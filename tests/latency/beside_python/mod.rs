//! The agents of `contract-agent` and those of the Python package on the same local platform.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use test_support::free_port::free_port;
use test_support::{keys, recordings};

const AGENT: &str = env!("CARGO_BIN_EXE_contract-agent");

/// The labelled video of the recorded project.
pub(crate) const VIDEO: &str = r#"{"projectHash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3", "dataHash": "33333333-aaaa-4bbb-8ccc-000000000003", "frame": 5}"#;

/// A server of agents, which is stopped on drop.
pub(crate) struct AgentServer {
    process: Child,
    port: u16,
}

impl AgentServer {
    /// Starts the agents in Rust with these settings.
    pub(crate) fn rust(platform: &str, settings: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut command = Command::new(AGENT);
        command.env("PORT", port.to_string()).env("RUST_LOG", "off").envs(settings.iter().copied());
        Self::start(command, platform, port)
    }

    /// Starts the agents in Python, with the interpreter of `AGENT_PYTHON`.
    pub(crate) fn python(platform: &str) -> Self {
        let python = std::env::var("AGENT_PYTHON")
            .expect("Missing environment variable AGENT_PYTHON. Set it to an interpreter with `encord-agents`.");
        let port = free_port();
        let mut command = Command::new(python);
        command.args(["-m", "uvicorn", "agent_app:app", "--log-level", "warning", "--port", &port.to_string()]);
        command.current_dir(recordings::path("tools")).env("PYTHONDONTWRITEBYTECODE", "1");
        Self::start(command, platform, port)
    }

    /// Starts the server, and waits until it listens.
    fn start(mut command: Command, platform: &str, port: u16) -> Self {
        command.env("ENCORD_DOMAIN", platform).env("ENCORD_SSH_KEY", keys::PLAIN).env_remove("ENCORD_SSH_KEY_FILE");
        let process = command.stdout(Stdio::null()).spawn().unwrap();
        let server = Self { process, port };
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(60), "{command:?} did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// Returns the duration of a call over a new connection, in milliseconds.
    pub(crate) fn call(&self, path: &str, payload: &str) -> f64 {
        let begin = Instant::now();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = payload.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all((head + payload).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        begin.elapsed().as_secs_f64() * 1e3
    }

    /// Returns a value of `/proc/PID/status` in MB, such as `VmRSS` or `VmHWM`.
    #[allow(dead_code, reason = "not every benchmark measures memory")]
    pub(crate) fn memory(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        kibibytes * 1024.0 / 1e6
    }
}

impl Drop for AgentServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
