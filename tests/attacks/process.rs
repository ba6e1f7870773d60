//! The server as a process of its own: what it logs, what memory it takes, and how it ends.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent_studio::{ClientKey, RunningPlatform};

/// Long enough for anything that comes at all, also on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. It ends with the test.
pub(crate) struct Program {
    process: Child,
    address: SocketAddr,
    /// What it has written to standard error.
    log: Arc<Mutex<String>>,
}

impl Program {
    /// Starts it, with nobody where the platform should be, and these environment variables.
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        let key = ClientKey::random().unwrap().openssh().unwrap();
        let nobody = [("ENCORD_SSH_KEY", key.as_str()), ("ENCORD_DOMAIN", "http://127.0.0.1:1")];
        Self::run(&mut Command::new(env!("CARGO_BIN_EXE_attacked-agent")), &nobody, variables)
    }

    /// Starts it with this platform.
    pub(crate) fn start_at(platform: &RunningPlatform, variables: &[(&str, &str)]) -> Self {
        Self::start_after("", platform, variables)
    }

    /// Starts it by a shell that runs this first, which ends in `&&`.
    pub(crate) fn start_after(shell: &str, platform: &RunningPlatform, variables: &[(&str, &str)]) -> Self {
        let (key, url) = (platform.private_key().unwrap(), platform.url());
        let place = [("ENCORD_SSH_KEY", key.as_str()), ("ENCORD_DOMAIN", url.as_str())];
        let program = env!("CARGO_BIN_EXE_attacked-agent");
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{shell} exec \"$0\""), program]);
        Self::run(&mut command, &place, variables)
    }

    /// What it says when it does not start with these environment variables.
    pub(crate) fn refusal(variables: &[(&str, &str)]) -> String {
        let key = ClientKey::random().unwrap().openssh().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_attacked-agent"));
        command.env("PORT", "0").env("ENCORD_SSH_KEY", key).env("ENCORD_DOMAIN", "http://127.0.0.1:1");
        let output = command.envs(variables.iter().copied()).output().unwrap();
        assert!(!output.status.success(), "it has started");
        String::from_utf8(output.stderr).unwrap()
    }

    fn run(command: &mut Command, platform: &[(&str, &str)], variables: &[(&str, &str)]) -> Self {
        let known = ["RUST_LOG", "AGENT_LOG", "AGENT_ORIGINS", "ENCORD_WEBHOOK_SECRET", "ENCORD_SSH_KEY_FILE"];
        let known = known.into_iter().chain(["AGENT_TLS_CERT", "AGENT_TLS_KEY", "AGENT_PROXIES"]);
        known.into_iter().fold(&mut *command, |command, name| command.env_remove(name));
        command.env("PORT", "0").env("HOST", "127.0.0.1").env("TOKIO_WORKER_THREADS", "4");
        command.envs(platform.iter().copied()).envs(variables.iter().copied());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        collect(BufReader::new(process.stderr.take().unwrap()), Arc::clone(&log));
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut first_line = String::new();
        output.read_line(&mut first_line).unwrap();
        let address = first_line.trim().rsplit("://").next().and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("it said {first_line:?}, and {:?}", log.lock().unwrap()));
        collect(output, Arc::default());
        Self { process, address, log }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The first line that it has logged with all of these, as soon as there is one.
    pub(crate) fn logged(&self, parts: &[&str]) -> String {
        let began = Instant::now();
        loop {
            let log = self.log();
            let found = log.lines().find(|line| parts.iter().all(|part| line.contains(part)));
            if let Some(line) = found {
                return line.to_owned();
            }
            assert!(began.elapsed() < PATIENCE, "no line with {parts:?} in\n{log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The most memory that it has had, in megabytes, as Linux tells; 0 elsewhere.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak.map_or(0, |peak| peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1000)
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args(["-s", signal, &self.process.id().to_string()]).status().unwrap().success());
    }

    /// Waits until it has ended.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end; its log is\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads what the process writes, so that it never waits for a reader.
fn collect(mut from: impl Read + Send + 'static, into: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut piece) {
            into.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..read]));
        }
    });
}
