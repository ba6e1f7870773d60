//! Digest of a request body, which both signature schemes cover.

use data_encoding::BASE64;
use ring::digest::{SHA256, digest};

/// SHA-256 digest of a request body. It is computed once per call and reused by retries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyDigest([u8; 32]);

impl BodyDigest {
    /// Computes the digest of a body. A request without a body uses an empty one.
    #[must_use]
    pub fn new(body: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, body).as_ref());
        Self(bytes)
    }

    /// Returns the 32 raw bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the value of the `Content-Digest` header (contract: `docs/contract/signatures.md#content-digest`).
    #[must_use]
    pub fn header(&self) -> String {
        format!("sha-256=:{}:", BASE64.encode(&self.0))
    }
}
