//! Accepting connections, and stopping without losing a call.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue, TRANSFER_ENCODING};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tower::{Layer, Service};

use super::activity::Activity;
use super::signals::Signals;
use super::{App, StartError, banner};
use crate::http::{Transport, TransportLayer};

/// After calls are given up: how long their answers may take to leave.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A server that runs in the background. Dropping it leaves it running; [`stop`](Self::stop) ends it.
pub struct RunningServer {
    app: Arc<App>,
    address: SocketAddr,
    stop: Arc<Notify>,
    accepting: JoinHandle<GracefulShutdown>,
}

/// Binds the address and starts accepting.
pub(super) async fn start(app: Arc<App>, router: Router, address: SocketAddr) -> Result<RunningServer, StartError> {
    let cannot = |source| StartError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let stop = Arc::new(Notify::new());
    let accepting = tokio::spawn(accept(listener, router, Arc::clone(&app), Arc::clone(&stop)));
    Ok(RunningServer { app, address, stop, accepting })
}

async fn accept(listener: TcpListener, router: Router, app: Arc<App>, stop: Arc<Notify>) -> GracefulShutdown {
    let service = TransportLayer(Arc::clone(&app)).layer(router);
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
                    let activity = Arc::new(Activity::new());
                    let inner = service.clone().of_connection(peer.ip().to_canonical().is_loopback());
                    let service = Watched { inner, activity: Arc::clone(&activity) };
                    let connection = graceful.watch(connection(stream, service, &app));
                    let limit = app.settings.header_timeout;
                    tokio::spawn(async move {
                        tokio::select! {
                            biased;
                            ended = connection => if let Err(error) = ended {
                                tracing::debug!(%peer, error = ?error.to_string(), "a connection broke off");
                            },
                            () = activity.waited(limit) => tracing::debug!(%peer, "a connection said nothing for too long"),
                        }
                        drop(permit);
                    });
                }
                Err(error) => {
                    // Mostly too many open files: wait for some to close.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            () = stop.notified() => return graceful,
        }
    }
}

fn connection(
    stream: TcpStream,
    service: Watched,
    app: &App,
) -> impl GracefulConnection<Error = hyper::Error> + Send + use<> {
    // Answers are small: send them at once.
    let _ = stream.set_nodelay(true);
    http1::Builder::new()
        // Its own timer would be set anew for each request; `Activity` watches instead.
        .header_read_timeout(None)
        .max_buf_size(app.settings.header_limit)
        .serve_connection(TokioIo::new(stream), service)
}

/// The server on one connection, telling what the connection is doing.
struct Watched {
    inner: Transport<Router>,
    activity: Arc<Activity>,
}

impl hyper::service::Service<hyper::Request<Incoming>> for Watched {
    type Response = hyper::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        self.activity.answering();
        let activity = Arc::clone(&self.activity);
        // Of a body in chunks a proxy may have counted another length, so that what follows is nobody's request.
        let last = request.headers().contains_key(TRANSFER_ENCODING);
        // A router is always ready.
        let answer = self.inner.clone().call(request.map(Body::new));
        Box::pin(async move {
            let mut answer = answer.await;
            activity.waiting();
            if last && let Ok(answer) = &mut answer {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        })
    }
}

impl RunningServer {
    /// The address it listens on, with the real port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://ADDRESS`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Accepts no more connections, lets running calls finish within the grace time, answers those that do not with
    /// 503, and returns.
    pub async fn stop(self) {
        self.app.lifecycle.drain();
        self.stop.notify_one();
        let Ok(graceful) = self.accepting.await else { return };
        let drained = graceful.shutdown();
        tokio::pin!(drained);
        let (began, grace) = (Instant::now(), self.app.settings.shutdown_grace);
        if tokio::time::timeout(grace, &mut drained).await.is_err() {
            self.app.lifecycle.end();
            let _ = tokio::time::timeout(LAST_WORDS, drained).await;
        }
        self.app.background.finish(grace.saturating_sub(began.elapsed())).await;
    }

    /// Prints what is served, as [`Server::serve`](crate::Server::serve) does.
    pub fn announce(&self) {
        banner::print(&self.app, &self.url());
    }

    /// Serves until SIGTERM or ctrl-c, then [stops](Self::stop), and prints both. A second signal cuts running calls off.
    pub async fn until_signal(self) {
        self.until(Signals::listen()).await;
    }

    pub(super) async fn until(self, mut signals: Signals) {
        let signal = signals.next().await;
        let running = self.app.settings.concurrency.saturating_sub(self.app.permits.available_permits());
        banner::print_stopping(signal, running, self.app.settings.shutdown_grace);
        tokio::select! {
            () = self.stop() => banner::print_stopped(),
            _ = signals.next() => banner::print_stopped_at_once(),
        }
    }
}
