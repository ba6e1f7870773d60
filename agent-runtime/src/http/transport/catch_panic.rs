//! Responses for panics in routes beside the agents. Panics of agents are caught in `http::call`, which knows the call.

use std::any::Any;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};

use agent_core::error::{AgentError, ErrorStatus};
use agent_core::panic_message::panic_message;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use futures_util::FutureExt;
use futures_util::future::{CatchUnwind, Either, Map};
use tower::Service;

use super::super::error_response::error_response;
use crate::settings::ErrorCauses;

/// Responds to a panic with 500.
#[derive(Clone)]
pub(crate) struct CatchPanic<S>(pub(super) S);

type Served = Result<Response<Body>, Infallible>;
type Caught<T> = Result<T, Box<dyn Any + Send>>;

impl<S> Service<Request> for CatchPanic<S>
where
    S: Service<Request, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<Ready<Served>, Map<CatchUnwind<AssertUnwindSafe<S::Future>>, fn(Caught<Served>) -> Served>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match catch_unwind(AssertUnwindSafe(|| self.0.call(request))) {
            Ok(response) => Either::Right(AssertUnwindSafe(response).catch_unwind().map(respond)),
            Err(panic) => Either::Left(ready(respond(Err(panic)))),
        }
    }
}

fn respond(caught: Caught<Served>) -> Served {
    caught.unwrap_or_else(|panic| {
        tracing::error!(panic = ?panic_message(panic.as_ref()), "a route beside the agents panicked");
        let error = AgentError::new(ErrorStatus::Internal, "Something went wrong on this server.");
        Ok(error_response(&error, ErrorCauses::Hidden))
    })
}
