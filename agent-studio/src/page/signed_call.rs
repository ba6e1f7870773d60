//! Signed calls from the backend to agents.

use std::time::Instant;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::Editor;
use super::problem::Problem;
use crate::outgoing::signature_headers;

const CLOUD_TRACE: HeaderName = HeaderName::from_static("x-cloud-trace-context");

/// A signed call requested by the page.
#[derive(Debug, Deserialize)]
pub(super) struct SignedCall {
    /// Origin of the agent server.
    server: String,
    /// Path of the agent.
    path: String,
    /// Request body, sent byte for byte.
    body: String,
    trace: Option<String>,
}

/// Request and response, as sent and received.
#[derive(Serialize)]
struct Report {
    request: SentRequest,
    answer: Option<ReceivedResponse>,
    /// Reason for a missing response.
    problem: Option<String>,
    milliseconds: f64,
}

#[derive(Serialize)]
struct SentRequest {
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

#[derive(Serialize)]
struct ReceivedResponse {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Editor {
    /// Sends the call, and returns request and response as JSON.
    ///
    /// # Errors
    /// The server is not configured, its secret is missing, or the path is invalid.
    pub(super) async fn signed_call(&self, call: SignedCall) -> Result<String, Problem> {
        let server = self.servers.all().into_iter().find(|server| server.origin == call.server);
        let server = server.ok_or_else(|| Problem::not_found("This agent server is not configured."))?;
        let secret = server.secret().ok_or_else(|| no_secret(server.secret.as_deref()))?;
        let url = reqwest::Url::parse(&format!("{}{}", server.origin, call.path));
        let url =
            url.ok().filter(|url| call.path.starts_with('/') && url.origin().ascii_serialization() == server.origin);
        let url = url.ok_or_else(|| Problem::bad_request("The agent's path must start with `/`."))?;
        let headers = headers(&call, &secret)?;
        let request = SentRequest { url: url.to_string(), headers: header_pairs(&headers), body: call.body.clone() };
        let started = Instant::now();
        let result = self.agent_client.post(url, headers, call.body.into_bytes()).await;
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        let (answer, problem) = match result {
            Ok(answer) => {
                let body = String::from_utf8_lossy(&answer.body).into_owned();
                (Some(ReceivedResponse { status: answer.status, headers: header_pairs(&answer.headers), body }), None)
            }
            Err(error) => (None, Some(error.to_string())),
        };
        // Serializing a struct of plain values cannot fail.
        Ok(serde_json::to_string(&Report { request, answer, problem, milliseconds }).unwrap_or_default())
    }
}

fn headers(call: &SignedCall, secret: &str) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in signature_headers(secret, call.body.as_bytes()) {
        let value = HeaderValue::try_from(value).map_err(|_| {
            Problem::bad_request(
                "The signature is not a valid header \
         value.",
            )
        })?;
        headers.insert(HeaderName::from_static(name), value);
    }
    if let Some(trace) = &call.trace {
        let trace = HeaderValue::try_from(trace).map_err(|_| {
            Problem::bad_request(
                "The trace is not a valid header \
         value.",
            )
        })?;
        headers.insert(CLOUD_TRACE, trace);
    }
    Ok(headers)
}

fn header_pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

fn no_secret(variable: Option<&str>) -> Problem {
    Problem::bad_request(match variable {
        Some(variable) => format!("The environment variable {variable} is not set. Set it to the signing secret."),
        None => "This agent server is configured without a secret, so its calls cannot be signed.".to_owned(),
    })
}
