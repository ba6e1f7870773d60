//! Builds and runs the agent server, and restarts it after changes.
//!
//! The previous version keeps running until the next build has succeeded. Then it gets SIGTERM, completes its running calls, and
//! the next version starts.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::cargo_build::{BuildOutcome, CargoBuild, Program};
use super::child_group::ChildGroup;
use super::environment;
use super::source_watcher::SourceWatcher;
use crate::cli::terminal::{BAD, FAINT, GOOD, print_stderr, print_stdout, styled};
use crate::dev_status::{BuildState, DevStatus, ServerState};
use crate::models::ModelRecorder;

/// Time for running calls to complete before a restart. Then the process is killed.
const GRACE: Duration = Duration::from_secs(5);
/// Delays before the restarts of a server that exits at once.
const MIN_RETRY: Duration = Duration::from_secs(1);
const MAX_RETRY: Duration = Duration::from_secs(30);
/// Run time after which an exit is not part of a crash loop.
const STABLE: Duration = Duration::from_secs(10);
/// Interval of connection attempts to a starting server.
const READY_INTERVAL: Duration = Duration::from_millis(15);

/// Configuration of the agent server's process.
#[derive(Debug)]
pub(super) struct ServerConfig {
    /// Working directory, with the file `.env`.
    pub(super) folder: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) address: SocketAddr,
    /// Settings of the local platform.
    pub(super) platform: BTreeMap<String, String>,
    /// Recorders of model servers, to which the agents' variables point.
    pub(super) models: Vec<ModelRecorder>,
}

/// Builds and runs the agent server.
pub(super) struct Supervisor {
    build: CargoBuild,
    server: ServerConfig,
    status: Arc<DevStatus>,
    watcher: SourceWatcher,
    building: Option<Pin<Box<dyn Future<Output = BuildOutcome> + Send>>>,
    running: Option<Running>,
    /// The version that is started when the running one has exited, or again after a crash.
    next: Option<Program>,
    /// The version that exited last: only its delay or another version starts the server again.
    exited: Option<Version>,
    retry: Duration,
    retry_at: Option<Instant>,
}

/// A running agent server.
struct Running {
    child: ChildGroup,
    version: Version,
    started: Instant,
    is_ready: bool,
    /// Time at which it is killed, if it was asked to exit.
    kill_at: Option<Instant>,
}

/// A program and its environment: a server is restarted if one of them has changed.
#[derive(Debug, PartialEq)]
struct Version {
    program: Program,
    variables: BTreeMap<String, String>,
}

/// An event that the supervisor handles.
enum Event {
    Shutdown,
    Changed,
    Built(BuildOutcome),
    Exited(io::Result<ExitStatus>),
    Ready,
    GraceEnded,
    Retry,
}

impl Supervisor {
    pub(super) fn new(build: CargoBuild, server: ServerConfig, status: Arc<DevStatus>, watcher: SourceWatcher) -> Self {
        let (building, running, next, exited, retry_at) = (None, None, None, None, None);
        Self { build, server, status, watcher, building, running, next, exited, retry: MIN_RETRY, retry_at }
    }

    /// Runs until `shutdown` completes, and then ends all processes.
    pub(super) async fn run(mut self, shutdown: impl Future<Output = ()>) {
        tokio::pin!(shutdown);
        self.start_build();
        loop {
            match self.next_event(shutdown.as_mut()).await {
                Event::Shutdown => break,
                Event::Changed => self.start_build(),
                Event::Built(outcome) => self.finish_build(outcome),
                Event::Exited(status) => self.handle_exit(status),
                Event::Ready => self.report_ready(),
                Event::GraceEnded => self.kill(),
                Event::Retry => self.start_server(),
            }
        }
        // Also ends requests of the page that wait for a change.
        self.status.update(|state| state.server = ServerState::Stopped);
        self.building = None;
        if let Some(mut running) = self.running.take() {
            running.child.terminate();
            let _ = timeout(GRACE, running.child.wait()).await;
        }
    }

    async fn next_event(&mut self, shutdown: Pin<&mut impl Future<Output = ()>>) -> Event {
        let Self { building, running, watcher, server, retry_at, .. } = self;
        let kill_at = running.as_ref().and_then(|running| running.kill_at);
        let is_starting = running.as_ref().is_some_and(|running| !running.is_ready && running.kill_at.is_none());
        tokio::select! {
            // An exit comes before the readiness: another program may accept connections on the port.
            biased;
            () = shutdown => Event::Shutdown,
            () = watcher.changed() => Event::Changed,
            outcome = optional(building.as_mut()) => Event::Built(outcome),
            status = exit_of(running.as_mut()) => Event::Exited(status),
            () = optional_time(kill_at) => Event::GraceEnded,
            () = optional_time(*retry_at) => Event::Retry,
            () = accepts_connections(server.address), if is_starting => Event::Ready,
        }
    }

    /// Starts a build. One that is running is cancelled.
    fn start_build(&mut self) {
        self.building = Some(Box::pin(self.build.clone().run()));
        self.status.update(|state| state.build = BuildState::Running);
    }

    fn finish_build(&mut self, outcome: BuildOutcome) {
        self.building = None;
        let seconds = outcome.seconds;
        match outcome.result {
            Ok(program) => {
                print_stderr(styled(GOOD, format!("Built in {seconds:.1} s.")));
                self.watcher.add_files(&program.sources());
                self.status.update(|state| state.build = BuildState::Succeeded { seconds });
                self.replace(program);
            }
            Err(errors) => {
                let consequence = if self.running.is_some() { " The previous version keeps running." } else { "" };
                print_stderr(styled(BAD, format!("The build failed.{consequence} Waiting for a change.")));
                self.status.update(|state| state.build = BuildState::Failed { seconds, errors });
            }
        }
    }

    /// Starts this version after the running one has exited. Does nothing if it is running, or waits for its next start.
    fn replace(&mut self, program: Program) {
        let variables = self.variables();
        let is_same = |version: &Version| {
            version.program == program && variables.as_ref().is_ok_and(|variables| *variables == version.variables)
        };
        let is_waiting = self.retry_at.is_some() && self.exited.as_ref().is_some_and(is_same);
        let is_running = self.running.as_ref().is_some_and(|running| is_same(&running.version));
        self.next = Some(program);
        if is_waiting || is_running {
            return;
        }
        self.retry = MIN_RETRY;
        let Some(running) = &mut self.running else { return self.start_server() };
        if running.kill_at.is_none() {
            running.child.terminate();
            running.kill_at = Some(Instant::now() + GRACE);
            self.status.update(|state| state.server = ServerState::Draining);
        }
    }

    fn variables(&self) -> Result<BTreeMap<String, String>, String> {
        let file = environment::read_file(&self.server.folder.join(environment::FILE));
        let file = file.map_err(|failure| failure.to_string())?;
        let mut merged = environment::merge(file, &self.server.platform, |name| std::env::var_os(name).is_some());
        for recorder in &self.server.models {
            let name = recorder.variable();
            // Read at each start, because `.env` may have changed.
            let server = merged.get(name).cloned().or_else(|| std::env::var(name).ok()).unwrap_or_default();
            recorder.forward_to(&server).map_err(|error| format!("{error}."))?;
            merged.insert(name.to_owned(), recorder.agent_url());
        }
        Ok(merged)
    }

    fn start_server(&mut self) {
        self.retry_at = None;
        let Some(program) = self.next.clone() else { return };
        match self.spawn(program) {
            Ok(running) => {
                self.running = Some(running);
                self.status.update(|state| state.server = ServerState::Starting);
            }
            Err(reason) => self.report_exit(reason, Vec::new()),
        }
    }

    fn spawn(&self, program: Program) -> Result<Running, String> {
        let variables = self.variables()?;
        let mut command = Command::new(&program.path);
        command.args(&self.server.arguments).current_dir(&self.server.folder);
        for name in environment::REMOVED {
            command.env_remove(name);
        }
        command.envs(&variables);
        let child = ChildGroup::spawn(command, print_stdout, |line| print_stderr(line));
        let child = child.map_err(|error| format!("Cannot start {}: {error}.", program.path.display()))?;
        let version = Version { program, variables };
        Ok(Running { child, version, started: Instant::now(), is_ready: false, kill_at: None })
    }

    fn handle_exit(&mut self, status: io::Result<ExitStatus>) {
        let Some(running) = self.running.take() else { return };
        if running.kill_at.is_some() {
            return self.start_server();
        }
        if running.started.elapsed() >= STABLE {
            self.retry = MIN_RETRY;
        }
        let reason = match status {
            Ok(status) => format!("The agent server ended with {}.", in_words(status)),
            Err(error) => format!("Cannot wait for the agent server: {error}."),
        };
        let output = running.child.tail();
        self.exited = Some(running.version);
        self.report_exit(reason, output);
    }

    /// Reports an exit, and schedules the next start. The delay doubles with each exit.
    fn report_exit(&mut self, reason: String, output: Vec<String>) {
        let seconds = self.retry.as_secs();
        print_stderr(styled(BAD, format!("{reason} Next start in {seconds} s, or after a change.")));
        self.retry_at = Some(Instant::now() + self.retry);
        self.retry = (self.retry * 2).min(MAX_RETRY);
        self.status.update(|state| state.server = ServerState::Exited { reason, output, retry_seconds: seconds });
    }

    fn report_ready(&mut self) {
        if let Some(running) = &mut self.running {
            running.is_ready = true;
        }
        print_stderr(styled(FAINT, format!("The agents are ready on http://{}.", self.server.address)));
        self.status.update(|state| {
            state.server = ServerState::Running;
            state.starts += 1;
        });
    }

    fn kill(&mut self) {
        if let Some(running) = &mut self.running {
            running.child.kill();
            running.kill_at = Some(Instant::now() + GRACE);
        }
    }
}

/// Waits for a future, or forever without one.
async fn optional<F: Future + Unpin>(future: Option<F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

/// Waits for a time, or forever without one.
async fn optional_time(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Waits for the exit of a server, or forever without one.
async fn exit_of(running: Option<&mut Running>) -> io::Result<ExitStatus> {
    match running {
        Some(running) => running.child.wait().await,
        None => std::future::pending().await,
    }
}

/// Waits until a server accepts connections.
async fn accepts_connections(address: SocketAddr) {
    while TcpStream::connect(address).await.is_err() {
        sleep(READY_INTERVAL).await;
    }
}

fn in_words(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    status.code().map_or_else(|| "an unknown status".to_owned(), |code| format!("exit code {code}"))
}
