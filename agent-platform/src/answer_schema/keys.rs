//! Member names in an answer.

use std::collections::HashSet;

/// Maximum length of a name. Anthropic allows 64 characters; the rest is for a numeric suffix.
const MAX_NAME_LENGTH: usize = 60;

/// Member names already used by siblings.
#[derive(Default)]
pub(super) struct Keys(HashSet<String>);

impl Keys {
    /// Creates a set with some reserved names.
    pub(super) fn with_reserved(reserved: &[&str]) -> Self {
        Self(reserved.iter().map(|key| (*key).to_owned()).collect())
    }

    /// Returns a unique name for an attribute: its name in lower case, with `_` for spaces.
    pub(super) fn for_attribute(&mut self, name: &str) -> String {
        self.free(sanitized(name).to_ascii_lowercase(), "attribute")
    }

    /// Returns a unique name for a checklist option: its value, with `_` for spaces.
    pub(super) fn for_option(&mut self, value: &str) -> String {
        self.free(sanitized(value), "option")
    }

    fn free(&mut self, key: String, default: &str) -> String {
        let key = if key.is_empty() { default.to_owned() } else { key };
        let key = make_unique(&key, |key| self.0.contains(key), |key, number| format!("{key}_{number}"));
        self.0.insert(key.clone());
        key
    }
}

/// Returns the text, with the smallest number from 2 that makes it unique if it is already taken.
pub(super) fn make_unique(
    text: &str,
    is_taken: impl Fn(&str) -> bool,
    numbered: impl Fn(&str, usize) -> String,
) -> String {
    let mut free = text.to_owned();
    let mut number = 1;
    while is_taken(&free) {
        number += 1;
        free = numbered(text, number);
    }
    free
}

fn sanitized(name: &str) -> String {
    let kept: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ')).collect();
    kept.trim().chars().take(MAX_NAME_LENGTH).map(|c| if c == ' ' { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_python_and_are_unique() {
        let mut keys = Keys::with_reserved(&["feature_node_hash"]);
        assert_eq!(keys.for_attribute(" Time of day?"), "time_of_day");
        assert_eq!(keys.for_attribute("Time  of day"), "time__of_day");
        assert_eq!(keys.for_attribute("time_of_day"), "time_of_day_2");
        assert_eq!(keys.for_attribute("time of day"), "time_of_day_3");
        assert_eq!(keys.for_attribute("Feature node hash"), "feature_node_hash_2");
        assert_eq!(keys.for_attribute("天气"), "attribute");
        assert_eq!(keys.for_option("Black and white"), "Black_and_white");
    }

    #[test]
    fn truncates_names_to_the_limit_of_models() {
        let mut keys = Keys::default();
        let all: Vec<String> = (0..12).map(|_| keys.for_attribute(&"a".repeat(200))).collect();
        assert!(all.iter().all(|key| key.len() <= 64), "{all:?}");
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 12);
    }
}
