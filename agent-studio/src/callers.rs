//! Registry of public keys and bearer tokens, with the users that they identify.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

/// The e-mail address of a user.
pub(crate) type User = Arc<str>;

/// The registered keys and tokens. Tokens are stored as digests, so that they never appear in output and lookups do not
/// depend on their content.
#[derive(Default)]
pub(crate) struct Callers {
    keys: HashMap<[u8; 32], User>,
    tokens: RwLock<HashMap<[u8; 32], User>>,
}

impl Callers {
    pub(crate) fn add_key(&mut self, public: [u8; 32], user: &str) {
        self.keys.insert(public, user.into());
    }

    pub(crate) fn add_token(&self, token: &str, user: User) {
        self.tokens.write().unwrap_or_else(PoisonError::into_inner).insert(sha256(token.as_bytes()), user);
    }

    pub(crate) fn user_of_key(&self, public: &[u8; 32]) -> Option<User> {
        self.keys.get(public).cloned()
    }

    pub(crate) fn user_of_token(&self, token: &str) -> Option<User> {
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).get(&sha256(token.as_bytes())).cloned()
    }

    /// Issues a token of this user, valid until the platform stops. `None` if the random number generator fails.
    pub(crate) fn new_token(&self, user: &User) -> Option<String> {
        let mut bytes = [0; 24];
        SystemRandom::new().fill(&mut bytes).ok()?;
        let token = HEXLOWER.encode(&bytes);
        self.add_token(&token, Arc::clone(user));
        Some(token)
    }
}

impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callers").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

/// Returns the SHA-256 digest.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

/// Decodes lower-case hex digits. Returns `None` if there are other characters, or not exactly `N` bytes.
pub(crate) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_lower_case_hex_of_exact_length() {
        assert_eq!(from_hex("00ff"), Some([0, 255]));
        for invalid in ["", "00", "00fF", "00f", "00ff00", "00gg", "0x00"] {
            assert_eq!(from_hex::<2>(invalid), None, "{invalid}");
        }
    }
}
