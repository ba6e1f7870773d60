//! A response future that adds headers, without boxing the inner future.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::http::{HeaderMap, Response};
use pin_project_lite::pin_project;

/// Headers that a layer adds to the response.
pub(crate) trait ResponseHeaders {
    /// Writes the headers.
    fn write(self, headers: &mut HeaderMap);
}

pin_project! {
    /// The response of an inner service, with headers added.
    pub(crate) struct WithHeaders<F, H> {
        #[pin]
        pub(super) response: F,
        pub(super) headers: Option<H>,
    }
}

impl<F, H, E> Future for WithHeaders<F, H>
where
    F: Future<Output = Result<Response<Body>, E>>,
    H: ResponseHeaders,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.response.poll(context));
        if let (Ok(response), Some(headers)) = (&mut response, this.headers.take()) {
            headers.write(response.headers_mut());
        }
        Poll::Ready(response)
    }
}
