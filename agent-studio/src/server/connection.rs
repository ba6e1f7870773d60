//! Accepts connections, and resets them if a fault demands it.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::broken_response::{ConnectionReset, Reset};

/// The number of a connection, counted from 0. An extension of its requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionNumber(pub(crate) u64);

/// Accepts connections until `stop` is `true`, then waits for the running requests (graceful shutdown).
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let numbers = AtomicU64::new(0);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let number = ConnectionNumber(numbers.fetch_add(1, Ordering::Relaxed));
                connections.spawn(connection(stream, number, router.clone(), stop.clone()));
            }
            // For example too many open files: retry, because others may be closed meanwhile.
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connection(stream: TcpStream, number: ConnectionNumber, router: Router, mut stop: watch::Receiver<bool>) {
    // Send small responses at once.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        // Boxed, because `into_parts` below needs a connection that is not pinned.
        Box::pin(async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(number);
            let response: Result<Response<Body>, Infallible> = router.oneshot(request).await;
            let Ok(mut response) = response;
            // On every response, including those of merged routers.
            response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            if response.extensions().get::<Reset>().is_some() { Err(ConnectionReset) } else { Ok(response) }
        })
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new());
    let mut connection = builder.serve_connection(TokioIo::new(stream), service);
    let ended = loop {
        tokio::select! {
            ended = std::future::poll_fn(|context| connection.poll_without_shutdown(context)) => break ended,
            _ = stop.wait_for(|stop| *stop), if !*stop.borrow() => {
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    let stream = connection.into_parts().io.into_inner();
    if ended.is_err_and(|error| is_reset(&error)) {
        // Closing the socket now sends RST instead of FIN.
        let _ = stream.set_zero_linger();
    } else {
        close(stream).await;
    }
}

async fn close(mut stream: TcpStream) {
    let _ = tokio::io::AsyncWriteExt::shutdown(&mut stream).await;
}

fn is_reset(error: &hyper::Error) -> bool {
    std::iter::successors(std::error::Error::source(error), |cause| cause.source())
        .any(<dyn std::error::Error>::is::<ConnectionReset>)
}
