//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue, TRANSFER_ENCODING};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulConnection, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tower::Service;

use super::activity::{Activity, Answering};
use super::tls::{Handshake, Protocol};
use crate::app::App;
use crate::http::{Peer, Transport};

/// A connection as it was accepted.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) service: Transport<Router>,
    pub(super) app: Arc<App>,
    /// How it is encrypted, if it is.
    pub(super) handshake: Option<Handshake>,
    /// What tells it that the server stops.
    pub(super) watcher: Watcher,
}

impl Connection {
    /// Answers its requests until it ends, says nothing for too long, or the server has stopped.
    pub(super) async fn serve(self) {
        // Answers are small: send them at once.
        let _ = self.stream.set_nodelay(true);
        let Self { stream, peer, service, app, handshake, watcher } = self;
        let encrypted = handshake.is_some();
        let activity = Arc::new(Activity::new());
        let inner = service.of_connection(Peer { address: peer.ip().to_canonical(), encrypted });
        let watched = Watched { inner, activity: Arc::clone(&activity) };
        let Some(handshake) = handshake else {
            return attend(watcher.watch(http1(stream, watched, &app)), &activity, peer, &app).await;
        };
        let shaken = tokio::select! {
            biased;
            shaken = handshake.with(stream) => shaken,
            () = activity.waited(app.settings.header_timeout) => {
                return tracing::debug!(%peer, "a TLS handshake took too long");
            }
            () = app.lifecycle.closed() => return,
        };
        // Its first request has as long as the handshake had.
        let activity = Arc::new(Activity::new());
        let watched = Watched { activity: Arc::clone(&activity), ..watched };
        match shaken {
            Ok((stream, Protocol::Http1)) => {
                attend(watcher.watch(http1(stream, watched, &app)), &activity, peer, &app).await;
            }
            #[cfg(feature = "tls")]
            Ok((stream, Protocol::Http2)) => {
                attend(watcher.watch(http2(stream, watched, &app)), &activity, peer, &app).await;
            }
            Err(error) => tracing::debug!(%peer, error = ?error.to_string(), "no TLS handshake"),
        }
    }
}

/// Lets the connection work until it is done, or has waited for its caller for too long.
async fn attend(
    connection: impl Future<Output = Result<(), hyper::Error>>,
    activity: &Activity,
    peer: SocketAddr,
    app: &App,
) {
    tokio::select! {
        biased;
        ended = connection => if let Err(error) = ended {
            tracing::debug!(%peer, error = ?error.to_string(), "a connection broke off");
        },
        () = activity.waited(app.settings.header_timeout) => {
            tracing::debug!(%peer, "a connection said nothing for too long");
        }
    }
}

fn http1<S>(stream: S, service: Watched, app: &App) -> impl GracefulConnection<Error = hyper::Error> + use<S>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    http1::Builder::new()
        // Its own timer would be set anew for each request; `Activity` watches instead.
        .header_read_timeout(None)
        .max_buf_size(app.settings.header_limit)
        .serve_connection(TokioIo::new(stream), service)
}

/// Requests of one connection that are answered at once; more wait for one of them.
#[cfg(feature = "tls")]
const STREAMS: u32 = 100;

/// What is written of answers and not yet sent, for one stream, in bytes.
#[cfg(feature = "tls")]
const UNSENT: usize = 64 * 1024;

/// What is not said here is as strict as hyper has it: 20 streams that were reset before they were looked at and 1024 that
/// were malformed end the connection.
#[cfg(feature = "tls")]
fn http2<S>(stream: S, service: Watched, app: &App) -> impl GracefulConnection<Error = hyper::Error> + use<S>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    hyper::server::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(app.settings.header_limit).unwrap_or(u32::MAX))
        .max_send_buf_size(UNSENT)
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
        let answering: Answering = self.activity.answering();
        // Of a body in chunks a proxy may have counted another length, so that what follows is nobody's request. HTTP/2 has
        // no such bodies: it refuses the header.
        let last = request.headers().contains_key(TRANSFER_ENCODING);
        // A router is always ready.
        let answer = self.inner.clone().call(request.map(Body::new));
        Box::pin(async move {
            let mut answer = answer.await;
            drop(answering);
            if last && let Ok(answer) = &mut answer {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        })
    }
}
