//! Ed25519 keys for signing.

use std::fmt;

use data_encoding::HEXLOWER;
use ring::signature::{Ed25519KeyPair, KeyPair};
use ssh_key::private::{KeypairData, PrivateKey};
use zeroize::Zeroizing;

use super::key_error::KeyError;
use super::key_text::normalize;

/// An Ed25519 private key. It is wiped from memory when dropped; `Debug` shows only its key ID.
///
/// The platform identifies a key by its *key ID*: the public key in lower-case hex (contract:
/// `docs/contract/signatures.md#keys`).
pub struct SshKey {
    seed: Zeroizing<[u8; 32]>,
    key_id: String,
}

/// Error of signing with an invalid key. It cannot occur with a key that was parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key cannot sign")]
pub struct SigningError;

impl SshKey {
    /// Parses an OpenSSH private key: the contents of a file written by `ssh-keygen -t ed25519`.
    ///
    /// CRLF line breaks, blank lines around the key and a missing final line break are accepted. The passphrase is
    /// ignored if the key is not encrypted. Decrypting a key takes about 0.1 s, because its key derivation function is
    /// slow by design.
    ///
    /// # Errors
    /// The text is not a valid key. The error does not show it.
    pub fn from_openssh(text: &str, passphrase: Option<&str>) -> Result<Self, KeyError> {
        let key = PrivateKey::from_openssh(normalize(text)?.as_str()).map_err(|error| refused(&error))?;
        if !matches!(key.algorithm(), ssh_key::Algorithm::Ed25519) {
            return Err(KeyError::OtherAlgorithm { algorithm: key.algorithm().to_string() });
        }
        let key = if key.is_encrypted() {
            let passphrase = passphrase.ok_or(KeyError::PassphraseMissing)?;
            key.decrypt(passphrase).map_err(|_| KeyError::WrongPassphrase)?
        } else {
            key
        };
        let KeypairData::Ed25519(pair) = key.key_data() else { return Err(KeyError::Damaged) };
        let own = Self::from_seed(&Zeroizing::new(pair.private.to_bytes())).map_err(|_| KeyError::Damaged)?;
        // With a public key from another pair, the platform would reject every signature.
        if own.key_id == HEXLOWER.encode(&pair.public.0) { Ok(own) } else { Err(KeyError::Damaged) }
    }

    /// Creates a key from its seed: the 32 secret bytes from which the whole key pair is derived.
    ///
    /// # Errors
    /// Never fails in practice: every seed is valid.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, SigningError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| SigningError)?;
        Ok(Self { seed: Zeroizing::new(*seed), key_id: HEXLOWER.encode(pair.public_key().as_ref()) })
    }

    /// Returns the public key as 64 lower-case hex digits. It is not a secret.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Returns the Ed25519 signature of a message.
    ///
    /// # Errors
    /// Signing failed, which does not happen with a parsed key; see [`SigningError`].
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], SigningError> {
        // The key pair of `ring` is not wiped when dropped, so it is created for each signature (about 40 µs).
        let pair = Ed25519KeyPair::from_seed_unchecked(self.seed.as_slice()).map_err(|_| SigningError)?;
        pair.sign(message).as_ref().try_into().map_err(|_| SigningError)
    }
}

impl fmt::Debug for SshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SshKey").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

fn refused(error: &ssh_key::Error) -> KeyError {
    match error {
        ssh_key::Error::AlgorithmUnsupported { algorithm } => {
            KeyError::OtherAlgorithm { algorithm: algorithm.to_string() }
        }
        ssh_key::Error::AlgorithmUnknown => KeyError::OtherAlgorithm { algorithm: "unknown".to_owned() },
        _ => KeyError::Damaged,
    }
}
