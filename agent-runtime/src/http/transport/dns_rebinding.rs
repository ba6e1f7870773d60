//! Protection against DNS rebinding: a page under a domain name that an attacker has pointed at this machine. The browser takes
//! the agents for the page's own server: it sends no preflight, and lets the page read every response.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::task::{Context, Poll};

use agent_core::error::{AgentError, ErrorStatus};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use futures_util::future::Either;
use tower::Service;

use super::super::caller::Caller;
use super::super::error_response::error_response;
use crate::app::App;
use crate::settings::ErrorCauses;

/// Rejects requests of rebound pages with 403.
#[derive(Clone)]
pub(crate) struct RejectDnsRebinding<S> {
    pub(super) inner: S,
    pub(super) app: Arc<App>,
}

impl<S> Service<Request> for RejectDnsRebinding<S>
where
    S: Service<Request, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response<Body>, Infallible>>, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // Before trusted proxies are resolved: such a page can send every header that a proxy sends.
        let peer = request.extensions().get::<Caller>();
        if peer.is_some_and(is_local_and_plain)
            && let Some(origin) = same_host_origin(request.headers())
            && !self.app.settings.origins.allows(origin)
        {
            return Either::Left(ready(Ok(forbidden(origin))));
        }
        Either::Right(self.inner.call(request))
    }
}

/// Returns whether a rebound page could have sent a request over this connection: one from this machine, without TLS. With TLS the
/// browser has compared the page's name with the certificate, which is for another name. A page that comes through a proxy over
/// HTTPS has an `https` origin, which is never rejected here.
fn is_local_and_plain(peer: &Caller) -> bool {
    peer.address.is_loopback() && !peer.encrypted
}

/// Returns the `http` origin of a request to its own host, unless it is an IP address or `localhost`, which an attacker cannot
/// register.
fn same_host_origin(headers: &HeaderMap) -> Option<&str> {
    let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
    let authority = origin.strip_prefix("http://")?;
    let host = headers.get(header::HOST)?.to_str().ok()?;
    (authority.eq_ignore_ascii_case(host) && !is_address_or_localhost(authority)).then_some(origin)
}

fn forbidden(origin: &str) -> Response<Body> {
    let message = format!(
        "This server does not answer pages of {origin}. If that is its own name, start it with AGENT_ORIGINS={origin}."
    );
    let mut response = error_response(&AgentError::new(ErrorStatus::Forbidden, message), ErrorCauses::Hidden);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Origin"));
    response
}

/// Returns whether a host, with or without a port, is an IP address or `localhost`.
fn is_address_or_localhost(authority: &str) -> bool {
    if let Some((address, _)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let name = authority.split_once(':').map_or(authority, |(name, _)| name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<Ipv4Addr>().is_ok()
}
