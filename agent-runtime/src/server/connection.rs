//! One connection, from the handshake to its end.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue, TRANSFER_ENCODING};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulConnection, Watcher};
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tower::Service;

use super::activity::{Activity, Responding};
use super::tls::{Handshake, Protocol};
use crate::app::App;
use crate::http::{Caller, Routes, Transport};

/// An accepted connection.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) service: Transport<Routes>,
    pub(super) app: Arc<App>,
    /// The pending TLS handshake, if the server has TLS.
    pub(super) handshake: Option<Handshake>,
    /// Notifies the connection of a shutdown.
    pub(super) watcher: Watcher,
}

impl Connection {
    /// Serves requests until the connection ends, is idle for too long, or the server stops.
    pub(super) async fn serve(self) {
        // Responses are small: send them immediately.
        let _ = self.stream.set_nodelay(true);
        let Self { stream, peer, service, app, handshake, watcher } = self;
        let encrypted = handshake.is_some();
        let activity = Arc::new(Activity::new());
        let caller = Caller { address: peer.ip().to_canonical(), encrypted };
        let watched = Watched { inner: RefCell::new(service), caller, activity: Arc::clone(&activity) };
        let Some(handshake) = handshake else {
            return drive(watcher.watch(http1(stream, watched, &app)), &activity, peer, &app).await;
        };
        let handshake = tokio::select! {
            biased;
            accepted = handshake.accept(stream) => accepted,
            () = activity.idle_for(app.settings.header_timeout) => {
                return tracing::debug!(%peer, "a TLS handshake took too long");
            }
            () = app.lifecycle.closed() => return,
        };
        // The first request gets the same time again as the handshake.
        let activity = Arc::new(Activity::new());
        let watched = Watched { activity: Arc::clone(&activity), ..watched };
        match handshake {
            Ok((stream, Protocol::Http1)) => {
                drive(watcher.watch(http1(stream, watched, &app)), &activity, peer, &app).await;
            }
            #[cfg(feature = "tls")]
            Ok((stream, Protocol::Http2)) => {
                drive(watcher.watch(http2(stream, watched, &app)), &activity, peer, &app).await;
            }
            Err(error) => tracing::debug!(%peer, error = ?error.to_string(), "no TLS handshake"),
        }
    }
}

/// Drives the connection until it ends or is idle for too long.
async fn drive(
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
        () = activity.idle_for(app.settings.header_timeout) => {
            tracing::debug!(%peer, "a connection said nothing for too long");
        }
    }
}

fn http1<S>(stream: S, service: Watched, app: &App) -> impl GracefulConnection<Error = hyper::Error> + use<S>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    http1::Builder::new()
        // hyper's timer would be reset for each request; `Activity` has one per connection.
        .header_read_timeout(None)
        .max_buf_size(app.settings.header_limit)
        .serve_connection(TokioIo::new(stream), service)
}

/// Maximum number of concurrent requests of one HTTP/2 connection.
#[cfg(feature = "tls")]
const MAX_CONCURRENT_STREAMS: u32 = 100;

/// Maximum size of the send buffer of one HTTP/2 stream, in bytes.
#[cfg(feature = "tls")]
const MAX_SEND_BUFFER: usize = 64 * 1024;

/// Other limits are hyper's defaults: 20 streams that were reset before they were accepted, or 1024 malformed ones, end the
/// connection.
#[cfg(feature = "tls")]
fn http2<S>(stream: S, service: Watched, app: &App) -> impl GracefulConnection<Error = hyper::Error> + use<S>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    hyper::server::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new())
        .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
        .max_header_list_size(u32::try_from(app.settings.header_limit).unwrap_or(u32::MAX))
        .max_send_buf_size(MAX_SEND_BUFFER)
        .serve_connection(TokioIo::new(stream), service)
}

/// The service of one connection, which records the connection's activity.
struct Watched {
    /// Called by one request at a time, and kept instead of cloned for each: a clone counts several references.
    inner: RefCell<Transport<Routes>>,
    /// The other end of the connection.
    caller: Caller,
    activity: Arc<Activity>,
}

impl hyper::service::Service<hyper::Request<Incoming>> for Watched {
    type Response = hyper::Response<Body>;
    type Error = Infallible;
    type Future = WatchedResponse<<Transport<Routes> as Service<hyper::Request<Body>>>::Future>;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        let responding = Some(self.activity.begin_request());
        // A proxy may have read a chunked body with another length (request smuggling), so the connection is closed after it.
        // HTTP/2 rejects the header.
        let is_last = request.headers().contains_key(TRANSFER_ENCODING);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(self.caller);
        // Routes are always ready.
        WatchedResponse { response: self.inner.borrow_mut().call(request), responding, is_last }
    }
}

pin_project! {
    /// The response of a [`Watched`] service.
    struct WatchedResponse<F> {
        #[pin]
        response: F,
        responding: Option<Responding>,
        // Whether the connection is closed after the response.
        is_last: bool,
    }
}

impl<F> Future for WatchedResponse<F>
where
    F: Future<Output = Result<hyper::Response<Body>, Infallible>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = ready!(this.response.poll(context));
        this.responding.take();
        if *this.is_last
            && let Ok(response) = &mut response
        {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Poll::Ready(response)
    }
}
