//! The signature of the legacy endpoints.

use data_encoding::HEXLOWER;

use super::digest::BodyDigest;
use super::ssh_key::{SigningError, SshKey};

/// The value of `Authorization` for a legacy request: `KEYID:SIGNATURE`, both in lower-case hex.
///
/// The signature covers the body's digest and nothing else: neither path, headers nor time (contract:
/// `platform-api.md`, section 2.1).
///
/// # Errors
/// None in practice; see [`SigningError`].
pub fn legacy_authorization(key: &SshKey, body: &BodyDigest) -> Result<String, SigningError> {
    Ok(format!("{}:{}", key.key_id(), HEXLOWER.encode(&key.sign(body.as_bytes())?)))
}
