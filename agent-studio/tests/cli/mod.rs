//! Runs the command-line program as a child process.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Creates a command without the environment variables that the program reads.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-studio"));
    for name in ["ENCORD_DOMAIN", "ENCORD_SSH_KEY", "ENCORD_SSH_KEY_FILE", "ENCORD_SSH_KEY_PASSPHRASE", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Output and exit status of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a command to completion on a blocking thread, because the runtime's threads serve its requests.
pub(crate) async fn run(mut command: Command) -> Ran {
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    Ran::of(&output)
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Asserts that the command failed with one sentence that contains this text.
    #[track_caller]
    pub(crate) fn fails_saying(&self, words: &str) {
        assert_eq!(self.code, 1, "{}{}", self.out, self.err);
        assert!(self.out.is_empty(), "{}", self.out);
        let lines: Vec<_> = self.err.lines().collect();
        assert!(
            matches!(lines.as_slice(), [line] if line.starts_with("error: ") && line.ends_with('.')),
            "{}",
            self.err
        );
        assert!(self.err.contains(words), "`{words}` is not in: {}", self.err);
    }

    /// Asserts that the command succeeded, and returns its output.
    #[track_caller]
    pub(crate) fn done(&self) -> &str {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        &self.out
    }
}

/// A temporary folder, removed on drop.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("agent-studio-cli-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running program.
pub(crate) struct Serving {
    child: Child,
    lines: mpsc::Receiver<String>,
    pub(crate) said: String,
}

impl Serving {
    /// Starts the program, and waits until it writes a line with this text.
    pub(crate) fn start(mut command: Command, until: &str) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut serving = Self { child, lines, said: String::new() };
        let patience = Instant::now() + Duration::from_secs(30);
        while !serving.said.contains(until) {
            let left = patience.saturating_duration_since(Instant::now());
            let Ok(line) = serving.lines.recv_timeout(left) else {
                let _ = serving.child.kill();
                let mut err = String::new();
                serving.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
                panic!("no `{until}` in:\n{}\n{err}", serving.said);
            };
            serving.said.push_str(&line);
            serving.said.push('\n');
        }
        serving
    }

    /// Returns the word after this text in the output.
    pub(crate) fn after(&self, words: &str) -> &str {
        let rest = self.said.split_once(words).unwrap_or_else(|| panic!("no `{words}` in\n{}", self.said)).1;
        rest.split_whitespace().next().unwrap()
    }

    /// Sends SIGINT and returns the exit code.
    pub(crate) fn interrupt(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    /// Ends the program as a user does, since a killed `agent-studio dev` leaves its agents behind. Kills it if that takes long.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let interrupted = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let start = Instant::now();
        while interrupted.as_ref().is_ok_and(ExitStatus::success) && start.elapsed() < Duration::from_secs(15) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
