//! Trace headers on responses that no agent wrote: the caller's trace continues.

use std::task::{Context, Poll};

use agent_core::trace::{CLOUD_TRACE, TRACEPARENT, Trace};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Response};
use tower::Service;

use super::response_headers::{ResponseHeaders, WithHeaders};

/// Adds trace headers to responses without any.
#[derive(Clone)]
pub(crate) struct TraceHeaders<S>(pub(super) S);

impl<S: Service<Request, Response = Response<Body>>> Service<Request> for TraceHeaders<S> {
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = WithHeaders<S::Future, CallerTrace>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let headers = Some(CallerTrace::from_headers(request.headers()));
        WithHeaders { response: self.0.call(request), headers }
    }
}

/// The trace headers of a request. They are parsed only if no agent has written its own.
pub(crate) struct CallerTrace {
    headers: [Option<HeaderValue>; 2],
}

impl CallerTrace {
    fn from_headers(headers: &HeaderMap) -> Self {
        Self { headers: [headers.get(CLOUD_TRACE).cloned(), headers.get(TRACEPARENT).cloned()] }
    }
}

impl ResponseHeaders for CallerTrace {
    fn write(self, response: &mut HeaderMap) {
        if response.contains_key(CLOUD_TRACE) {
            return;
        }
        let named = [CLOUD_TRACE, TRACEPARENT].into_iter().zip(self.headers);
        let headers: HeaderMap = named.filter_map(|(name, value)| value.map(|value| (name, value))).collect();
        Trace::from_headers(&headers).write(response);
    }
}
