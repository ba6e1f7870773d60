//! Responses that a fault truncates or resets.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use hyper::Response;
use hyper::body::{Frame, SizeHint};
use hyper::header::CONTENT_LENGTH;
use tokio::time::Sleep;

/// Marks a response that is not sent: the connection is reset instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reset;

/// Error that makes the server reset the connection.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset by a fault")]
pub(crate) struct ConnectionReset;

/// Creates a response that resets the connection.
pub(crate) fn reset() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Reset);
    response
}

/// Truncates a response: it has the full `Content-Length`, but sends only the first half of the body.
pub(crate) fn truncate(response: Response<Body>) -> Response<Body> {
    let length = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let (head, inner) = response.into_parts();
    let remaining = length.unwrap_or(0) / 2;
    Response::from_parts(head, Body::new(TruncatedBody { inner, remaining, pause: None, reset: false }))
}

/// Makes a response reset the connection after its head has been sent.
pub(crate) fn reset_after_head(response: Response<Body>) -> Response<Body> {
    let (head, inner) = response.into_parts();
    Response::from_parts(head, Body::new(TruncatedBody { inner, remaining: 0, pause: None, reset: true }))
}

struct TruncatedBody {
    inner: Body,
    /// Number of bytes still to send.
    remaining: u64,
    pause: Option<Pin<Box<Sleep>>>,
    /// `true` to reset the connection instead of closing it.
    reset: bool,
}

impl hyper::body::Body for TruncatedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.remaining > 0 {
            let remaining = self.remaining;
            let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(context));
            if let Some(Ok(frame)) = frame
                && let Ok(mut data) = frame.into_data()
            {
                data.truncate(usize::try_from(remaining).unwrap_or(usize::MAX));
                self.remaining -= data.len() as u64;
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            self.remaining = 0;
        }
        // The bytes so far must be sent before the connection breaks.
        let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(Duration::from_millis(20))));
        std::task::ready!(pause.as_mut().poll(context));
        let error = match self.reset {
            true => axum::Error::new(ConnectionReset),
            false => axum::Error::new(std::io::Error::other("truncated by a fault")),
        };
        Poll::Ready(Some(Err(error)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
