//! The legacy endpoints: request and response envelopes.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::PlatformClient;
use super::call::{Call, Effect, Endpoint, Scope};
use super::error::{Error, Result};
use super::failure::{MAX_QUOTED, truncated};
use super::tolerant::lenient;
use super::transport::ReceivedResponse;
use super::v2::{TOO_LARGE, error_from_answer, is_object, not_json, rate_limited, unclear, unreadable};

/// The method inside an envelope. The HTTP method of legacy calls is always `POST`.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) enum QueryMethod {
    #[serde(rename = "GET")]
    Get,
    #[serde(rename = "PUT")]
    Put,
    #[serde(rename = "POST")]
    Post,
}

/// The request envelope (contract: `docs/contract/endpoints.md#legacy-envelope`).
#[derive(Serialize)]
struct Request<'a, U, P> {
    query_type: &'static str,
    query_method: QueryMethod,
    values: Values<'a, U, P>,
}

#[derive(Serialize)]
struct Values<'a, U, P> {
    uid: Option<&'a [U]>,
    payload: &'a P,
}

/// The response envelope.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Envelope<'a, T> {
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    response: Option<T>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

impl<T> Envelope<'_, T> {
    /// Returns `true` if the status is the number 200, in any spelling.
    fn succeeded(&self) -> bool {
        self.status.and_then(|status| status.get().parse::<f64>().ok()) == Some(200.0)
    }
}

impl PlatformClient {
    /// Creates a legacy call.
    pub(super) fn legacy<U: Serialize, P: Serialize>(
        &self,
        scope: Scope,
        (query_type, query_method): (&'static str, QueryMethod),
        uid: Option<&[U]>,
        payload: &P,
        effect: Effect,
    ) -> Result<Call> {
        let url = self.shared.domain.legacy(matches!(scope, Scope::User));
        let call = Call::new(Endpoint::Legacy(scope), Method::POST, url, effect);
        let request = Request { query_type, query_method, values: Values { uid, payload } };
        let body = self.encoded(&call, &request)?;
        Ok(call.with_body(body))
    }

    /// Parses the response to a reading call in a single pass.
    ///
    /// # Errors
    /// The error in the envelope, or [`Error::ResourceNotFound`] if it has no content.
    pub(super) fn legacy_response<'a, T: Deserialize<'a>>(
        &self,
        call: &Call,
        answer: &'a ReceivedResponse,
    ) -> Result<T> {
        if !matches!(answer.status, 413 | 429) && is_object(&answer.body) {
            match serde_json::from_slice::<Envelope<'a, T>>(&answer.body) {
                Ok(envelope) if envelope.succeeded() => {
                    return envelope.response.ok_or_else(|| {
                        let message = format!("The platform found nothing for {}.", call.description());
                        error_from_answer(call, answer, Error::ResourceNotFound, message)
                    });
                }
                Ok(_) => {}
                // An error envelope, or an unexpected structure.
                Err(cause) => return Err(self.legacy_failure(call, answer, Some(cause))),
            }
        }
        Err(self.legacy_failure(call, answer, None))
    }

    /// Sends a call and expects an acknowledgement.
    pub(super) async fn legacy_execute(&self, call: &Call) -> Result<()> {
        let answer = self.send(call).await?;
        self.legacy_acknowledged(call, &answer)
    }

    /// Checks that a response acknowledges a call. Any value other than `null` does.
    pub(super) fn legacy_acknowledged(&self, call: &Call, answer: &ReceivedResponse) -> Result<()> {
        match self.legacy_response::<&RawValue>(call, answer) {
            Ok(_) => Ok(()),
            Err(Error::ResourceNotFound(_)) if is_success(answer) => {
                let message = format!("The platform did not acknowledge {}.", call.description());
                Err(unclear(call, answer, Error::NotAcknowledged, message))
            }
            Err(error) => Err(error),
        }
    }

    /// Converts an unsuccessful response to an error. The HTTP status matters only for 413 and 429; otherwise the
    /// envelope decides, whatever the status is.
    fn legacy_failure(&self, call: &Call, answer: &ReceivedResponse, cause: Option<serde_json::Error>) -> Error {
        match answer.status {
            413 => return error_from_answer(call, answer, Error::PayloadTooLarge, too_large(&answer.body)),
            429 => return rate_limited(call, answer),
            _ => {}
        }
        if !is_object(&answer.body) {
            // JSON with another structure, or not JSON.
            let json = serde_json::from_slice::<&RawValue>(&answer.body).is_ok();
            let message = format!("The platform answered {} with an unexpected response.", call.description());
            let unexpected = || unclear(call, answer, Error::UnexpectedAnswer, message);
            return if json { unexpected() } else { not_json(call, answer) };
        }
        match (serde_json::from_slice::<Envelope<'_, &RawValue>>(&answer.body), cause) {
            (Ok(envelope), None) => self.code_error(call, answer, envelope.response, envelope.payload),
            (Ok(envelope), Some(_)) if !envelope.succeeded() => {
                self.code_error(call, answer, envelope.response, envelope.payload)
            }
            (_, Some(cause)) => unreadable(call, answer, cause),
            (Err(_), None) => not_json(call, answer),
        }
    }
}

fn is_success(answer: &ReceivedResponse) -> bool {
    serde_json::from_slice::<Envelope<'_, &RawValue>>(&answer.body).is_ok_and(|envelope| envelope.succeeded())
}

/// Returns the message of a 413, which may come from a proxy in front of the platform: its `message` or `detail`, if it
/// is a string.
fn too_large(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default, deserialize_with = "lenient")]
        message: Option<String>,
        #[serde(default, deserialize_with = "lenient")]
        detail: Option<String>,
    }
    let body = Some(body).filter(|body| is_object(body)).and_then(|body| serde_json::from_slice::<Body>(body).ok());
    let text = body.and_then(|body| body.message.or(body.detail));
    text.filter(|text| !text.is_empty()).map_or_else(|| TOO_LARGE.to_owned(), |text| truncated(text, MAX_QUOTED))
}
