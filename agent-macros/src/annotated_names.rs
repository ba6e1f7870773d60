//! The names of the functions with an attribute, as far as the compiler has expanded the attributes of the crate.
//!
//! They improve error messages. No valid program depends on them, since the order of expansion is up to the compiler.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use proc_macro2::Ident;

static COUNTS: Mutex<Option<HashMap<String, usize>>> = Mutex::new(None);

/// Counts a function, and returns the number of earlier ones with its name.
pub(crate) fn count_earlier(function: String) -> usize {
    let mut counts = counts();
    let count = counts.get_or_insert_default().entry(function).or_default();
    let earlier = *count;
    *count += 1;
    earlier
}

/// Returns `true` if a function has this name.
pub(crate) fn has(name: &Ident) -> bool {
    counts().as_ref().is_some_and(|counts| counts.contains_key(&name.to_string()))
}

/// Returns `true` if no function has this name, but one has a similar name.
pub(crate) fn has_only_similar(name: &Ident) -> bool {
    let name = name.to_string();
    counts().as_ref().is_some_and(|counts| has_only_similar_in(counts.keys().map(String::as_str), &name))
}

fn has_only_similar_in<'a>(mut known: impl Iterator<Item = &'a str> + Clone, name: &str) -> bool {
    let maximum = name.chars().count() / 3;
    !known.clone().any(|known| known == name) && known.any(|known| strsim::osa_distance(known, name) <= maximum)
}

fn counts() -> MutexGuard<'static, Option<HashMap<String, usize>>> {
    COUNTS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::has_only_similar_in;

    #[test]
    fn finds_similar_name() {
        let known = ["simplify", "check"].into_iter();
        assert!(has_only_similar_in(known.clone(), "simplfy"));
        assert!(!has_only_similar_in(known.clone(), "simplify"));
        assert!(!has_only_similar_in(known, "validate"));
    }
}
