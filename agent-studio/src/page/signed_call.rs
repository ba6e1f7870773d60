//! Agents called from the backend, signed with the secret that both sides know.

use std::time::Instant;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::Editor;
use super::problem::Problem;
use crate::outgoing::signature_headers;

const CLOUD_TRACE: HeaderName = HeaderName::from_static("x-cloud-trace-context");

/// A call that the page asks the backend to make.
#[derive(Debug, Deserialize)]
pub(super) struct SignedCall {
    /// The origin of the agent server.
    server: String,
    /// The agent's path.
    path: String,
    /// The body, byte for byte.
    body: String,
    trace: Option<String>,
}

/// Request and answer, as they were sent and received.
#[derive(Serialize)]
struct Report {
    request: Sent,
    answer: Option<Received>,
    /// Why there is no answer.
    problem: Option<String>,
    milliseconds: f64,
}

#[derive(Serialize)]
struct Sent {
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

#[derive(Serialize)]
struct Received {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Editor {
    /// Makes the call, and reports request and answer as JSON.
    ///
    /// # Errors
    /// The server is not a configured one, its secret is not there, or the path is none.
    pub(super) async fn signed_call(&self, call: SignedCall) -> Result<String, Problem> {
        let server = self.servers.all().into_iter().find(|server| server.origin == call.server);
        let server = server.ok_or_else(|| Problem::missing("This agent server is not configured."))?;
        let secret = server.secret().ok_or_else(|| no_secret(server.secret.as_deref()))?;
        let url = reqwest::Url::parse(&format!("{}{}", server.origin, call.path));
        let url =
            url.ok().filter(|url| call.path.starts_with('/') && url.origin().ascii_serialization() == server.origin);
        let url = url.ok_or_else(|| Problem::bad("The agent's path must start with `/`."))?;
        let headers = headers(&call, &secret)?;
        let request = Sent { url: url.to_string(), headers: shown(&headers), body: call.body.clone() };
        let began = Instant::now();
        let answer = self.outgoing.post(url, headers, call.body.into_bytes()).await;
        let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
        let (answer, problem) = match answer {
            Ok(answer) => {
                let body = String::from_utf8_lossy(&answer.body).into_owned();
                (Some(Received { status: answer.status, headers: shown(&answer.headers), body }), None)
            }
            Err(error) => (None, Some(error.to_string())),
        };
        // A struct of plain values always has a JSON text.
        Ok(serde_json::to_string(&Report { request, answer, problem, milliseconds }).unwrap_or_default())
    }
}

fn headers(call: &SignedCall, secret: &str) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in signature_headers(secret, call.body.as_bytes()) {
        let value = HeaderValue::try_from(value).map_err(|_| Problem::bad("The signature cannot be sent."))?;
        headers.insert(HeaderName::from_static(name), value);
    }
    if let Some(trace) = &call.trace {
        let trace = HeaderValue::try_from(trace).map_err(|_| Problem::bad("The trace cannot be sent."))?;
        headers.insert(CLOUD_TRACE, trace);
    }
    Ok(headers)
}

fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

fn no_secret(variable: Option<&str>) -> Problem {
    Problem::bad(match variable {
        Some(variable) => format!("The environment variable {variable}, which should hold the secret, is not set."),
        None => "This agent server is configured without a secret, so calls of it cannot be signed.".to_owned(),
    })
}
