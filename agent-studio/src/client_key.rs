//! Random private keys for clients of a local platform.

use std::fmt;

use agent_platform::auth::{Credentials, SshKey};
use data_encoding::HEXLOWER;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};
use ssh_key::LineEnding;
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::Ed25519PublicKey;
use zeroize::Zeroizing;

/// A random private key that is valid for one local platform only. `Debug` shows only its key ID.
pub struct ClientKey {
    seed: Zeroizing<[u8; 32]>,
    public: [u8; 32],
}

/// Error of key generation: the random number generator fails, or the key is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot generate a private key")]
pub struct KeyGenerationError;

impl ClientKey {
    /// Generates a random key.
    ///
    /// # Errors
    /// The system's random number generator fails.
    pub fn random() -> Result<Self, KeyGenerationError> {
        let mut seed = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(seed.as_mut_slice()).map_err(|_| KeyGenerationError)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| KeyGenerationError)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyGenerationError)?;
        Ok(Self { seed, public })
    }

    /// Returns the key ID: the public key in lower-case hexadecimal digits.
    #[must_use]
    pub fn key_id(&self) -> String {
        HEXLOWER.encode(&self.public)
    }

    pub(crate) fn public(&self) -> [u8; 32] {
        self.public
    }

    /// Returns the key as credentials of a Rust client.
    ///
    /// # Errors
    /// None in practice.
    pub fn credentials(&self) -> Result<Credentials, KeyGenerationError> {
        SshKey::from_seed(&self.seed).map(Credentials::key).map_err(|_| KeyGenerationError)
    }

    /// Returns the private key in OpenSSH format, the value of `ENCORD_SSH_KEY`. It is a secret.
    ///
    /// # Errors
    /// None in practice.
    pub fn openssh(&self) -> Result<Zeroizing<String>, KeyGenerationError> {
        let pair = Ed25519Keypair {
            public: Ed25519PublicKey(self.public),
            private: Ed25519PrivateKey::from_bytes(&self.seed),
        };
        let key =
            ssh_key::PrivateKey::new(KeypairData::Ed25519(pair), "local platform").map_err(|_| KeyGenerationError)?;
        key.to_openssh(LineEnding::LF).map_err(|_| KeyGenerationError)
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey").field("key_id", &self.key_id()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openssh_format_round_trips() {
        let key = ClientKey::random().unwrap();
        let read = SshKey::from_openssh(&key.openssh().unwrap(), None).unwrap();
        assert_eq!(read.key_id(), key.key_id());
        assert_ne!(ClientKey::random().unwrap().key_id(), key.key_id());
        assert!(!format!("{key:?}").contains("seed"));
    }
}
