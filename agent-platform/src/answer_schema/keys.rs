//! What the members of an answer are called.

use std::collections::HashSet;

/// Anthropic takes 64 characters; four are left for a number behind them.
const LONGEST: usize = 60;

/// Member names that siblings have taken.
#[derive(Default)]
pub(super) struct Keys(HashSet<String>);

impl Keys {
    /// With some that are taken from the beginning.
    pub(super) fn without(reserved: &[&str]) -> Self {
        Self(reserved.iter().map(|key| (*key).to_owned()).collect())
    }

    /// For an attribute: its name in lower case, with `_` for blanks.
    pub(super) fn of_attribute(&mut self, name: &str) -> String {
        self.free(spelled(name).to_ascii_lowercase(), "attribute")
    }

    /// For an option of a checklist: its value, with `_` for blanks.
    pub(super) fn of_option(&mut self, value: &str) -> String {
        self.free(spelled(value), "option")
    }

    fn free(&mut self, key: String, nameless: &str) -> String {
        let key = if key.is_empty() { nameless.to_owned() } else { key };
        let key = distinct(&key, |key| self.0.contains(key), |key, number| format!("{key}_{number}"));
        self.0.insert(key.clone());
        key
    }
}

/// A text that is not taken: itself, or else with the first number from 2 that makes it so.
pub(super) fn distinct(
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

fn spelled(name: &str) -> String {
    let kept: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ')).collect();
    kept.trim().chars().take(LONGEST).map(|c| if c == ' ' { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_in_python_and_never_twice() {
        let mut keys = Keys::without(&["feature_node_hash"]);
        assert_eq!(keys.of_attribute(" Time of day?"), "time_of_day");
        assert_eq!(keys.of_attribute("Time  of day"), "time__of_day");
        assert_eq!(keys.of_attribute("time_of_day"), "time_of_day_2");
        assert_eq!(keys.of_attribute("time of day"), "time_of_day_3");
        assert_eq!(keys.of_attribute("Feature node hash"), "feature_node_hash_2");
        assert_eq!(keys.of_attribute("天气"), "attribute");
        assert_eq!(keys.of_option("Black and white"), "Black_and_white");
    }

    #[test]
    fn no_name_is_longer_than_models_take() {
        let mut keys = Keys::default();
        let all: Vec<String> = (0..12).map(|_| keys.of_attribute(&"a".repeat(200))).collect();
        assert!(all.iter().all(|key| key.len() <= 64), "{all:?}");
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 12);
    }
}
