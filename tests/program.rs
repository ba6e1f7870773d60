//! The server as a separate process: its log, memory use and exit.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::process::{Command, Stdio};
use std::sync::Arc;

use agent_studio::{ClientKey, RunningPlatform};

use test_support::logged_process::{LoggedProcess, collect};

/// A running server process. It is killed when dropped.
pub(crate) struct Program {
    process: LoggedProcess,
    address: SocketAddr,
}

impl Program {
    /// Starts the server with an unreachable platform and these environment variables.
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        let key = ClientKey::random().unwrap().openssh().unwrap();
        let nobody = [("ENCORD_SSH_KEY", key.as_str()), ("ENCORD_DOMAIN", "http://127.0.0.1:1")];
        Self::run(&mut Command::new(env!("CARGO_BIN_EXE_attacked-agent")), &nobody, variables)
    }

    /// Starts the server with this platform.
    pub(crate) fn start_at(platform: &RunningPlatform, variables: &[(&str, &str)]) -> Self {
        Self::start_after("", platform, variables)
    }

    /// Starts the server from a shell that first runs `before`, which ends in `&&`.
    pub(crate) fn start_after(shell: &str, platform: &RunningPlatform, variables: &[(&str, &str)]) -> Self {
        let (key, url) = (platform.private_key().unwrap(), platform.url());
        let place = [("ENCORD_SSH_KEY", key.as_str()), ("ENCORD_DOMAIN", url.as_str())];
        let program = env!("CARGO_BIN_EXE_attacked-agent");
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{shell} exec \"$0\""), program]);
        Self::run(&mut command, &place, variables)
    }

    /// Returns the error with which the server exits at start-up, given these environment variables.
    #[cfg(feature = "tls")]
    pub(crate) fn start_error(variables: &[(&str, &str)]) -> String {
        let key = ClientKey::random().unwrap().openssh().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_attacked-agent"));
        command.env("PORT", "0").env("ENCORD_SSH_KEY", key).env("ENCORD_DOMAIN", "http://127.0.0.1:1");
        let output = command.envs(variables.iter().copied()).output().unwrap();
        assert!(!output.status.success(), "the server started");
        String::from_utf8(output.stderr).unwrap()
    }

    fn run(command: &mut Command, platform: &[(&str, &str)], variables: &[(&str, &str)]) -> Self {
        let known = ["RUST_LOG", "AGENT_LOG", "AGENT_ORIGINS", "ENCORD_WEBHOOK_SECRET", "ENCORD_SSH_KEY_FILE"];
        let known = known.into_iter().chain([
            "AGENT_TLS_CERT",
            "AGENT_TLS_KEY",
            "AGENT_PROXIES",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
        ]);
        known.into_iter().fold(&mut *command, |command, name| command.env_remove(name));
        command.env("PORT", "0").env("HOST", "127.0.0.1").env("TOKIO_WORKER_THREADS", "4");
        command.envs(platform.iter().copied()).envs(variables.iter().copied());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let process = LoggedProcess::of(process);
        let mut first_line = String::new();
        output.read_line(&mut first_line).unwrap();
        let address = first_line.trim().rsplit("://").next().and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("first line {first_line:?}, log {:?}", process.log()));
        collect(output, Arc::default());
        Self { process, address }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the peak memory use in megabytes on Linux, and 0 on other systems.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak.map_or(0, |peak| peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1000)
    }
}

impl Deref for Program {
    type Target = LoggedProcess;

    fn deref(&self) -> &LoggedProcess {
        &self.process
    }
}

impl DerefMut for Program {
    fn deref_mut(&mut self) -> &mut LoggedProcess {
        &mut self.process
    }
}
