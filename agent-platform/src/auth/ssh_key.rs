//! The Ed25519 key an agent signs with.

use std::fmt;

use data_encoding::HEXLOWER;
use ring::signature::{Ed25519KeyPair, KeyPair};
use ssh_key::private::{KeypairData, PrivateKey};
use zeroize::Zeroizing;

use super::key_error::KeyError;
use super::key_text::normalised;

/// An Ed25519 private key. Wiped from memory when dropped; `Debug` shows its key id alone.
///
/// The platform knows a key by its *key id*: the public key in lower-case hex (contract: `platform-api.md`, section 2).
pub struct SshKey {
    seed: Zeroizing<[u8; 32]>,
    key_id: String,
}

/// The signer refused the key. It cannot happen with a key that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key cannot sign")]
pub struct SigningError;

impl SshKey {
    /// Reads an OpenSSH private key, the text of a file that `ssh-keygen -t ed25519` made.
    ///
    /// CRLF line ends, blank lines around the key and a missing last line end do no harm. A passphrase for a key that is
    /// not encrypted is not looked at. Opening an encrypted key takes some 0.1 s of computing, on purpose of its makers.
    ///
    /// # Errors
    /// What is wrong with the text, without showing it.
    pub fn from_openssh(text: &str, passphrase: Option<&str>) -> Result<Self, KeyError> {
        let key = PrivateKey::from_openssh(normalised(text)?.as_str()).map_err(|error| refused(&error))?;
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
        // A public half that belongs to another key would sign as somebody nobody knows.
        if own.key_id == HEXLOWER.encode(&pair.public.0) { Ok(own) } else { Err(KeyError::Damaged) }
    }

    /// The key with this seed: the 32 secret bytes everything else of an Ed25519 key follows from.
    ///
    /// # Errors
    /// None in practice: every seed is a key.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, SigningError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| SigningError)?;
        Ok(Self { seed: Zeroizing::new(*seed), key_id: HEXLOWER.encode(pair.public_key().as_ref()) })
    }

    /// The public key, 64 lower-case hex digits. No secret.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The Ed25519 signature of these bytes.
    ///
    /// # Errors
    /// None in practice; see [`SigningError`].
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], SigningError> {
        // The key pair of ring is not wiped when dropped, so it is made for one signature only: some 40 microseconds more.
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
