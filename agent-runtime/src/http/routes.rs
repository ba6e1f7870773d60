//! The routes of a server as a service.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, Response};
use axum::routing::future::RouteFuture;
use futures_util::FutureExt;
use futures_util::future::{Either, Map};
use tower::Service;

use super::call;
use crate::app::App;

/// The routes of a server: calls of agents by their path, other requests by axum's router.
///
/// The router would cost each call a search, three boxes and a request extension, and an agent needs none of them.
#[derive(Clone)]
pub(crate) struct Routes {
    /// `None` if the router serves agents, too.
    agents: Option<Arc<App>>,
    router: Router,
}

type Served = Result<Response<Body>, Infallible>;
type CallFuture = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

impl Routes {
    /// Creates routes that serve agents without the router.
    pub(crate) fn new(app: &Arc<App>, router: Router) -> Self {
        Self { agents: Some(Arc::clone(app)), router }
    }

    /// Creates routes for a router with layers of the application. Calls pass the layers, so the router serves them.
    pub(crate) fn with_layers(router: Router) -> Self {
        Self { agents: None, router }
    }
}

impl Service<Request> for Routes {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<Map<CallFuture, fn(Response<Body>) -> Served>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if let Some(app) = &self.agents
            && request.method() == Method::POST
            && let Some(agent) = app.agent_at(request.uri().path())
        {
            let response: CallFuture = Box::pin(call::respond(agent, request));
            return Either::Left(response.map(Ok));
        }
        Either::Right(self.router.call(request))
    }
}
