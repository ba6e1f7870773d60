//! A process whose log can be read while it runs.

use std::io::Read;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than any log line takes, even on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Bounds the wait for the end of the streams of an ended process: one of its children may hold them open.
const STREAM_TIMEOUT: Duration = Duration::from_secs(5);

/// A running process. It is killed when dropped.
pub struct LoggedProcess {
    process: Child,
    log: Arc<Mutex<String>>,
    readers: Mutex<Vec<JoinHandle<()>>>,
}

impl LoggedProcess {
    /// Wraps a process whose standard error is piped, and logs it.
    pub fn of(mut process: Child) -> Self {
        let log = Arc::default();
        let reader = collect(process.stderr.take().unwrap(), Arc::clone(&log));
        Self { process, log, readers: Mutex::new(vec![reader]) }
    }

    /// Adds another stream to the log.
    pub fn collect(&self, from: impl Read + Send + 'static) {
        self.readers.lock().unwrap().push(collect(from, Arc::clone(&self.log)));
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Returns the log so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits for a line that contains all of these parts, and returns the first one.
    pub fn logged(&self, parts: &[&str]) -> String {
        let began = Instant::now();
        loop {
            let log = self.log();
            if let Some(line) = log.lines().find(|line| parts.iter().all(|part| line.contains(part))) {
                return line.to_owned();
            }
            assert!(began.elapsed() < TIMEOUT, "no line with {parts:?} in\n{log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[cfg(unix)]
    pub fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args(["-s", signal, &self.id().to_string()]).status().unwrap().success());
    }

    /// Waits until the process has exited and its log is complete.
    pub fn ended(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                self.wait_for_readers();
                return status;
            }
            assert!(began.elapsed() < TIMEOUT, "the process does not exit; its log is\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn wait_for_readers(&self) {
        let began = Instant::now();
        while began.elapsed() < STREAM_TIMEOUT && !self.readers.lock().unwrap().iter().all(JoinHandle::is_finished) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for LoggedProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads the stream continuously, so that the process never blocks on a full pipe.
pub fn collect(mut from: impl Read + Send + 'static, into: Arc<Mutex<String>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut piece) {
            into.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..read]));
        }
    })
}
