//! A private key made up for one run, with which clients can call.

use std::fmt;

use agent_platform::auth::{Credentials, SshKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};
use ssh_key::LineEnding;
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::Ed25519PublicKey;
use zeroize::Zeroizing;

/// A private key that opens nothing but one local platform. `Debug` shows its key id alone.
pub struct ClientKey {
    seed: Zeroizing<[u8; 32]>,
    public: [u8; 32],
}

/// No key could be made: the system has no random numbers, or they are of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a private key cannot be made")]
pub struct KeyNotMade;

impl ClientKey {
    /// A new random key.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn random() -> Result<Self, KeyNotMade> {
        let mut seed = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(seed.as_mut_slice()).map_err(|_| KeyNotMade)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| KeyNotMade)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyNotMade)?;
        Ok(Self { seed, public })
    }

    /// The public key in lower-case hex: what the platform knows the key by.
    #[must_use]
    pub fn key_id(&self) -> String {
        self.public.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn public(&self) -> [u8; 32] {
        self.public
    }

    /// The key for a client in Rust.
    ///
    /// # Errors
    /// None in practice.
    pub fn credentials(&self) -> Result<Credentials, KeyNotMade> {
        SshKey::from_seed(&self.seed).map(Credentials::key).map_err(|_| KeyNotMade)
    }

    /// The key as the text of an OpenSSH private key: what `ENCORD_SSH_KEY` holds. A secret.
    ///
    /// # Errors
    /// None in practice.
    pub fn openssh(&self) -> Result<Zeroizing<String>, KeyNotMade> {
        let pair = Ed25519Keypair {
            public: Ed25519PublicKey(self.public),
            private: Ed25519PrivateKey::from_bytes(&self.seed),
        };
        let key = ssh_key::PrivateKey::new(KeypairData::Ed25519(pair), "local platform").map_err(|_| KeyNotMade)?;
        key.to_openssh(LineEnding::LF).map_err(|_| KeyNotMade)
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
    fn the_openssh_text_is_the_same_key() {
        let key = ClientKey::random().unwrap();
        let read = SshKey::from_openssh(&key.openssh().unwrap(), None).unwrap();
        assert_eq!(read.key_id(), key.key_id());
        assert_ne!(ClientKey::random().unwrap().key_id(), key.key_id());
        assert!(!format!("{key:?}").contains("seed"));
    }
}
