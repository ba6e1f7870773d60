//! One request from its arrival to its answer: log, faults, latency, and then the platform itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};

use crate::calls::{Call, CallKind};
use crate::faults::Effect;

use super::answer::{Answer, SANDBOX};
use super::broken::{self, Reset};
use super::connection::ConnectionNumber;
use super::incoming::Incoming;
use super::shared::Shared;
use super::{admin, legacy, media, v2};

/// Answers a request.
pub(crate) async fn exchange(shared: Arc<Shared>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let body = match Limited::new(body, shared.largest_body).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            return Answer::message(StatusCode::PAYLOAD_TOO_LARGE, "Request payload is too large.").into_response();
        }
        Err(_) => return Answer::message(StatusCode::BAD_REQUEST, "The body broke off.").into_response(),
    };
    let connection = head.extensions.get::<ConnectionNumber>().map_or(0, |number| number.0);
    let request = Arc::new(Incoming { method: head.method, target, headers: head.headers, body });
    if shared.admin && request.path().starts_with("/admin/") {
        return admin::admin(&shared, &request).into_response();
    }
    let (kind, hashes) = request.asks_for();
    let number = shared.calls.begin(call(&request, kind, hashes, connection));
    // If the caller goes away, the call has ended without an answer.
    let mut ended = EndOfCall { shared: &shared, number, status: None };
    let effect = shared.faults.meet(kind, &request.target);
    let latency = shared.latency();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let response = with_effect(&shared, &request, effect).await;
    ended.status = response.extensions().get::<Reset>().is_none().then_some(response.status().as_u16());
    response
}

struct EndOfCall<'a> {
    shared: &'a Shared,
    number: u64,
    status: Option<u16>,
}

impl Drop for EndOfCall<'_> {
    fn drop(&mut self) {
        self.shared.calls.end(self.number, self.status);
    }
}

async fn with_effect(shared: &Arc<Shared>, request: &Arc<Incoming>, effect: Option<Effect>) -> Response<Body> {
    match effect {
        None => answer(shared, request).await.into_response(),
        Some(Effect::Answer { status, headers, body }) => made_up(status, &headers, body).into_response(),
        Some(Effect::Stall { milliseconds }) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            answer(shared, request).await.into_response()
        }
        Some(Effect::Hang) => std::future::pending().await,
        Some(Effect::Reset) => broken::reset(),
        Some(Effect::ResetAfter) => {
            answer(shared, request).await;
            broken::reset()
        }
        Some(Effect::CutOff) => broken::cut_off(answer(shared, request).await.into_response()),
        Some(Effect::ResetAfterHead) => broken::reset_after_head(answer(shared, request).await.into_response()),
        Some(Effect::HangAfter) => {
            answer(shared, request).await;
            std::future::pending().await
        }
        Some(Effect::AnswerAfter { status, body }) => {
            answer(shared, request).await;
            made_up(status, &[], body).into_response()
        }
    }
}

/// The platform itself.
async fn answer(shared: &Arc<Shared>, request: &Arc<Incoming>) -> Answer {
    if request.is_legacy() {
        legacy::legacy(shared, Arc::clone(request)).await
    } else if request.path().starts_with("/v2/public/") {
        v2::v2(shared, request).await
    } else if request.path().starts_with("/media/") {
        media::media(shared, request).await
    } else {
        Answer::message(StatusCode::NOT_FOUND, &format!("There is nothing at `{}`.", request.path()))
    }
}

fn made_up(status: u16, headers: &[(String, String)], body: String) -> Answer {
    let is_json = body.starts_with(['{', '[']) || serde_json::from_str::<serde_json::Value>(&body).is_ok();
    let mut answer = Answer::new(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), Bytes::from(body));
    let kind = if is_json { "application/json" } else { "text/html" };
    answer = answer.with(CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer = answer.with(name, value);
        }
    }
    // A browser that opens it shares the page's origin, so it must not run a script.
    answer.with(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX))
}

fn call(request: &Incoming, kind: CallKind, hashes: Vec<String>, connection: u64) -> Call {
    let trace = request.header("x-cloud-trace-context").and_then(|value| value.split('/').next());
    let target = match request.target.split_once("signature=") {
        // Whoever has it can read the file.
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
        hashes,
        began: Instant::now(),
        ended: None,
        status: None,
    }
}
