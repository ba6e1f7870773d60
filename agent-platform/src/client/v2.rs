//! The v2 endpoints: what is asked, and what an answer means.

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::PlatformClient;
use super::call::{Call, Effect, Endpoint};
use super::error::{Error, Result};
use super::failure::{Failure, MAX_QUOTED, clipped};
use super::query::Query;
use super::trace::TraceId;
use super::transport::ReceivedResponse;

impl PlatformClient {
    /// A reading call of `/v2/public/...`.
    pub(super) fn v2_get(&self, path: &[&str], query: &Query) -> Call {
        let url = self.shared.domain.v2(path, query.as_str());
        Call::new(Endpoint::V2, Method::GET, url, Effect::Harmless)
    }

    /// A call of `/v2/public/...` with a JSON body.
    pub(super) fn v2_send(&self, method: Method, path: &[&str], body: &impl Serialize, effect: Effect) -> Result<Call> {
        let call = Call::new(Endpoint::V2, method, self.shared.domain.v2(path, ""), effect);
        let body = self.encoded(&call, body)?;
        Ok(call.with_body(body))
    }

    /// A body as JSON.
    pub(super) fn encoded(&self, call: &Call, body: &impl Serialize) -> Result<Vec<u8>> {
        serde_json::to_vec(body).map_err(|cause| {
            let message = format!("The request for {} cannot be written as JSON.", call.shown());
            let trace = self.trace.clone().unwrap_or_else(TraceId::fresh);
            let mut error = call.fails(Error::Request, message, &trace);
            error.failure_mut().cause = Some(cause.into());
            error
        })
    }

    /// Calls and reads the answer.
    pub(super) async fn v2_value<T: DeserializeOwned>(&self, call: &Call) -> Result<T> {
        let answer = self.answer_to(call).await?;
        self.v2_read(call, &answer)
    }

    /// Calls and hands the answer on as it is.
    pub(super) async fn v2_raw(&self, call: &Call) -> Result<Box<RawValue>> {
        let answer = self.answer_to(call).await?;
        self.v2_text(call, answer)
    }

    /// Calls; success is all there is to learn.
    pub(super) async fn v2_done(&self, call: &Call) -> Result<()> {
        let answer = self.answer_to(call).await?;
        self.v2_acknowledged(call, &answer)
    }

    /// What an answer holds.
    pub(super) fn v2_read<T: DeserializeOwned>(&self, call: &Call, answer: &ReceivedResponse) -> Result<T> {
        self.v2_success(call, answer)?;
        serde_json::from_slice(content(call, answer)?).map_err(|cause| unreadable(call, answer, cause))
    }

    /// The text of an answer.
    pub(super) fn v2_text(&self, call: &Call, mut answer: ReceivedResponse) -> Result<Box<RawValue>> {
        self.v2_success(call, &answer)?;
        content(call, &answer)?;
        match String::from_utf8(std::mem::take(&mut answer.body)) {
            // The text is moved, not copied; only where it is no JSON is it needed once more, for the error.
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

    /// Whether an answer is a success: a 200 must still carry JSON (contract: section 4).
    pub(super) fn v2_acknowledged(&self, call: &Call, answer: &ReceivedResponse) -> Result<()> {
        self.v2_success(call, answer)?;
        if answer.status == 204 || serde_json::from_slice::<&RawValue>(&answer.body).is_ok() {
            return Ok(());
        }
        Err(not_json(call, answer))
    }

    /// Every status but 200 and 204 is an error.
    fn v2_success(&self, call: &Call, answer: &ReceivedResponse) -> Result<()> {
        if matches!(answer.status, 200 | 204) { Ok(()) } else { Err(self.v2_error(call, answer)) }
    }

    /// What a status means (contract: `platform-api.md`, section 4).
    fn v2_error(&self, call: &Call, answer: &ReceivedResponse) -> Error {
        let said = server_message(&answer.body);
        let or = |default: &str| said.clone().unwrap_or_else(|| default.to_owned());
        let (name, message): (fn(Box<Failure>) -> Error, String) = match answer.status {
            300..=399 if answer.status != 304 => {
                (Error::Unknown, format!("The platform redirects {}: its domain is another one.", call.shown()))
            }
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
        refused(call, answer, name, message)
    }

    /// The hint that a key may belong to another region. The legacy family is told its base with a slash at the end.
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

/// What an error's body says: its `message`, or if that is empty its `detail`; anything but a string as JSON text.
fn server_message(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        message: Option<&'a RawValue>,
        #[serde(borrow)]
        detail: Option<&'a RawValue>,
    }
    let body: Body<'_> = serde_json::from_slice(Some(body).filter(|body| is_object(body))?).ok()?;
    [body.message, body.detail].into_iter().flatten().map(said).find(|text| !text.is_empty())
}

/// Whether JSON is an object. The readers of this crate would take a list of the same values for one.
pub(super) fn is_object(json: &[u8]) -> bool {
    json.trim_ascii_start().starts_with(b"{")
}

/// Returns a value as a message: a string as it is, an empty value as nothing, everything else as JSON text. Cut after
/// 1,000 characters.
pub(super) fn said(value: &RawValue) -> String {
    let text = match value.get() {
        "null" | "false" | "0" | "[]" | "{}" => String::new(),
        text => serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()),
    };
    clipped(text, MAX_QUOTED)
}

/// An error that an answer's status or envelope stands for.
pub(super) fn refused(
    call: &Call,
    answer: &ReceivedResponse,
    name: fn(Box<Failure>) -> Error,
    message: String,
) -> Error {
    let mut error = call.fails(name, message, &answer.trace);
    let failed = answer.status >= 500;
    let failure = error.failure_mut();
    failure.status = Some(answer.status);
    failure.retry_after = answer.retry_after.wait;
    failure.retryable = matches!(answer.status, 429 | 500 | 502 | 503 | 504);
    failure.may_have_acted = failed && call.effect == Effect::Changes;
    error
}

/// 429, in either family: the server's own words are not used.
pub(super) fn rate_limited(call: &Call, answer: &ReceivedResponse) -> Error {
    let message = match answer.retry_after.seconds {
        Some(1) => "Rate limit exceeded. Retry after 1 second.".to_owned(),
        Some(seconds) => format!("Rate limit exceeded. Retry after {seconds} seconds."),
        None => "Rate limit exceeded.".to_owned(),
    };
    refused(call, answer, Error::RateLimitExceeded, message)
}

/// The body of a successful answer that must have one.
fn content<'a>(call: &Call, answer: &'a ReceivedResponse) -> Result<&'a [u8]> {
    if answer.status != 204 {
        return Ok(&answer.body);
    }
    let message = format!("The platform answered {} with nothing (204), but something was expected.", call.shown());
    Err(unclear(call, answer, Error::NoContent, message))
}

/// A body that is no JSON.
pub(super) fn not_json(call: &Call, answer: &ReceivedResponse) -> Error {
    let message = format!("Error parsing JSON response: {}", call.quoted(&answer.body));
    let mut error = unclear(call, answer, Error::NotJson, message);
    error.failure_mut().retryable = matches!(answer.status, 500 | 502 | 503 | 504);
    error
}

/// A body that is no JSON, or JSON of another shape.
pub(super) fn unreadable(call: &Call, answer: &ReceivedResponse, cause: serde_json::Error) -> Error {
    if !cause.is_data() {
        return not_json(call, answer);
    }
    let message = format!("The platform answered {} with something else than expected.", call.shown());
    let mut error = unclear(call, answer, Error::UnexpectedAnswer, message);
    if !call.secret_answer {
        // The reader quotes strings whole.
        let text = cause.to_string();
        let is_long = text.len() > MAX_QUOTED;
        error.failure_mut().cause = Some(if is_long { clipped(text, MAX_QUOTED).into() } else { cause.into() });
    }
    error
}

/// An answer from which nobody can tell what the platform did.
pub(super) fn unclear(
    call: &Call,
    answer: &ReceivedResponse,
    name: fn(Box<Failure>) -> Error,
    message: String,
) -> Error {
    let mut error = refused(call, answer, name, message);
    error.failure_mut().may_have_acted = call.effect == Effect::Changes;
    error
}
