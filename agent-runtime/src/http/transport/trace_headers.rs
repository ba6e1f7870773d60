//! The trace of each request, and the trace headers of its response: the caller's trace continues.

use std::task::{Context, Poll};

use agent_core::trace::Trace;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, Response};
use tower::Service;

use super::response_headers::{ResponseHeaders, WithHeaders};

/// Reads or creates the trace of each request, and adds its headers to a response without any.
#[derive(Clone)]
pub(crate) struct TraceHeaders<S>(pub(super) S);

impl<S: Service<Request, Response = Response<Body>>> Service<Request> for TraceHeaders<S> {
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = WithHeaders<S::Future, Trace>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let trace = Trace::from_headers(request.headers());
        request.extensions_mut().insert(trace.clone());
        WithHeaders { response: self.0.call(request), headers: Some(trace) }
    }
}

/// Returns the trace of a request: the one that the layer has read.
pub(crate) fn trace_of(extensions: &Extensions, headers: &HeaderMap) -> Trace {
    extensions.get().cloned().unwrap_or_else(|| Trace::from_headers(headers))
}

impl ResponseHeaders for Trace {
    fn write(self, response: &mut HeaderMap) {
        Trace::write(&self, response);
    }
}
