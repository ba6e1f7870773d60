//! Handling of one request: call log, faults, latency, and dispatch to the platform's handlers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};

use crate::calls::{Call, CallKind};
use crate::faults::Effect;

use super::broken_response::{self, Reset};
use super::buffered_request::BufferedRequest;
use super::connection::ConnectionNumber;
use super::reply::{Reply, SANDBOX};
use super::shared::Shared;
use super::{admin, legacy, media, v2};

/// Handles a request.
pub(crate) async fn handle(shared: Arc<Shared>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let body = match Limited::new(body, shared.max_body_bytes).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            return Reply::message(StatusCode::PAYLOAD_TOO_LARGE, "Request payload is too large.").into_response();
        }
        Err(_) => return Reply::message(StatusCode::BAD_REQUEST, "The request body is incomplete.").into_response(),
    };
    let connection = head.extensions.get::<ConnectionNumber>().map_or(0, |number| number.0);
    let request = Arc::new(BufferedRequest { method: head.method, target, headers: head.headers, body });
    if shared.admin && request.path().starts_with("/admin/") {
        return admin::admin(&shared, &request).into_response();
    }
    let (kind, hashes) = request.classify();
    let number = shared.calls.begin(call(&request, kind, hashes, connection));
    // If the client disconnects, the guard ends the call without a status.
    let mut ended = CallGuard { shared: &shared, number, status: None };
    let effect = shared.faults.effect_for(kind, &request.target);
    let latency = shared.latency();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let response = apply_effect(&shared, &request, effect).await;
    ended.status = response.extensions().get::<Reset>().is_none().then_some(response.status().as_u16());
    response
}

struct CallGuard<'a> {
    shared: &'a Shared,
    number: u64,
    status: Option<u16>,
}

impl Drop for CallGuard<'_> {
    fn drop(&mut self) {
        self.shared.calls.end(self.number, self.status);
    }
}

async fn apply_effect(shared: &Arc<Shared>, request: &Arc<BufferedRequest>, effect: Option<Effect>) -> Response<Body> {
    match effect {
        None => dispatch(shared, request).await.into_response(),
        Some(Effect::Answer { status, headers, body }) => injected_reply(status, &headers, body).into_response(),
        Some(Effect::Stall { milliseconds }) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            dispatch(shared, request).await.into_response()
        }
        Some(Effect::Hang) => std::future::pending().await,
        Some(Effect::Reset) => broken_response::reset(),
        Some(Effect::ResetAfter) => {
            dispatch(shared, request).await;
            broken_response::reset()
        }
        Some(Effect::CutOff) => broken_response::truncate(dispatch(shared, request).await.into_response()),
        Some(Effect::ResetAfterHead) => {
            broken_response::reset_after_head(dispatch(shared, request).await.into_response())
        }
        Some(Effect::HangAfter) => {
            dispatch(shared, request).await;
            std::future::pending().await
        }
        Some(Effect::AnswerAfter { status, body }) => {
            dispatch(shared, request).await;
            injected_reply(status, &[], body).into_response()
        }
    }
}

/// Dispatches the request to the platform's handlers.
async fn dispatch(shared: &Arc<Shared>, request: &Arc<BufferedRequest>) -> Reply {
    if request.is_legacy() {
        legacy::legacy(shared, Arc::clone(request)).await
    } else if request.path().starts_with("/v2/public/") {
        v2::v2(shared, request).await
    } else if request.path().starts_with("/media/") {
        media::media(shared, request).await
    } else {
        Reply::message(StatusCode::NOT_FOUND, &format!("Unknown path: `{}`.", request.path()))
    }
}

fn injected_reply(status: u16, headers: &[(String, String)], body: String) -> Reply {
    let is_json = body.starts_with(['{', '[']) || serde_json::from_str::<serde_json::Value>(&body).is_ok();
    let mut reply = Reply::new(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), Bytes::from(body));
    let kind = if is_json { "application/json" } else { "text/html" };
    reply = reply.with(CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            reply = reply.with(name, value);
        }
    }
    // A browser opens the document in the page's origin, so it must not run scripts.
    reply.with(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX))
}

fn call(request: &BufferedRequest, kind: CallKind, hashes: Vec<String>, connection: u64) -> Call {
    let trace_context = request.header("x-cloud-trace-context");
    let trace = trace_context.and_then(|value| value.split('/').next());
    let target = match request.target.split_once("signature=") {
        // The signature grants access to the file.
        Some((before, _)) => format!("{before}signature=..."),
        None => request.target.clone(),
    };
    Call {
        number: 0,
        kind,
        method: request.method.to_string(),
        target,
        connection,
        trace: trace.filter(|trace| !trace.is_empty()).map(ToOwned::to_owned),
        trace_context: trace_context.map(ToOwned::to_owned),
        hashes,
        began: Instant::now(),
        ended: None,
        status: None,
    }
}
