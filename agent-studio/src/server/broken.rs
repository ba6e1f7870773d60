//! Answers that do not arrive whole, on purpose.

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

/// Marks a response that is not to be sent: the connection is reset instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reset;

/// What ends a connection with a reset.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset on purpose")]
pub(crate) struct ResetNow;

/// A response that resets the connection.
pub(crate) fn reset() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Reset);
    response
}

/// A response that announces all of its body and sends the first half.
pub(crate) fn cut_off(response: Response<Body>) -> Response<Body> {
    let length = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let (head, inner) = response.into_parts();
    let left = length.unwrap_or(0) / 2;
    Response::from_parts(head, Body::new(CutOff { inner, left, pause: None, reset: false }))
}

/// A response that resets the connection once its head has been sent.
pub(crate) fn reset_after_head(response: Response<Body>) -> Response<Body> {
    let (head, inner) = response.into_parts();
    Response::from_parts(head, Body::new(CutOff { inner, left: 0, pause: None, reset: true }))
}

struct CutOff {
    inner: Body,
    /// How many bytes are still sent.
    left: u64,
    pause: Option<Pin<Box<Sleep>>>,
    /// Whether the connection is reset, instead of ending in the ordinary way.
    reset: bool,
}

impl hyper::body::Body for CutOff {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.left > 0 {
            let left = self.left;
            let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(context));
            if let Some(Ok(frame)) = frame
                && let Ok(mut data) = frame.into_data()
            {
                data.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                self.left -= data.len() as u64;
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            self.left = 0;
        }
        // What was sent so far must be on its way before the connection breaks.
        let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(Duration::from_millis(20))));
        std::task::ready!(pause.as_mut().poll(context));
        let error = match self.reset {
            true => axum::Error::new(ResetNow),
            false => axum::Error::new(std::io::Error::other("cut off on purpose")),
        };
        Poll::Ready(Some(Err(error)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
