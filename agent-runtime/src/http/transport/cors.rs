//! CORS: preflights, and the response headers that let pages of allowed origins read a response.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use agent_core::error::{AgentError, ErrorStatus};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};
use futures_util::future::Either;
use tower::Service;

use super::super::error_response::error_response;
use super::response_headers::{ResponseHeaders, WithHeaders};
use crate::app::App;
use crate::settings::ErrorCauses;

/// Request headers that an editor may send.
const ALLOWED_HEADERS: &str = "Accept, Accept-Language, Content-Language, Content-Type, X-Cloud-Trace-Context, X-Encord-Editor-Agent, X-Encord-Agent, X-Agent-Dry-Run, Traceparent, Tracestate";
const REQUEST_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");
const PREFLIGHT_VARY: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network";

/// Answers preflights, and lets pages of allowed origins read responses.
#[derive(Clone)]
pub(crate) struct Cors<S> {
    pub(super) inner: S,
    pub(super) app: Arc<App>,
}

impl<S> Service<Request> for Cors<S>
where
    S: Service<Request, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response<Body>, Infallible>>, WithHeaders<S::Future, AllowOrigin>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let origin = self.app.settings.origins.allowed_origin(request.headers());
        match preflight(&request, origin.as_ref()) {
            Some(mut response) => {
                AllowOrigin(origin).write(response.headers_mut());
                Either::Left(ready(Ok(response)))
            }
            None => {
                Either::Right(WithHeaders { response: self.inner.call(request), headers: Some(AllowOrigin(origin)) })
            }
        }
    }
}

/// The allowed origin of a request, if its page may read the response.
pub(crate) struct AllowOrigin(Option<HeaderValue>);

impl ResponseHeaders for AllowOrigin {
    fn write(self, headers: &mut HeaderMap) {
        if let Some(origin) = self.0 {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
        headers.entry(header::VARY).or_insert(HeaderValue::from_static("Origin"));
    }
}

/// Returns the response to a preflight. `None` if the request is not a preflight.
fn preflight(request: &Request, origin: Option<&HeaderValue>) -> Option<Response<Body>> {
    if request.method() != Method::OPTIONS {
        return None;
    }
    let headers = request.headers();
    let method = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    headers.get(header::ORIGIN)?;
    let mut rejected = Vec::new();
    if origin.is_none() {
        rejected.push("origin");
    }
    if method != Method::POST.as_str() {
        rejected.push("method");
    }
    if !headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).is_none_or(headers_allowed) {
        rejected.push("headers");
    }
    let mut response = if rejected.is_empty() {
        Response::new(Body::from("OK"))
    } else {
        let message = format!("This server does not allow the call's {}.", rejected.join(", "));
        error_response(&AgentError::new(ErrorStatus::BadRequest, message), ErrorCauses::Hidden)
    };
    announce(response.headers_mut(), headers.contains_key(REQUEST_PRIVATE_NETWORK) && origin.is_some());
    Some(response)
}

fn announce(headers: &mut HeaderMap, private_network: bool) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    headers.insert(header::VARY, HeaderValue::from_static(PREFLIGHT_VARY));
    // An editor on a public page may call an agent on the annotator's own machine or network.
    if private_network {
        headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.entry(header::CONTENT_TYPE).or_insert(text);
}

fn headers_allowed(requested: &HeaderValue) -> bool {
    let Ok(requested) = requested.to_str() else {
        return false;
    };
    let allowed = |name: &str| ALLOWED_HEADERS.split(", ").any(|allowed| allowed.eq_ignore_ascii_case(name.trim()));
    requested.split(',').all(allowed)
}
