//! The v2 endpoints: requests and responses.

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::PlatformClient;
use super::call::{Call, Effect, Endpoint};
use super::error::{Error, Result};
use super::failure::{Failure, MAX_QUOTED, truncated};
use super::query::Query;
use super::trace::TraceId;
use super::transport::ReceivedResponse;

impl PlatformClient {
    /// Creates a reading call of `/v2/public/...`.
    pub(super) fn v2_get(&self, path: &[&str], query: &Query) -> Call {
        let url = self.shared.domain.v2(path, query.as_str());
        Call::new(Endpoint::V2, Method::GET, url, Effect::Read)
    }

    /// Creates a call of `/v2/public/...` with a JSON body.
    pub(super) fn v2_send(&self, method: Method, path: &[&str], body: &impl Serialize, effect: Effect) -> Result<Call> {
        let call = Call::new(Endpoint::V2, method, self.shared.domain.v2(path, ""), effect);
        let body = self.encoded(&call, body)?;
        Ok(call.with_body(body))
    }

    /// Encodes a body as JSON.
    pub(super) fn encoded(&self, call: &Call, body: &impl Serialize) -> Result<Vec<u8>> {
        serde_json::to_vec(body).map_err(|cause| {
            let message = format!("The request for {} cannot be written as JSON.", call.description());
            let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
            let mut error = call.error(Error::Request, message, &trace);
            error.failure_mut().cause = Some(cause.into());
            error
        })
    }

    /// Sends a call and parses its response.
    pub(super) async fn v2_value<T: DeserializeOwned>(&self, call: &Call) -> Result<T> {
        let answer = self.send(call).await?;
        self.v2_read(call, &answer)
    }

    /// Sends a call and returns its response as JSON text.
    pub(super) async fn v2_raw(&self, call: &Call) -> Result<Box<RawValue>> {
        let answer = self.send(call).await?;
        self.v2_text(call, answer)
    }

    /// Sends a call and expects an acknowledgement.
    pub(super) async fn v2_execute(&self, call: &Call) -> Result<()> {
        let answer = self.send(call).await?;
        self.v2_acknowledged(call, &answer)
    }

    /// Parses a response.
    pub(super) fn v2_read<T: DeserializeOwned>(&self, call: &Call, answer: &ReceivedResponse) -> Result<T> {
        self.v2_success(call, answer)?;
        serde_json::from_slice(content(call, answer)?).map_err(|cause| unreadable(call, answer, cause))
    }

    /// Returns the text of a response.
    pub(super) fn v2_text(&self, call: &Call, mut answer: ReceivedResponse) -> Result<Box<RawValue>> {
        self.v2_success(call, &answer)?;
        content(call, &answer)?;
        match String::from_utf8(std::mem::take(&mut answer.body)) {
            // The text is moved, not copied. If it is not JSON, the error needs it once more.
            Ok(text) => match serde_json::from_str::<&RawValue>(&text) {
                Ok(_) => RawValue::from_string(text).map_err(|cause| unreadable(call, &answer, cause)),
                Err(cause) => {
                    answer.body = text.into_bytes();
                    Err(unreadable(call, &answer, cause))
                }
            },
            Err(error) => {
                answer.body = error.into_bytes();
                Err(not_json(call, &answer))
            }
        }
    }

    /// Checks that a response is successful. A 200 must contain JSON (contract: section 4).
    pub(super) fn v2_acknowledged(&self, call: &Call, answer: &ReceivedResponse) -> Result<()> {
        self.v2_success(call, answer)?;
        if answer.status == 204 || serde_json::from_slice::<&RawValue>(&answer.body).is_ok() {
            return Ok(());
        }
        Err(not_json(call, answer))
    }

    /// Checks the status. Any status other than 200 and 204 is an error.
    fn v2_success(&self, call: &Call, answer: &ReceivedResponse) -> Result<()> {
        if matches!(answer.status, 200 | 204) { Ok(()) } else { Err(self.v2_error(call, answer)) }
    }

    /// Converts a status to an error (contract: `docs/contract/endpoints.md#v2-responses`).
    fn v2_error(&self, call: &Call, answer: &ReceivedResponse) -> Error {
        let message = server_message(&answer.body);
        let or = |default: &str| message.clone().unwrap_or_else(|| default.to_owned());
        let (name, message): (fn(Box<Failure>) -> Error, String) = match answer.status {
            300..=399 if answer.status != 304 => (
                Error::Unknown,
                format!("The platform redirects {}. Set ENCORD_DOMAIN to its current address.", call.description()),
            ),
            400 => (Error::InvalidArguments, or("Provided payload is invalid and can't be processed.")),
            401 => (Error::Authentication, self.with_region_hint(&or(NOT_AUTHENTICATED), "")),
            403 => (Error::Authorisation, or(NOT_AUTHORISED)),
            404 => (Error::ResourceNotFound, "The requested resource was not found.".to_owned()),
            405 => (Error::MethodNotAllowed, METHOD_NOT_ALLOWED.to_owned()),
            409 => (Error::ResourceExists, or("The resource you are trying to create already exists.")),
            413 => (Error::PayloadTooLarge, or(TOO_LARGE)),
            429 => return rate_limited(call, answer),
            _ => (Error::Unknown, or(UNKNOWN)),
        };
        error_from_answer(call, answer, name, message)
    }

    /// Appends the hint that a key may belong to another region. The legacy endpoints show their base URL with a
    /// trailing slash.
    pub(super) fn with_region_hint(&self, message: &str, slash: &str) -> String {
        let base = self.shared.domain.as_str();
        format!(
            "{message} You might also be seeing this because you're connecting to the wrong region. Try changing the \
             `domain` parameter (e.g. 'https://api.us.encord.com' vs 'https://api.encord.com'). Currently connected to: \
             {base}{slash}"
        )
    }
}

pub(super) const NOT_AUTHENTICATED: &str = "You are not authenticated to access the Encord platform.";
pub(super) const NOT_AUTHORISED: &str = "You are not authorised to access this asset.";
pub(super) const METHOD_NOT_ALLOWED: &str = "HTTP method is not allowed.";
pub(super) const TOO_LARGE: &str = "Request payload is too large and exceeds the maximum allowed size.";
pub(super) const UNKNOWN: &str = "An unknown error occurred.";

/// Returns the message in an error body: `message`, or `detail` if that is empty. Values other than strings are shown
/// as JSON.
fn server_message(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        message: Option<&'a RawValue>,
        #[serde(borrow)]
        detail: Option<&'a RawValue>,
    }
    let body: Body<'_> = serde_json::from_slice(Some(body).filter(|body| is_object(body))?).ok()?;
    [body.message, body.detail].into_iter().flatten().map(message_text).find(|text| !text.is_empty())
}

/// Returns `true` if JSON is an object. Serde would also accept an array of the same values.
pub(super) fn is_object(json: &[u8]) -> bool {
    json.trim_ascii_start().starts_with(b"{")
}

/// Formats a value for a message: a string unchanged, an empty value as an empty string, other values as JSON.
/// Truncated to 1,000 characters.
pub(super) fn message_text(value: &RawValue) -> String {
    let text = match value.get() {
        "null" | "false" | "0" | "[]" | "{}" => String::new(),
        text => serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()),
    };
    truncated(text, MAX_QUOTED)
}

/// Creates the error that a response's status or envelope stands for.
pub(super) fn error_from_answer(
    call: &Call,
    answer: &ReceivedResponse,
    name: fn(Box<Failure>) -> Error,
    message: String,
) -> Error {
    let mut error = call.error(name, message, &answer.trace);
    let failed = answer.status >= 500;
    let failure = error.failure_mut();
    failure.status = Some(answer.status);
    failure.retry_after = answer.retry_after.wait;
    failure.retryable = matches!(answer.status, 429 | 500 | 502 | 503 | 504);
    failure.may_have_acted = failed && call.effect == Effect::NonIdempotent;
    error
}

/// Creates the error for status 429, in either endpoint family. The server's own message is not used.
pub(super) fn rate_limited(call: &Call, answer: &ReceivedResponse) -> Error {
    let message = match answer.retry_after.seconds {
        Some(1) => "Rate limit exceeded. Retry after 1 second.".to_owned(),
        Some(seconds) => format!("Rate limit exceeded. Retry after {seconds} seconds."),
        None => "Rate limit exceeded.".to_owned(),
    };
    error_from_answer(call, answer, Error::RateLimitExceeded, message)
}

/// Returns the body of a successful response that must have one.
fn content<'a>(call: &Call, answer: &'a ReceivedResponse) -> Result<&'a [u8]> {
    if answer.status != 204 {
        return Ok(&answer.body);
    }
    let message =
        format!("The platform answered {} with nothing (204), but something was expected.", call.description());
    Err(unclear(call, answer, Error::NoContent, message))
}

/// Creates the error for a body that is not JSON.
pub(super) fn not_json(call: &Call, answer: &ReceivedResponse) -> Error {
    let message = format!("Error parsing JSON response: {}", call.quote_body(&answer.body));
    let mut error = unclear(call, answer, Error::NotJson, message);
    error.failure_mut().retryable = matches!(answer.status, 500 | 502 | 503 | 504);
    error
}

/// Creates the error for a body that is not JSON, or has another structure.
pub(super) fn unreadable(call: &Call, answer: &ReceivedResponse, cause: serde_json::Error) -> Error {
    if !cause.is_data() {
        return not_json(call, answer);
    }
    let message = format!("The platform answered {} with an unexpected response.", call.description());
    let mut error = unclear(call, answer, Error::UnexpectedAnswer, message);
    if !call.secret_answer {
        // Serde's message quotes whole strings, which may be secrets.
        let text = cause.to_string();
        let is_long = text.len() > MAX_QUOTED;
        error.failure_mut().cause = Some(if is_long { truncated(text, MAX_QUOTED).into() } else { cause.into() });
    }
    error
}

/// Creates the error for a response that does not show whether the platform executed the call.
pub(super) fn unclear(
    call: &Call,
    answer: &ReceivedResponse,
    name: fn(Box<Failure>) -> Error,
    message: String,
) -> Error {
    let mut error = error_from_answer(call, answer, name, message);
    error.failure_mut().may_have_acted = call.effect == Effect::NonIdempotent;
    error
}
