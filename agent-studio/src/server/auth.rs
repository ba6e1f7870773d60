//! Authentication of callers: legacy signatures, v2 signatures and bearer tokens.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use agent_platform::auth::MessageSignature;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::callers::{Callers, User, from_hex, sha256};

use super::buffered_request::BufferedRequest;

/// Maximum cached legacy signatures.
const MAX_VERIFIED_SIGNATURES: usize = 4096;

/// Authenticates requests.
#[derive(Debug)]
pub(crate) struct Auth {
    pub(crate) callers: Callers,
    /// Maximum difference between the time of a v2 signature and the clock, in either direction.
    pub(crate) signature_age: Duration,
    /// Cache of verified legacy signatures: key, digest and signature. They cover the body only, so equal requests have
    /// equal signatures, and verification costs more than the request itself.
    verified: Mutex<HashSet<[u8; 128]>>,
}

/// Authentication error of the legacy API, with its code in the envelope (contract:
/// `docs/contract/endpoints.md#legacy-error-codes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LegacyAuthError {
    /// The signature is missing or invalid.
    Authentication,
    /// The key is not registered.
    UnknownKey,
}

impl LegacyAuthError {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Authentication => "AUTHENTICATION_ERROR",
            Self::UnknownKey => "SSH_KEY_NOT_FOUND_ERROR",
        }
    }
}

impl Auth {
    pub(crate) fn new(callers: Callers, signature_age: Duration) -> Self {
        Self { callers, signature_age, verified: Mutex::default() }
    }

    /// Authenticates a legacy request (contract: `docs/contract/signatures.md#legacy-signature`).
    ///
    /// # Errors
    /// The request has neither a valid signature of a registered key nor a known token.
    pub(crate) fn legacy(&self, request: &BufferedRequest) -> Result<User, LegacyAuthError> {
        let value = request.header("authorization").ok_or(LegacyAuthError::Authentication)?;
        if let Some(token) = value.strip_prefix("Bearer ") {
            return self.callers.user_of_token(token).ok_or(LegacyAuthError::Authentication);
        }
        let (key, signature) = value.split_once(':').ok_or(LegacyAuthError::Authentication)?;
        let key: [u8; 32] = from_hex(key).ok_or(LegacyAuthError::Authentication)?;
        let signature: [u8; 64] = from_hex(signature).ok_or(LegacyAuthError::Authentication)?;
        let user = self.callers.user_of_key(&key).ok_or(LegacyAuthError::UnknownKey)?;
        let digest = sha256(&request.body);
        if self.is_signed(&key, &digest, &signature) { Ok(user) } else { Err(LegacyAuthError::Authentication) }
    }

    fn is_signed(&self, key: &[u8; 32], digest: &[u8; 32], signature: &[u8; 64]) -> bool {
        let mut cache_key = [0; 128];
        cache_key[..32].copy_from_slice(key);
        cache_key[32..64].copy_from_slice(digest);
        cache_key[64..].copy_from_slice(signature);
        if self.verified.lock().unwrap_or_else(PoisonError::into_inner).contains(&cache_key) {
            return true;
        }
        if UnparsedPublicKey::new(&ED25519, key).verify(digest, signature).is_err() {
            return false;
        }
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= MAX_VERIFIED_SIGNATURES {
            verified.clear();
        }
        verified.insert(cache_key);
        true
    }

    /// Authenticates a v2 request (contract: `docs/contract/signatures.md#v2-signature`).
    ///
    /// # Errors
    /// The error message for the caller.
    pub(crate) fn v2(&self, request: &BufferedRequest) -> Result<User, &'static str> {
        if let Some(token) = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
            return self.callers.user_of_token(token).ok_or("Unknown bearer token");
        }
        let digest = format!("sha-256=:{}:", STANDARD.encode(sha256(&request.body)));
        if request.header("content-digest") != Some(&digest) {
            return Err("Content-Digest is missing or does not match the body");
        }
        let malformed = "Signature-Input or Signature is missing or malformed";
        let input = request.header("signature-input").and_then(Parameters::parse).ok_or(malformed)?;
        let signature = request.header("signature").and_then(parse_signature).ok_or(malformed)?;
        let user = self.callers.user_of_key(&input.key).ok_or("Unknown key")?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        if now.abs_diff(input.created) > self.signature_age.as_secs() {
            return Err("The signature is too old or from the future");
        }
        let base = MessageSignature::base(request.method.as_str(), &request.target, &digest, input.text);
        match UnparsedPublicKey::new(&ED25519, &input.key).verify(base.as_bytes(), &signature) {
            Ok(()) => Ok(user),
            Err(_) => Err("The signature does not match"),
        }
    }
}

/// The parameters of an HTTP message signature.
struct Parameters<'a> {
    /// The unparsed header value, which is part of the signature base.
    text: &'a str,
    key: [u8; 32],
    /// Unix time in seconds.
    created: u64,
}

impl<'a> Parameters<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let text = header.strip_prefix("encord-sig=")?;
        let rest = text.strip_prefix(r#"("@method" "@request-target" "content-digest");created="#)?;
        let (created, rest) = rest.split_once(r#";keyid=""#)?;
        let key = rest.strip_suffix(r#"";alg="ed25519""#)?;
        if !created.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(Self { text, key: from_hex(key)?, created: created.parse().ok()? })
    }
}

fn parse_signature(header: &str) -> Option<[u8; 64]> {
    let encoded = header.strip_prefix("encord-sig=:")?.strip_suffix(':')?;
    STANDARD.decode(encoded).ok()?.try_into().ok()
}
