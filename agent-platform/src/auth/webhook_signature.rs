//! What the platform's backend signs its own calls with: those that agents receive.

use data_encoding::HEXLOWER;
use ring::hmac;

/// The signature of a body that is sent at a time in Unix seconds, as the header `X-Encord-Signature` carries it, with the
/// same text of the time in `X-Encord-Timestamp`: HMAC-SHA256 over time, dot and body, in lower-case hex (contract:
/// `platform-api.md`, section 10, "Notifications").
///
/// ```
/// use agent_platform::auth::webhook_signature;
///
/// let signature = webhook_signature("a secret", "1700000000", b"{}");
/// assert_eq!(signature.len(), 64);
/// assert_ne!(signature, webhook_signature("a secret", "1700000001", b"{}"));
/// assert_ne!(signature, webhook_signature("a secret", "1700000000", b"[]"));
/// assert_ne!(signature, webhook_signature("another secret", "1700000000", b"{}"));
/// ```
#[must_use]
pub fn webhook_signature(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut signing = hmac::Context::with_key(&key);
    for part in [timestamp.as_bytes(), b".", body] {
        signing.update(part);
    }
    HEXLOWER.encode(signing.sign().as_ref())
}
