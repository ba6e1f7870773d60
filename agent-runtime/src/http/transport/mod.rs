//! The layers around every route.
//!
//! A request passes these steps, from the socket to the agent:
//!
//! | step | where | taken from |
//! |---|---|---|
//! | connection limit | `server::listen` | a semaphore: it limits accepted sockets, not requests |
//! | TLS, idle timeout, header limit | `server::connection` | hyper; the timeout is by hand, since hyper's costs about 1 µs per call |
//! | path normalization | [`normalize_path`] | by hand: `tower-http` only trims slashes |
//! | trace headers | [`trace_headers`] | by hand: `tower-http` writes spans, not the platform's trace headers |
//! | DNS rebinding | [`dns_rebinding`] | by hand: no crate has it |
//! | trusted proxies | [`trusted_proxies`] | by hand: `tower-http` does not have it |
//! | CORS | [`cors`] | by hand: a rejected preflight is a 400 with a reason, and preflights cover private networks |
//! | panics | [`catch_panic`] | by hand: `tower-http` boxes the body of every response twice more |
//! | layers and routes of the application | `Server::layer`, `Server::routes` | axum |
//! | agents by path, if the application has no layers | `http::routes` | by hand: axum's router boxes a service and two futures per call |
//! | other routes | `http::router` | axum |
//! | origin check, body limit, signature, permit, deadline, panics of the agent, retry, error shaping, log | `http::call` | by hand: each step needs the agent, its policy or its call |
//!
//! The steps of `http::call` are functions instead of layers: each layer with an `async` step would box its future.

mod catch_panic;
mod cors;
mod dns_rebinding;
mod normalize_path;
mod response_headers;
mod trace_headers;
mod trusted_proxies;

use std::sync::Arc;

use tower::layer::layer_fn;
use tower::{Layer, ServiceBuilder};

use self::catch_panic::CatchPanic;
use self::cors::Cors;
use self::dns_rebinding::RejectDnsRebinding;
use self::normalize_path::NormalizePath;
use self::trace_headers::TraceHeaders;
pub(crate) use self::trace_headers::trace_of;
use self::trusted_proxies::TrustedProxies;
use crate::app::App;

/// Wraps routes in the transport layers.
#[derive(Clone)]
pub(crate) struct TransportLayer(pub(crate) Arc<App>);

/// Routes in the transport layers, the outermost first.
pub(crate) type Transport<S> = NormalizePath<TraceHeaders<RejectDnsRebinding<TrustedProxies<Cors<CatchPanic<S>>>>>>;

impl<S> Layer<S> for TransportLayer {
    type Service = Transport<S>;

    fn layer(&self, routes: S) -> Transport<S> {
        let app = || Arc::clone(&self.0);
        ServiceBuilder::new()
            .layer(layer_fn(NormalizePath))
            .layer(layer_fn(TraceHeaders))
            .layer(layer_fn(|inner| RejectDnsRebinding { inner, app: app() }))
            .layer(layer_fn(|inner| TrustedProxies { inner, app: app() }))
            .layer(layer_fn(|inner| Cors { inner, app: app() }))
            .layer(layer_fn(CatchPanic))
            .service(routes)
    }
}
