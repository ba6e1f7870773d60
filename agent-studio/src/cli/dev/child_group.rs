//! A child process in its own process group, which ends with all its descendants.

use std::collections::VecDeque;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// Maximum number of lines kept of a child's output.
const KEPT_LINES: usize = 60;
/// Maximum wait for the rest of the output after the exit.
const OUTPUT_TIMEOUT: Duration = Duration::from_secs(1);

/// A child process in its own process group. The whole group is killed on drop.
#[derive(Debug)]
pub(super) struct ChildGroup {
    child: Child,
    group: Option<u32>,
    readers: Vec<JoinHandle<()>>,
    tail: OutputTail,
}

/// The last lines of a process's output.
#[derive(Debug, Clone, Default)]
pub(super) struct OutputTail(Arc<Mutex<VecDeque<String>>>);

impl OutputTail {
    fn push(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// Returns the lines without colours.
    pub(super) fn lines(&self) -> Vec<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }
}

impl ChildGroup {
    /// Spawns the command. `on_stdout` gets each line of its standard output, and `on_stderr` each line of its standard error, which
    /// is also kept.
    ///
    /// # Errors
    /// The program cannot be started.
    pub(super) fn spawn(
        mut command: Command,
        on_stdout: impl FnMut(String) + Send + 'static,
        mut on_stderr: impl FnMut(&str) + Send + 'static,
    ) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        // Ctrl-C in the terminal reaches only this program, which then ends the group in order.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let tail = OutputTail::default();
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            readers.push(tokio::spawn(read_lines(stdout, on_stdout)));
        }
        if let Some(stderr) = child.stderr.take() {
            let tail = tail.clone();
            readers.push(tokio::spawn(read_lines(stderr, move |line| {
                on_stderr(&line);
                tail.push(line);
            })));
        }
        Ok(Self { group: child.id(), child, readers, tail })
    }

    /// Returns the last lines of standard error.
    pub(super) fn tail(&self) -> Vec<String> {
        self.tail.lines()
    }

    /// Waits for the exit of the process, ends the rest of its group, and waits for the rest of its output. Cancel safe.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.kill();
        self.group = None;
        for reader in &mut self.readers {
            if !reader.is_finished() && tokio::time::timeout(OUTPUT_TIMEOUT, &mut *reader).await.is_err() {
                reader.abort();
            }
        }
        Ok(status)
    }

    /// Asks the group to exit (SIGTERM).
    pub(super) fn terminate(&mut self) {
        self.signal(Signal::Terminate);
    }

    /// Kills the group.
    pub(super) fn kill(&mut self) {
        self.signal(Signal::Kill);
    }

    #[cfg(unix)]
    fn signal(&mut self, signal: Signal) {
        let group = self.group.and_then(|pid| i32::try_from(pid).ok()).and_then(rustix::process::Pid::from_raw);
        let Some(group) = group else { return };
        let signal = match signal {
            Signal::Terminate => rustix::process::Signal::TERM,
            Signal::Kill => rustix::process::Signal::KILL,
        };
        // Fails only if no process of the group is left.
        let _ = rustix::process::kill_process_group(group, signal);
    }

    #[cfg(not(unix))]
    fn signal(&mut self, _: Signal) {
        let _ = self.child.start_kill();
    }
}

#[derive(Debug, Clone, Copy)]
enum Signal {
    Terminate,
    Kill,
}

impl Drop for ChildGroup {
    fn drop(&mut self) {
        self.kill();
        self.readers.iter().for_each(JoinHandle::abort);
    }
}

async fn read_lines(from: impl AsyncRead + Unpin, mut on_line: impl FnMut(String)) {
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => on_line(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned()),
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    fn shell(script: &str) -> (ChildGroup, mpsc::UnboundedReceiver<String>) {
        let (sender, lines) = mpsc::unbounded_channel();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let child = ChildGroup::spawn(command, move |line| drop(sender.send(line)), |_| {}).unwrap();
        (child, lines)
    }

    fn is_alive(pid: &str) -> bool {
        // A zombie has ended, too.
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
    }

    async fn wait_for_end(pid: &str) {
        let ended = async {
            while is_alive(pid) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), ended).await.expect("the process ends");
    }

    #[tokio::test]
    async fn keeps_last_lines_of_standard_error() {
        let (mut child, _lines) = shell("for i in $(seq 100); do echo line $i >&2; done; exit 3");
        assert_eq!(child.wait().await.unwrap().code(), Some(3));
        let tail = child.tail();
        assert_eq!((tail.len(), tail.last().map(String::as_str)), (KEPT_LINES, Some("line 100")));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn drop_kills_descendants() {
        let (child, mut lines) = shell("sleep 1000 & echo $!; trap '' TERM; wait");
        let pid = lines.recv().await.unwrap();
        assert!(is_alive(&pid));
        drop(child);
        wait_for_end(&pid).await;
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn exit_of_leader_ends_descendants() {
        let (mut child, mut lines) = shell("sleep 1000 & echo $!");
        let pid = lines.recv().await.unwrap();
        child.wait().await.unwrap();
        wait_for_end(&pid).await;
    }
}
