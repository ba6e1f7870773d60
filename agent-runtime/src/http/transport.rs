//! What every answer has in common, whoever gives it: the trace it belongs to, what a browser must know, and JSON even
//! where something panics.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Response};
use futures_util::FutureExt;
use tower::{Layer, Service};

use super::caller::{Caller, Peer};
use super::cors;
use agent_core::panic_message::panic_message;

use super::error_response::error_response;
use super::{dns_rebinding, paths};
use crate::app::App;
use agent_core::error::{AgentError, ErrorStatus};
use agent_core::trace::{CLOUD_TRACE, TRACEPARENT, Trace};

/// Wraps routes in what every answer has in common.
#[derive(Clone)]
pub(crate) struct TransportLayer(pub(crate) Arc<App>);

impl<S> Layer<S> for TransportLayer {
    type Service = Transport<S>;

    fn layer(&self, inner: S) -> Transport<S> {
        Transport { inner, app: Arc::clone(&self.0), peer: None }
    }
}

/// Routes with what every answer has in common.
#[derive(Clone)]
pub(crate) struct Transport<S> {
    inner: S,
    app: Arc<App>,
    /// Where the requests come from, if the connection is this server's.
    peer: Option<Peer>,
}

impl<S> Transport<S> {
    /// The same for a connection from there.
    pub(crate) fn of_connection(self, peer: Peer) -> Self {
        Self { peer: Some(peer), ..self }
    }
}

impl<S> Service<Request> for Transport<S>
where
    S: Service<Request, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        paths::normalize(request.uri_mut());
        let origin = cors::allowed_origin(&self.app.settings.origins, request.headers());
        let callers = CallersTrace::of(request.headers());
        let early = match self.peer.is_some_and(dns_rebinding::may_be) && origin.is_none() {
            true => dns_rebinding::refusal(request.headers()),
            false => None,
        };
        if let Some(peer) = self.peer {
            let caller = Caller::of(peer, request.headers(), &self.app.settings.proxies);
            request.extensions_mut().insert(caller);
        }
        let early = early.or_else(|| cors::preflight(&request, origin.as_ref()));
        let finish = |mut response: Response<Body>| {
            cors::mark(response.headers_mut(), origin);
            callers.write(response.headers_mut());
            Ok(response)
        };
        if let Some(response) = early {
            return Box::pin(ready(finish(response)));
        }
        let inner = &mut self.inner;
        let answer = catch_unwind(AssertUnwindSafe(|| inner.call(request)));
        Box::pin(async move {
            let answered = match answer {
                Ok(answer) => AssertUnwindSafe(answer).catch_unwind().await,
                Err(panic) => Err(panic),
            };
            finish(match answered {
                Ok(Ok(response)) => response,
                Ok(Err(never)) => match never {},
                Err(panic) => panicked(panic_message(panic.as_ref())),
            })
        })
    }
}

/// What the caller said of its trace: read only where no agent has answered for itself.
struct CallersTrace {
    headers: [Option<HeaderValue>; 2],
}

impl CallersTrace {
    fn of(headers: &HeaderMap) -> Self {
        Self { headers: [headers.get(CLOUD_TRACE).cloned(), headers.get(TRACEPARENT).cloned()] }
    }

    fn write(self, answer: &mut HeaderMap) {
        if answer.contains_key(CLOUD_TRACE) {
            return;
        }
        let named = [CLOUD_TRACE, TRACEPARENT].into_iter().zip(self.headers);
        let said: HeaderMap = named.filter_map(|(name, value)| value.map(|value| (name, value))).collect();
        Trace::of(&said).write(answer);
    }
}

/// A panic beside the agents, whose own are caught where the call is known.
fn panicked(text: &str) -> Response<Body> {
    tracing::error!(panic = ?text, "a route beside the agents panicked");
    error_response(&AgentError::new(ErrorStatus::Internal, "Something went wrong on this server."), false)
}
