//! A signature, compared with what it should be.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderName};
use ring::hmac;

use super::secrets::WebhookSecrets;

const SIGNATURE: HeaderName = HeaderName::from_static("x-encord-signature");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-encord-timestamp");

/// How far the time of a signature may be from now, either way.
const TOLERANCE: Duration = Duration::from_secs(300);

/// Why a request cannot be shown to come from the platform. For the log: whoever sent it is told only that it is so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// It carries no signature, or no time.
    #[error("it has no header {0}: it does not come from the platform, or something on the way has dropped it")]
    Unsigned(&'static str),
    /// It carries a signature of a kind that came after this version.
    #[error("it is signed with {0}, which this version cannot read: update agent-runtime")]
    Newer(String),
    /// Its time is none.
    #[error("its x-encord-timestamp is no time in Unix seconds")]
    NotATime,
    /// It was signed long ago, or will be.
    #[error("its time is {0} s from now, more than 300: it was recorded, or a clock is wrong")]
    Stale(u128),
    /// Secret or body are others.
    #[error("its signature does not fit: the secret or the body is another")]
    Mismatch,
    /// It has come before.
    #[error("it has come before")]
    Replayed,
}

/// The time and the signature that a request claims, looked at before there is a body.
pub(super) struct Claim<'request> {
    timestamp: &'request [u8],
    /// Unix seconds.
    pub(super) signed_at: i64,
    signature: [u8; 32],
}

/// What identifies a signed request.
pub(super) type RequestTag = [u8; 32];

/// Whether a request claims to be signed, rightly or not.
pub(super) fn is_claimed(headers: &HeaderMap) -> bool {
    given(headers, &SIGNATURE).is_some() || given(headers, &TIMESTAMP).is_some() || newer(headers).is_some()
}

impl<'request> Claim<'request> {
    /// Reads the headers. Of two of a name the first counts.
    pub(super) fn of(headers: &'request HeaderMap, now: SystemTime) -> Result<Self, Unverified> {
        let signature = given(headers, &SIGNATURE);
        let Some(signature) = signature else {
            return Err(newer(headers).map_or(Unverified::Unsigned("x-encord-signature"), Unverified::Newer));
        };
        let timestamp = given(headers, &TIMESTAMP).ok_or(Unverified::Unsigned("x-encord-timestamp"))?;
        let signed_at = seconds(timestamp).ok_or(Unverified::NotATime)?;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().cast_signed();
        let apart = (now - i128::from(signed_at) * NANOS).unsigned_abs();
        if apart > TOLERANCE.as_nanos() {
            return Err(Unverified::Stale(apart / NANOS.unsigned_abs()));
        }
        let signature = from_hex(signature).ok_or(Unverified::Mismatch)?;
        Ok(Self { timestamp, signed_at, signature })
    }

    /// Compares the signature with that of every secret, in the same time whatever is wrong with it.
    pub(super) fn verify(&self, body: &[u8], secrets: &WebhookSecrets) -> Result<RequestTag, Unverified> {
        let signed = [self.timestamp, b".", body].concat();
        let (mut fits, mut tag) = (false, None);
        for secret in secrets.iter() {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            fits |= hmac::verify(&key, &signed, &self.signature).is_ok();
            // One tag for a request, whichever of the secrets it is signed with.
            tag = tag.or_else(|| hmac::sign(&key, &signed).as_ref().try_into().ok());
        }
        tag.filter(|_| fits).ok_or(Unverified::Mismatch)
    }
}

impl WebhookSecrets {
    /// Checks that a request was signed with one of these secrets at most 300 s from `now`: for routes of your own. An
    /// agent's calls are checked by the server.
    ///
    /// ```
    /// use agent_runtime::{HeaderMap, Unverified, WebhookSecrets};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let secrets = WebhookSecrets::from_env("ENCORD_WEBHOOK_SECRET")?;
    /// let verified = secrets.verify(&HeaderMap::new(), b"{}", std::time::SystemTime::now());
    /// assert_eq!(verified, Err(Unverified::Unsigned("x-encord-signature")));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with it. Log it, and answer 401 without it.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now: SystemTime) -> Result<(), Unverified> {
        Claim::of(headers, now)?.verify(body, self).map(drop)
    }
}

/// Of a second.
const NANOS: i128 = 1_000_000_000;

/// A header that is there and not empty.
fn given<'request>(headers: &'request HeaderMap, name: &HeaderName) -> Option<&'request [u8]> {
    headers.get(name).map(axum::http::HeaderValue::as_bytes).filter(|value| !value.is_empty())
}

/// Headers that begin like the signature's: of signatures that came after this version.
fn newer(headers: &HeaderMap) -> Option<String> {
    let known = "x-encord-signature";
    let mut names: Vec<&str> =
        headers.keys().map(HeaderName::as_str).filter(|name| name.starts_with(known) && *name != known).collect();
    names.sort_unstable();
    (!names.is_empty()).then(|| names.join(", "))
}

/// As lenient as the reference, which takes a sign, and underscores between digits.
fn seconds(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = digits.split('_').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_number {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    // What does not fit is as far from now as what does.
    Some(format!("{sign}{}", digits.replace('_', "")).parse().unwrap_or(i64::MAX))
}

/// Lower-case digits only.
fn from_hex(text: &[u8]) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = text
        .chunks(2)
        .map(|pair| match *pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect();
    bytes?.try_into().ok()
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

    fn verify(headers: &HeaderMap, now: SystemTime) -> Result<(), Unverified> {
        WebhookSecrets::of_lines(SECRET).verify(headers, BODY, now)
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
            assert_eq!(verify(&headers, now), Err(Unverified::Stale(300)), "{now:?}");
        }
        let a_second_more = signed_at() + Duration::from_secs(301);
        assert_eq!(verify(&headers, a_second_more), Err(Unverified::Stale(301)));
    }

    #[test]
    fn reads_timestamps_as_the_reference_does() {
        for timestamp in ["1700000000", "+1700000000", "1_700_000_000"] {
            assert_eq!(verify(&signed(timestamp), signed_at()), Ok(()), "{timestamp}");
        }
        for timestamp in ["1700000000.0", "0x6553f100", "1__700000000", "_1700000000", "1700000000_", "+-1", "+", "now"]
        {
            assert_eq!(verify(&signed(timestamp), signed_at()), Err(Unverified::NotATime), "{timestamp}");
        }
        for timestamp in ["-1700000000", "0", "99999999999999999999999"] {
            assert!(matches!(verify(&signed(timestamp), signed_at()), Err(Unverified::Stale(_))), "{timestamp}");
        }
    }

    #[test]
    fn signature_covers_the_timestamp_as_spelled() {
        let good = webhook_signature(SECRET, "1700000000", BODY);
        assert_eq!(verify(&headers("+1700000000", &good), signed_at()), Err(Unverified::Mismatch));
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
            assert_eq!(verified, Err(Unverified::Mismatch), "{signature}");
        }
    }
}
