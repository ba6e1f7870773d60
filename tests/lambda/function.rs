//! A function: a program as AWS Lambda starts it.

use std::io::{BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::runtime_api::RuntimeApi;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running function. It ends with the test.
pub(crate) struct Function {
    process: Child,
    /// What it has written to standard output and to standard error, as Lambda keeps both in its log.
    log: Arc<Mutex<String>>,
}

impl Function {
    /// Starts the program with what Lambda tells every function, and these variables.
    pub(crate) fn start(program: &str, api: &RuntimeApi, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program);
        // The settings and the key of whoever runs the test are not the test's.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["AGENT_", "ENCORD_", "AWS_", "RUST_LOG"].iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        command
            .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "agents")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("NO_PROXY", "*")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        collect(process.stdout.take().unwrap(), Arc::clone(&log));
        collect(process.stderr.take().unwrap(), Arc::clone(&log));
        Self { process, log }
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
            if let Some(line) = log.lines().find(|line| parts.iter().all(|part| line.contains(part))) {
                return line.to_owned();
            }
            assert!(began.elapsed() < PATIENCE, "no line with {parts:?} in\n{log}");
            std::thread::sleep(Duration::from_millis(10));
        }
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

    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        assert!(Command::new("kill").arg(self.process.id().to_string()).status().unwrap().success());
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads what the process writes, so that it never waits for a reader.
fn collect(from: impl Read + Send + 'static, into: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        let (mut from, mut piece) = (BufReader::new(from), [0; 4096]);
        while let Ok(read @ 1..) = from.read(&mut piece) {
            into.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..read]));
        }
    });
}
