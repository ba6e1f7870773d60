//! Checking who calls: both signatures, and bearer tokens.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use agent_platform::auth::MessageSignature;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::callers::{Callers, User, from_hex, sha256};

use super::incoming::Incoming;

/// How many verified legacy signatures are remembered.
const REMEMBERED: usize = 4096;

/// Checks callers.
#[derive(Debug)]
pub(crate) struct Auth {
    pub(crate) callers: Callers,
    /// How far the time of a v2 signature may be off, either way.
    pub(crate) signature_age: Duration,
    /// Legacy signatures that have been verified: key, digest and signature together. They cover nothing but the body, so
    /// the same request has the same signature, and checking it costs more than answering it.
    verified: Mutex<HashSet<[u8; 128]>>,
}

/// Why a legacy caller is refused, as the envelope's code (contract: `docs/contract/endpoints.md#legacy-error-codes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LegacyRefusal {
    /// Not signed, or badly.
    Authentication,
    /// Signed with a key that is not registered.
    UnknownKey,
}

impl LegacyRefusal {
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

    /// Who makes a legacy call (contract: `docs/contract/signatures.md#legacy-signature`).
    ///
    /// # Errors
    /// It is not signed with a registered key, nor has it a token that is known.
    pub(crate) fn legacy(&self, request: &Incoming) -> Result<User, LegacyRefusal> {
        let value = request.header("authorization").ok_or(LegacyRefusal::Authentication)?;
        if let Some(token) = value.strip_prefix("Bearer ") {
            return self.callers.of_token(token).ok_or(LegacyRefusal::Authentication);
        }
        let (key, signature) = value.split_once(':').ok_or(LegacyRefusal::Authentication)?;
        let key: [u8; 32] = from_hex(key).ok_or(LegacyRefusal::Authentication)?;
        let signature: [u8; 64] = from_hex(signature).ok_or(LegacyRefusal::Authentication)?;
        let user = self.callers.of_key(&key).ok_or(LegacyRefusal::UnknownKey)?;
        let digest = sha256(&request.body);
        if self.is_signed(&key, &digest, &signature) { Ok(user) } else { Err(LegacyRefusal::Authentication) }
    }

    fn is_signed(&self, key: &[u8; 32], digest: &[u8; 32], signature: &[u8; 64]) -> bool {
        let mut together = [0; 128];
        together[..32].copy_from_slice(key);
        together[32..64].copy_from_slice(digest);
        together[64..].copy_from_slice(signature);
        if self.verified.lock().unwrap_or_else(PoisonError::into_inner).contains(&together) {
            return true;
        }
        if UnparsedPublicKey::new(&ED25519, key).verify(digest, signature).is_err() {
            return false;
        }
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= REMEMBERED {
            verified.clear();
        }
        verified.insert(together);
        true
    }

    /// Who makes a v2 call (contract: `docs/contract/signatures.md#v2-signature`).
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(crate) fn v2(&self, request: &Incoming) -> Result<User, &'static str> {
        if let Some(token) = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
            return self.callers.of_token(token).ok_or("Unknown bearer token");
        }
        let digest = format!("sha-256=:{}:", STANDARD.encode(sha256(&request.body)));
        if request.header("content-digest") != Some(&digest) {
            return Err("Content-Digest is missing or does not match the body");
        }
        let malformed = "Signature-Input or Signature is missing or malformed";
        let input = request.header("signature-input").and_then(Parameters::read).ok_or(malformed)?;
        let signature = request.header("signature").and_then(signature).ok_or(malformed)?;
        let user = self.callers.of_key(&input.key).ok_or("Unknown key")?;
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

/// The parameters of a message signature.
struct Parameters<'a> {
    /// As they were sent: part of what is signed.
    text: &'a str,
    key: [u8; 32],
    /// Seconds since 1970.
    created: u64,
}

impl<'a> Parameters<'a> {
    fn read(header: &'a str) -> Option<Self> {
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

fn signature(header: &str) -> Option<[u8; 64]> {
    let encoded = header.strip_prefix("encord-sig=:")?.strip_suffix(':')?;
    STANDARD.decode(encoded).ok()?.try_into().ok()
}
