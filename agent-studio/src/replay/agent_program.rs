//! An agent server as a child process.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::platform::ReplayPlatform;
use super::replay_error::ReplayError;
use super::settings::SETTINGS;

/// Maximum time until the program listens.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Number of bytes of the log that are kept for an error.
const KEPT_LOG_BYTES: usize = 4000;

/// Variables that would contradict the local platform.
const REMOVED: [&str; 3] = ["ENCORD_SSH_KEY_FILE", "ENCORD_SSH_KEY_PASSPHRASE", "AGENT_TLS_CERT"];

/// A running program with agents, built with `agent-runtime`. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct AgentProgram {
    child: Child,
    address: SocketAddr,
}

impl AgentProgram {
    /// Starts a program at a platform, on a free port. `variables` are set in its environment.
    ///
    /// # Errors
    /// The program cannot be started, or exits before it listens.
    pub(super) fn start(
        program: &Path,
        variables: &[(String, String)],
        platform: &ReplayPlatform,
    ) -> Result<Self, ReplayError> {
        let key = platform.key().openssh().map_err(|error| ReplayError::Agents(error.to_string()))?;
        let mut command = Command::new(program);
        for name in REMOVED {
            command.env_remove(name);
        }
        command.envs(SETTINGS).env("HOST", "127.0.0.1").env("PORT", "0");
        command.env("ENCORD_DOMAIN", platform.url()).env("ENCORD_SSH_KEY", key.as_str());
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let failed = |error: std::io::Error| ReplayError::Agents(format!("{}: {error}", program.display()));
        let mut child = command.spawn().map_err(failed)?;
        let log = child.stderr.take().map(collect);
        let address = child.stdout.take().and_then(address);
        let Some(address) = address else {
            let _ = child.kill();
            let _ = child.wait();
            let log = log.map(|log| log.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default();
            let log = String::from_utf8_lossy(&log).trim().to_owned();
            return Err(ReplayError::Agents(format!("{} does not listen\n{log}", program.display())));
        };
        Ok(Self { child, address })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for AgentProgram {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for the line with the URL of the server. The rest of the output is read and dropped, so that the program can write it.
fn address(output: impl Read + Send + 'static) -> Option<SocketAddr> {
    let (sender, found) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let address = line.split("http://").nth(1).and_then(|rest| rest.split(['/', ' ']).next());
            if let Some(address) = address.and_then(|address| address.parse::<SocketAddr>().ok()) {
                // Nobody waits for later lines.
                let _ = sender.send(address);
            }
        }
    });
    found.recv_timeout(START_TIMEOUT).ok()
}

/// Reads the log of a program in the background, and returns the end of it.
fn collect(mut log: impl Read + Send + 'static) -> Arc<Mutex<Vec<u8>>> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let end = Arc::clone(&kept);
    thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(length @ 1..) = log.read(&mut chunk) {
            let mut kept = end.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend_from_slice(&chunk[..length]);
            let surplus = kept.len().saturating_sub(KEPT_LOG_BYTES);
            kept.drain(..surplus);
        }
    });
    kept
}
