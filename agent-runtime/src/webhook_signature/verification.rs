//! Verification of one signature: `HMAC-SHA256(secret, timestamp "." body)`, in hex.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderName};
use data_encoding::HEXLOWER;
use ring::hmac;

use super::secrets::WebhookSecrets;

const SIGNATURE: HeaderName = HeaderName::from_static("x-encord-signature");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-encord-timestamp");

/// Maximum difference between the timestamp and the clock, in either direction.
const TOLERANCE: Duration = Duration::from_secs(300);

/// Errors of signature verification. They are for the log: the response is one fixed sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The header of this name is missing.
    #[error("it has no header {0}: it does not come from the platform, or something on the way has dropped it")]
    MissingHeader(&'static str),
    /// The request has only headers of a newer signature scheme.
    #[error("it is signed with {0}, which this version cannot read: update agent-runtime")]
    UnsupportedScheme(String),
    /// The timestamp is malformed.
    #[error("its x-encord-timestamp is no time in Unix seconds")]
    MalformedTimestamp,
    /// The timestamp is too far from the clock, by this many seconds.
    #[error("its time is {0} s from now, more than 300: it was recorded, or a clock is wrong")]
    Expired(u128),
    /// The signature is not that of this body with any of the secrets.
    #[error("its signature does not fit: the secret or the body is another")]
    Mismatch,
    /// The request is a replay.
    #[error("it has come before")]
    Replayed,
}

/// The timestamp and the signature of a request, before its body is read.
pub(super) struct Claim<'request> {
    timestamp: &'request [u8],
    /// Unix seconds.
    pub(super) signed_at: i64,
    signature: [u8; 32],
}

/// The identity of a signed request.
pub(super) type RequestTag = [u8; 32];

/// Returns whether a request has any signature header, valid or not.
pub(super) fn has_signature_headers(headers: &HeaderMap) -> bool {
    non_empty(headers, &SIGNATURE).is_some()
        || non_empty(headers, &TIMESTAMP).is_some()
        || unsupported_headers(headers).is_some()
}

impl<'request> Claim<'request> {
    /// Parses the headers. Of repeated headers, the first counts.
    pub(super) fn from_headers(headers: &'request HeaderMap, now: SystemTime) -> Result<Self, SignatureError> {
        let signature = non_empty(headers, &SIGNATURE);
        let Some(signature) = signature else {
            return Err(unsupported_headers(headers)
                .map_or(SignatureError::MissingHeader("x-encord-signature"), SignatureError::UnsupportedScheme));
        };
        let timestamp = non_empty(headers, &TIMESTAMP).ok_or(SignatureError::MissingHeader("x-encord-timestamp"))?;
        let signed_at = seconds(timestamp).ok_or(SignatureError::MalformedTimestamp)?;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().cast_signed();
        let difference = (now - i128::from(signed_at) * NANOS).unsigned_abs();
        if difference > TOLERANCE.as_nanos() {
            return Err(SignatureError::Expired(difference / NANOS.unsigned_abs()));
        }
        let signature = from_hex(signature).ok_or(SignatureError::Mismatch)?;
        Ok(Self { timestamp, signed_at, signature })
    }

    /// Compares the signature with that of every secret, in constant time.
    pub(super) fn verify(&self, body: &[u8], secrets: &WebhookSecrets) -> Result<RequestTag, SignatureError> {
        let signed = [self.timestamp, b".", body].concat();
        let (mut matches, mut tag) = (false, None);
        for secret in secrets.iter() {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            matches |= hmac::verify(&key, &signed, &self.signature).is_ok();
            // The tag must not depend on which of the secrets the request is signed with.
            tag = tag.or_else(|| hmac::sign(&key, &signed).as_ref().try_into().ok());
        }
        tag.filter(|_| matches).ok_or(SignatureError::Mismatch)
    }
}

impl WebhookSecrets {
    /// Verifies that a request was signed with one of these secrets, at most 300 s before or after `now`. For routes of your own:
    /// the server verifies the calls of agents.
    ///
    /// ```
    /// use agent_runtime::{HeaderMap, SignatureError, WebhookSecrets};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let secrets = WebhookSecrets::from_env("ENCORD_WEBHOOK_SECRET")?;
    /// let verified = secrets.verify(&HeaderMap::new(), b"{}", std::time::SystemTime::now());
    /// assert_eq!(verified, Err(SignatureError::MissingHeader("x-encord-signature")));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The signature is missing or invalid. Log the error, and respond 401 without it.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now: SystemTime) -> Result<(), SignatureError> {
        Claim::from_headers(headers, now)?.verify(body, self).map(drop)
    }
}

/// Nanoseconds per second.
const NANOS: i128 = 1_000_000_000;

/// Returns the value of a header, unless it is empty.
fn non_empty<'request>(headers: &'request HeaderMap, name: &HeaderName) -> Option<&'request [u8]> {
    headers.get(name).map(axum::http::HeaderValue::as_bytes).filter(|value| !value.is_empty())
}

/// Returns the names of headers that start with the signature header's name: those of newer signature schemes.
fn unsupported_headers(headers: &HeaderMap) -> Option<String> {
    let known = "x-encord-signature";
    let mut names: Vec<&str> =
        headers.keys().map(HeaderName::as_str).filter(|name| name.starts_with(known) && *name != known).collect();
    names.sort_unstable();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Parses Unix seconds as leniently as the reference: with a sign, and with underscores between digits.
fn seconds(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = digits.split('_').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_number {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    // A number out of range is expired like any other distant timestamp.
    Some(format!("{sign}{}", digits.replace('_', "")).parse().unwrap_or(i64::MAX))
}

/// Decodes lower-case hexadecimal digits.
fn from_hex(text: &[u8]) -> Option<[u8; 32]> {
    HEXLOWER.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use agent_platform::auth::webhook_signature;
    use axum::http::HeaderValue;

    use super::*;

    const SECRET: &str = "whsec_made-up";
    const BODY: &[u8] = b"{}";
    /// Unix seconds.
    const SIGNED_AT: u64 = 1_700_000_000;

    fn headers(timestamp: &str, signature: &str) -> HeaderMap {
        let value = |text: &str| HeaderValue::from_str(text).unwrap();
        [(SIGNATURE, value(signature)), (TIMESTAMP, value(timestamp))].into_iter().collect()
    }

    fn signed(timestamp: &str) -> HeaderMap {
        headers(timestamp, &webhook_signature(SECRET, timestamp, BODY))
    }

    fn verify(headers: &HeaderMap, now: SystemTime) -> Result<(), SignatureError> {
        WebhookSecrets::from_lines(SECRET).verify(headers, BODY, now)
    }

    fn signed_at() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(SIGNED_AT)
    }

    #[test]
    fn accepts_signature_up_to_exactly_300_seconds_off() {
        let (limit, beyond) = (Duration::from_secs(300), Duration::from_nanos(300_000_000_001));
        let headers = signed(&SIGNED_AT.to_string());
        for now in [signed_at(), signed_at() + limit, signed_at() - limit] {
            assert_eq!(verify(&headers, now), Ok(()), "{now:?}");
        }
        for now in [signed_at() + beyond, signed_at() - beyond] {
            assert_eq!(verify(&headers, now), Err(SignatureError::Expired(300)), "{now:?}");
        }
        let a_second_more = signed_at() + Duration::from_secs(301);
        assert_eq!(verify(&headers, a_second_more), Err(SignatureError::Expired(301)));
    }

    #[test]
    fn reads_timestamps_like_the_reference() {
        for timestamp in ["1700000000", "+1700000000", "1_700_000_000"] {
            assert_eq!(verify(&signed(timestamp), signed_at()), Ok(()), "{timestamp}");
        }
        for timestamp in ["1700000000.0", "0x6553f100", "1__700000000", "_1700000000", "1700000000_", "+-1", "+", "now"]
        {
            assert_eq!(verify(&signed(timestamp), signed_at()), Err(SignatureError::MalformedTimestamp), "{timestamp}");
        }
        for timestamp in ["-1700000000", "0", "99999999999999999999999"] {
            assert!(matches!(verify(&signed(timestamp), signed_at()), Err(SignatureError::Expired(_))), "{timestamp}");
        }
    }

    #[test]
    fn signature_covers_the_timestamp_text() {
        let good = webhook_signature(SECRET, "1700000000", BODY);
        assert_eq!(verify(&headers("+1700000000", &good), signed_at()), Err(SignatureError::Mismatch));
    }

    #[test]
    fn rejects_signatures_that_are_not_64_lower_case_digits() {
        let good = webhook_signature(SECRET, "1700000000", BODY);
        let other = if good.ends_with('0') { "1" } else { "0" };
        for signature in [
            &good.to_uppercase(),
            &good[..63],
            &good[..62],
            &format!("{good}0"),
            &format!("{good}00"),
            &format!("sha256={good}"),
            &format!("{}{other}", &good[..63]),
        ] {
            let verified = verify(&headers("1700000000", signature), signed_at());
            assert_eq!(verified, Err(SignatureError::Mismatch), "{signature}");
        }
    }
}
