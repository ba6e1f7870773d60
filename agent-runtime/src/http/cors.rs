//! What a browser is told: which page may call, with which method and headers.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};

use super::error_response::error_response;
use crate::access::Origins;
use agent_core::error::{AgentError, ErrorStatus};

/// The headers an editor may send, as they are announced.
const ALLOWED_HEADERS: &str = "Accept, Accept-Language, Content-Language, Content-Type, X-Cloud-Trace-Context, X-Encord-Editor-Agent, X-Encord-Agent, Traceparent";
const REQUEST_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");
const PREFLIGHT_VARY: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network";

/// The request's origin, if its page may call.
pub(crate) fn allowed_origin(origins: &Origins, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    origin.to_str().is_ok_and(|origin| origins.allows(origin)).then(|| origin.clone())
}

/// Marks an answer as readable for the page that asked, if that page may call.
pub(crate) fn mark(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    if !headers.contains_key(header::VARY) {
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    }
}

/// The answer to a preflight, or `None` if the request is not one.
pub(crate) fn preflight(request: &Request, origin: Option<&HeaderValue>) -> Option<Response<Body>> {
    if request.method() != Method::OPTIONS {
        return None;
    }
    let headers = request.headers();
    let method = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    headers.get(header::ORIGIN)?;
    let mut refused = Vec::new();
    if origin.is_none() {
        refused.push("origin");
    }
    if method != Method::POST.as_str() {
        refused.push("method");
    }
    if !headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).is_none_or(headers_allowed) {
        refused.push("headers");
    }
    let mut response = if refused.is_empty() {
        Response::new(Body::from("OK"))
    } else {
        let message = format!("This server does not allow the call's {}.", refused.join(", "));
        error_response(&AgentError::new(ErrorStatus::BadRequest, message), false)
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
