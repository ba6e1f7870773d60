//! Routes of the local platform.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hyper::Request;

use super::exchange;
use super::shared::Shared;

/// Returns a router with the routes of the platform and those of `more`.
pub(crate) fn router(shared: Arc<Shared>, more: Router) -> Router {
    let platform = move |request: Request<Body>| exchange::handle(Arc::clone(&shared), request);
    let own = axum::routing::any(platform);
    Router::new()
        .route("/public", own.clone())
        .route("/public/user", own.clone())
        .route("/v2/public/{*path}", own.clone())
        .route("/media/{*path}", own.clone())
        .route("/admin/{*path}", own.clone())
        .merge(more)
        .fallback(own)
}
