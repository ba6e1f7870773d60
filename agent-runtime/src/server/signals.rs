//! The signals that stop a server: SIGTERM and ctrl-c. A separate thread with its own runtime handles them, so that agents that
//! block every thread of the server cannot keep the process from exiting.

use std::process;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use super::banner;

/// Time after the grace time for the server to respond to aborted calls and to exit.
const EXIT_MARGIN: Duration = Duration::from_millis(1500);

/// Time for the final line to be written: nobody may be reading standard output.
const FINAL_LINE_TIMEOUT: Duration = Duration::from_millis(200);

/// A signal that asks the process to exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Signal {
    name: &'static str,
    number: i32,
}

const TERMINATE: Signal = Signal { name: "SIGTERM", number: 15 };
const INTERRUPT: Signal = Signal { name: "ctrl-c", number: 2 };

/// The server's progress towards its exit, for the signal thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Running,
    /// The server has stopped, and no running work could keep the process from exiting.
    Stopped,
}

/// A listener for signals. It listens from its creation, so that no signal is missed.
///
/// After the first signal the server has its grace time to stop. If it has not stopped by then, the process exits with the code of
/// the signal. A second signal ends the process immediately.
pub(super) struct Signals {
    first: watch::Receiver<Option<Signal>>,
    progress: watch::Sender<Progress>,
}

impl Signals {
    /// Starts the thread. If that fails, signals have their default action: they kill the process.
    pub(super) fn listen(grace: Duration) -> Self {
        let (received, first) = watch::channel(None);
        let (progress, watched) = watch::channel(Progress::Running);
        let (ready, is_ready) = mpsc::channel();
        let thread = thread::Builder::new().name("signals".to_owned());
        let started = thread.spawn(move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(handle(&ready, &received, watched, grace)),
            Err(error) => tracing::warn!(%error, "cannot listen for signals"),
        });
        match started {
            // Fails if the thread ends before it listens.
            Ok(_) => _ = is_ready.recv(),
            Err(error) => tracing::warn!(%error, "cannot listen for signals"),
        }
        Self { first, progress }
    }

    /// Waits for the first signal, and returns its name.
    pub(super) async fn first(&mut self) -> &'static str {
        match self.first.wait_for(Option::is_some).await {
            Ok(signal) => signal.map_or("", |signal| signal.name),
            Err(_) => std::future::pending().await,
        }
    }

    /// Cancels the deadline: the server has stopped in time. A second signal still ends the process immediately.
    pub(super) fn stopped(self) {
        self.progress.send_replace(Progress::Stopped);
    }
}

/// Handles signals until the server is dropped or the process exits.
async fn handle(
    ready: &mpsc::Sender<()>,
    received: &watch::Sender<Option<Signal>>,
    mut progress: watch::Receiver<Progress>,
    grace: Duration,
) {
    let mut listener = Listener::new();
    let _ = ready.send(());
    let first = tokio::select! {
        signal = listener.next() => signal,
        // The server was dropped without a signal.
        _ = progress.wait_for(|_| false) => return,
    };
    received.send_replace(Some(first));
    let overdue = async {
        tokio::time::sleep(grace + EXIT_MARGIN).await;
        if *progress.borrow() == Progress::Stopped {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        second = listener.next() => end(second, banner::print_stopped_at_once),
        () = overdue => end(first, banner::print_overdue),
    }
}

/// Exits with the code that shells report for a process killed by the signal.
fn end(signal: Signal, print: fn()) {
    let (written, is_written) = mpsc::channel();
    thread::spawn(move || {
        print();
        let _ = written.send(());
    });
    let _ = is_written.recv_timeout(FINAL_LINE_TIMEOUT);
    process::exit(128 + signal.number);
}

#[cfg(unix)]
struct Listener {
    terminate: Option<tokio::signal::unix::Signal>,
    interrupt: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Listener {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // A signal that cannot be handled has its default action: it kills the process.
        Self { terminate: signal(SignalKind::terminate()).ok(), interrupt: signal(SignalKind::interrupt()).ok() }
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            () = received(&mut self.interrupt) => INTERRUPT,
            () = received(&mut self.terminate) => TERMINATE,
        }
    }
}

#[cfg(unix)]
async fn received(signal: &mut Option<tokio::signal::unix::Signal>) {
    if let Some(signal) = signal
        && signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending::<()>().await;
}

#[cfg(not(unix))]
struct Listener;

#[cfg(not(unix))]
impl Listener {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => INTERRUPT,
            Err(_) => std::future::pending().await,
        }
    }
}
