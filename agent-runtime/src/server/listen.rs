//! Accepting connections, and graceful shutdown.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinError, JoinHandle};
use tower::Layer;

use super::connection::Connection;
use super::signals::Signals;
use super::tls::Tls;
use super::{banner, systemd};
use crate::app::App;
use crate::http::{Routes, TransportLayer};
use crate::otel;
use crate::start_error::StartError;
use agent_core::panic_message::panic_message;

/// Time for the last responses to be sent, after running calls were aborted.
const FINAL_RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);

/// Maximum time for the export of the last traces.
const MAX_FLUSH_TIME: Duration = Duration::from_secs(2);

/// Time for the first request of a connection that was accepted just before shutdown.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_millis(100);

/// Time for the first request of such a connection with TLS: the handshake takes a few round trips.
const FIRST_TLS_REQUEST_TIMEOUT: Duration = Duration::from_millis(500);

/// The address or socket that a server listens on.
pub(super) enum ListenOn {
    Address(SocketAddr),
    Socket(std::net::TcpListener),
}

impl ListenOn {
    async fn listener(self) -> Result<TcpListener, StartError> {
        match self {
            Self::Address(address) => {
                TcpListener::bind(address).await.map_err(|source| StartError::Bind { address, source })
            }
            Self::Socket(listener) => {
                let listener = listener.set_nonblocking(true).and_then(|()| TcpListener::from_std(listener));
                listener.map_err(|source| StartError::Socket { reason: source.to_string() })
            }
        }
    }
}

/// A server that runs in the background. Dropping this does not stop it; [`stop`](Self::stop) does.
pub struct RunningServer {
    app: Arc<App>,
    address: SocketAddr,
    encrypted: bool,
    stop: Arc<Notify>,
    accepting: JoinHandle<GracefulShutdown>,
}

impl fmt::Debug for RunningServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningServer").field("url", &self.url()).finish_non_exhaustive()
    }
}

/// Listens, and starts accepting.
pub(super) async fn start(app: Arc<App>, routes: Routes, listen_on: ListenOn) -> Result<RunningServer, StartError> {
    let tls = app.settings.tls.files()?.map(Tls::read).transpose()?;
    let listener = listen_on.listener().await?;
    let cannot = |source: std::io::Error| StartError::Socket { reason: source.to_string() };
    let address = listener.local_addr().map_err(cannot)?;
    let (stop, encrypted) = (Arc::new(Notify::new()), tls.is_some());
    let (shared, stopped) = (Arc::clone(&app), Arc::clone(&stop));
    let accepting = tokio::spawn(async move {
        let Some(tls) = tls else { return accept(&listener, routes, &shared, &stopped, None).await };
        tokio::select! {
            graceful = accept(&listener, routes, &shared, &stopped, Some(&tls)) => graceful,
            never = tls.reload_on_change() => match never {},
        }
    });
    if let Some(worker) = app.stage_worker {
        (worker.serve)(&app);
    }
    Ok(RunningServer { app, address, encrypted, stop, accepting })
}

async fn accept(
    listener: &TcpListener,
    routes: Routes,
    app: &Arc<App>,
    stop: &Notify,
    tls: Option<&Tls>,
) -> GracefulShutdown {
    let service = TransportLayer(Arc::clone(app)).layer(routes);
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(app.settings.connections));
    loop {
        let next = async {
            // The semaphore is never closed; `None` would only mean that the connection is not counted.
            let permit = Arc::clone(&connections).acquire_owned().await.ok();
            (permit, listener.accept().await)
        };
        tokio::select! {
            (permit, accepted) = next => match accepted {
                Ok((stream, peer)) => {
                    let (service, app) = (service.clone(), Arc::clone(app));
                    let (handshake, watcher) = (tls.map(Tls::handshake), graceful.watcher());
                    let connection = Connection { stream, peer, service, app, handshake, watcher };
                    tokio::spawn(async move {
                        connection.serve().await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    // Usually too many open files: wait until some are closed.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            () = stop.notified() => return graceful,
        }
    }
}

impl RunningServer {
    /// Returns the address that the server listens on, with the actual port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL: `http://ADDRESS`, or `https://ADDRESS` with TLS.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", if self.encrypted { "https" } else { "http" }, self.address)
    }

    /// Stops the server: accepts no more connections, and lets running calls finish within the grace time. Calls that take longer
    /// get 503.
    pub async fn stop(self) {
        self.app.lifecycle.drain();
        self.stop.notify_one();
        let Ok(graceful) = self.accepting.await else { return };
        let (began, grace) = (Instant::now(), self.app.settings.shutdown_grace);
        if graceful.count() > 0 {
            // A connection accepted just before shutdown may still have an unread request.
            let timeout = if self.encrypted { FIRST_TLS_REQUEST_TIMEOUT } else { FIRST_REQUEST_TIMEOUT };
            tokio::time::sleep(timeout.min(grace)).await;
        }
        self.app.lifecycle.close();
        let drained = graceful.shutdown();
        tokio::pin!(drained);
        if tokio::time::timeout(grace.saturating_sub(began.elapsed()), &mut drained).await.is_err() {
            self.app.lifecycle.abort();
            let _ = tokio::time::timeout(FINAL_RESPONSE_TIMEOUT, drained).await;
        }
        if tokio::time::timeout(grace.saturating_sub(began.elapsed()), self.app.stage_wakes.idle()).await.is_err() {
            self.app.lifecycle.abort();
            let _ = tokio::time::timeout(FINAL_RESPONSE_TIMEOUT, self.app.stage_wakes.idle()).await;
        }
        self.app.background.finish(grace.saturating_sub(began.elapsed())).await;
        export_last_traces(grace.saturating_sub(began.elapsed())).await;
    }

    /// Prints the agents and how to call them, as [`Server::serve`](crate::Server::serve) does.
    pub fn announce(&self) {
        banner::print(&self.app, &self.url());
    }

    /// Serves until SIGTERM or ctrl-c, then [stops](Self::stop). Prints both.
    ///
    /// A separate thread watches the signals: if the server has not stopped 1.5 s after the grace time, because agents compute
    /// without an `.await`, the process exits with code 143 or 130. A second signal ends the process immediately.
    ///
    /// # Errors
    /// The server cannot accept connections any more.
    #[must_use = "the server reports here why it did not start or why it ended: write `.await?`, or return the result from `main`"]
    pub async fn until_signal(self) -> Result<(), StartError> {
        let grace = self.app.settings.shutdown_grace;
        self.until(Signals::listen(grace)).await
    }

    pub(super) async fn until(mut self, mut signals: Signals) -> Result<(), StartError> {
        systemd::notify_ready();
        let signal = tokio::select! {
            signal = signals.first() => signal,
            ended = &mut self.accepting => return Err(not_accepting(ended.err())),
        };
        systemd::notify_stopping();
        let running = self.app.calls.running();
        banner::print_stopping(signal, running, self.app.settings.shutdown_grace);
        let app = Arc::clone(&self.app);
        self.stop().await;
        banner::print_stopped();
        // Running work could keep the process alive: then the deadline stays in force.
        if app.calls.running() == 0 {
            signals.stopped();
        }
        Ok(())
    }
}

/// Returns the error of a task that stopped accepting connections without a signal.
fn not_accepting(panic: Option<JoinError>) -> StartError {
    let panic = panic.and_then(|error| error.try_into_panic().ok());
    let cause =
        panic.map_or_else(|| "it ended".to_owned(), |panic| format!("it panicked: {}", panic_message(panic.as_ref())));
    StartError::NotAccepting { cause }
}

/// Exports the traces that have ended, within what is left of the grace time, and at most [`MAX_FLUSH_TIME`].
pub(super) async fn export_last_traces(left: Duration) {
    if !otel::flush(left.clamp(FINAL_RESPONSE_TIMEOUT, MAX_FLUSH_TIME)).await {
        tracing::warn!("the last traces were not exported in time");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Server;
    use crate::prelude::*;

    #[editor_agent(path = "/listen/nothing", crate = crate)]
    async fn nothing() {}

    #[tokio::test]
    async fn fails_when_the_accept_task_ends() {
        for (task, says) in [
            (tokio::spawn(async { panic!("no sockets") }), "panicked: no sockets"),
            (tokio::spawn(async { GracefulShutdown::new() }), "it ended"),
        ] {
            let mut server = Server::new().agents(crate::agents![nothing]).port(0).start().await.unwrap();
            std::mem::replace(&mut server.accepting, task).abort();
            let ended = tokio::time::timeout(Duration::from_secs(20), server.until_signal()).await;
            let error = ended.unwrap().unwrap_err().to_string();
            assert!(error.contains("accept") && error.contains(says), "{error}");
        }
    }
}
