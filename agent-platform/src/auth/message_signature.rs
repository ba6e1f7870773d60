//! Signature of requests to the v2 endpoints: an HTTP message signature after an early draft of RFC 9421.

use data_encoding::BASE64;

use super::digest::BodyDigest;
use super::ssh_key::{SigningError, SshKey};

/// Label of the signature in `Signature-Input` and `Signature`.
pub const SIGNATURE_LABEL: &str = "encord-sig";

const COVERED: &str = r#"("@method" "@request-target" "content-digest")"#;

/// The three headers that sign a v2 request (contract: `docs/contract/signatures.md#v2-signature`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSignature {
    /// Value of the `Content-Digest` header.
    pub content_digest: String,
    /// Value of the `Signature-Input` header.
    pub signature_input: String,
    /// Value of the `Signature` header.
    pub signature: String,
}

impl MessageSignature {
    /// Signs a request.
    ///
    /// `target` is the path and query exactly as sent, percent-encoded. `created` is the Unix time in seconds.
    ///
    /// # Errors
    /// Signing failed, which does not happen with a parsed key; see [`SigningError`].
    pub fn new(
        key: &SshKey,
        method: &str,
        target: &str,
        body: &BodyDigest,
        created: u64,
    ) -> Result<Self, SigningError> {
        let content_digest = body.header();
        let parameters = format!(r#"{COVERED};created={created};keyid="{}";alg="ed25519""#, key.key_id());
        let base = Self::base(method, target, &content_digest, &parameters);
        let signature = BASE64.encode(&key.sign(base.as_bytes())?);
        Ok(Self {
            content_digest,
            signature_input: format!("{SIGNATURE_LABEL}={parameters}"),
            signature: format!("{SIGNATURE_LABEL}=:{signature}:"),
        })
    }

    /// Returns the signature base: four lines, without a line break after the last.
    #[must_use]
    pub fn base(method: &str, target: &str, content_digest: &str, parameters: &str) -> String {
        format!(
            "\"@method\": {method}\n\"@request-target\": {target}\n\"content-digest\": {content_digest}\n\
             \"@signature-params\": {parameters}"
        )
    }
}
