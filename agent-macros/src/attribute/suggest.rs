//! Suggestions for misspelled words.

/// Maximum edit distance of a suggestion.
const MAX_DISTANCE: usize = 2;

/// Returns the known word that an unknown one most likely stands for.
pub(crate) fn closest(unknown: &str, known: &[&'static str]) -> Option<&'static str> {
    let unknown = unknown.to_lowercase();
    let closest = known.iter().map(|word| (strsim::osa_distance(&unknown, word), *word)).min();
    closest.filter(|(distance, word)| *distance <= MAX_DISTANCE && *distance < word.len()).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_similar_words() {
        let known = ["off", "path", "timeout"];
        assert_eq!(closest("pth", &known), Some("path"));
        assert_eq!(closest("PATH", &known), Some("path"));
        assert_eq!(closest("tiemout", &known), Some("timeout"));
        assert_eq!(closest("route", &known), None);
        // Three edits make any word of three letters.
        assert_eq!(closest("on", &known), Some("off"));
        assert_eq!(closest("x", &known), None);
    }
}
