//! Signature of requests to the legacy endpoints.

use data_encoding::HEXLOWER;

use super::digest::BodyDigest;
use super::ssh_key::{SigningError, SshKey};

/// Returns the `Authorization` header of a legacy request: `KEYID:SIGNATURE`, both in lower-case hex.
///
/// The signature covers only the digest of the body, and neither path, headers nor time (contract:
/// `docs/contract/signatures.md#legacy-signature`).
///
/// # Errors
/// Signing failed, which does not happen with a parsed key; see [`SigningError`].
pub fn legacy_authorization(key: &SshKey, body: &BodyDigest) -> Result<String, SigningError> {
    Ok(format!("{}:{}", key.key_id(), HEXLOWER.encode(&key.sign(body.as_bytes())?)))
}
