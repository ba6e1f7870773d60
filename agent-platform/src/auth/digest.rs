//! The digest of a body, which both signatures cover.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// The SHA-256 digest of a request's body. Computed once per call, however often the call is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyDigest([u8; 32]);

impl BodyDigest {
    /// The digest of these bytes; of none for a request without a body.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, body).as_ref());
        Self(bytes)
    }

    /// The 32 raw bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The value of the header `Content-Digest` (contract: `platform-api.md`, section 2.2).
    #[must_use]
    pub fn header(&self) -> String {
        format!("sha-256=:{}:", STANDARD.encode(self.0))
    }
}
