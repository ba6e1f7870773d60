//! Signature of calls from the platform's backend to agents.

use data_encoding::HEXLOWER;
use ring::hmac;

/// Computes the `X-Encord-Signature` header of a body: HMAC-SHA256 over timestamp, dot and body, in lower-case hex.
/// `timestamp` is the Unix time in seconds, exactly as in `X-Encord-Timestamp` (contract:
/// `docs/contract/signatures.md#webhook-signature`).
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
