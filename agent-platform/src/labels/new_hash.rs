//! New hashes.

use std::hash::{BuildHasher, Hasher, RandomState};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Eight characters of `A-Z a-z 0-9 + /`, as objects and classifications have (contract:
/// `docs/contract/label-format.md#hashes`).
pub(crate) fn new_hash() -> String {
    // The standard library's keys are random, which is enough for names that only must not meet in one row.
    let mut bits = RandomState::new().build_hasher().finish();
    let mut hash = String::with_capacity(8);
    for _ in 0..8 {
        let index = usize::try_from(bits & 63).unwrap_or_default();
        hash.push(char::from(ALPHABET.get(index).copied().unwrap_or(b'A')));
        bits >>= 6;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_unique() {
        let hashes: std::collections::HashSet<String> = (0..10_000).map(|_| new_hash()).collect();
        assert_eq!(hashes.len(), 10_000);
        assert!(hashes.iter().all(|hash| hash.len() == 8));
    }
}
