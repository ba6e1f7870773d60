//! `/readyz`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use futures_util::future::join_all;
use serde::Serialize;

use agent_core::error::ErrorStatus;
use agent_core::readiness::{Readiness, ReadinessState};

use super::error_response::{ErrorResponse, json_response};
use crate::app::App;

/// Number of consecutive failed requests to the platform from which it is reported as failing.
const FAILING_THRESHOLD: u64 = 3;
/// Timeout of the check of a service. Probes wait for 2 s: examples/deploy/kubernetes.
const CHECK_TIMEOUT: Duration = Duration::from_millis(1500);

#[derive(Serialize)]
struct Ready<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    services: BTreeMap<&'a str, &'static str>,
}

/// Readiness: 503 once the server is stopping, and until each service was ready once. A failing platform or service is reported, but
/// the status stays 200: agents must still receive calls, so that annotators get an error message.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response<Body> {
    if !app.lifecycle.is_serving() {
        return unavailable("The server is stopping.".to_owned());
    }
    let platform = app.traffic().map(|traffic| match traffic.consecutive_failures {
        FAILING_THRESHOLD.. => "failing",
        _ => "ok",
    });
    let states = join_all(app.readiness.iter().map(|service| check(&**service))).await;
    let services = || app.readiness.iter().map(|service| service.name()).zip(&states);
    if let Some((name, _)) = services().find(|(_, state)| **state == ReadinessState::Starting) {
        return unavailable(format!("`{name}` is not ready yet."));
    }
    let services =
        services().map(|(name, state)| (name, if *state == ReadinessState::Ready { "ok" } else { "failing" }));
    let ready = Ready { status: "ready", platform, services: services.collect() };
    // Strings always serialize.
    json_response(StatusCode::OK, serde_json::to_vec(&ready).unwrap_or_default())
}

async fn check(service: &dyn Readiness) -> ReadinessState {
    tokio::time::timeout(CHECK_TIMEOUT, service.read()).await.unwrap_or(ReadinessState::Failing)
}

fn unavailable(message: String) -> Response<Body> {
    ErrorResponse::new(ErrorStatus::ServiceUnavailable, message).into_response()
}
