//! The signals that stop a server: SIGTERM and ctrl-c. A thread of their own handles them, with a runtime of its own, so that
//! agents that block every thread of the server cannot keep the process from ending.

use std::process;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use super::banner;

/// After the grace time: how long the server may take to answer the calls that are cut off, and to end by itself.
const LAST_STEPS: Duration = Duration::from_millis(1500);

/// How long a line about the end may take to be written: nobody may read it.
const LAST_LINE: Duration = Duration::from_millis(200);

/// A signal that asks the process to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Signal {
    name: &'static str,
    number: i32,
}

const TERMINATE: Signal = Signal { name: "SIGTERM", number: 15 };
const INTERRUPT: Signal = Signal { name: "ctrl-c", number: 2 };

/// How far the server is, as its thread for signals has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Running,
    /// The server has stopped, and no work is left that could keep the process from ending.
    Stopped,
}

/// Listens from when it is made, so that no signal is missed and none ends the program unheard.
///
/// After the first signal the server has its grace time to stop. If it has not by then, the process ends with the exit code of
/// the signal. A second signal ends the process at once.
pub(super) struct Signals {
    first: watch::Receiver<Option<Signal>>,
    progress: watch::Sender<Progress>,
}

impl Signals {
    /// Starts the thread. If it cannot be started, signals do what they always do: they end the program.
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

    /// Ends the deadline: the server has stopped in time. A second signal still ends the process at once.
    pub(super) fn stopped(self) {
        self.progress.send_replace(Progress::Stopped);
    }
}

/// Waits for signals, for as long as the server or the process lives.
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
        tokio::time::sleep(grace + LAST_STEPS).await;
        if *progress.borrow() == Progress::Stopped {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        second = listener.next() => end(second, banner::print_stopped_at_once),
        () = overdue => end(first, banner::print_overdue),
    }
}

/// Ends the process with the exit code that shells give to one that the signal has killed.
fn end(signal: Signal, print: fn()) {
    let (written, is_written) = mpsc::channel();
    thread::spawn(move || {
        print();
        let _ = written.send(());
    });
    let _ = is_written.recv_timeout(LAST_LINE);
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
        // A signal that cannot be listened to does what it always does: it ends the program.
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
