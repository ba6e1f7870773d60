//! Suggestions for misspelled words.

/// Names of the same thing elsewhere: in the Python packages and in web frameworks.
const SYNONYMS: [(&str, &str); 27] = [
    ("branch_name", "branch"),
    ("desc", "description"),
    ("doc", "description"),
    ("summary", "description"),
    ("docs", "description"),
    ("endpoint", "path"),
    ("route", "path"),
    ("uri", "path"),
    ("url", "path"),
    ("title", "name"),
    ("label", "name"),
    ("operation_id", "name"),
    ("deadline", "timeout"),
    ("timeout_seconds", "timeout"),
    ("timeout_ms", "timeout"),
    ("limit", "concurrency"),
    ("max_concurrency", "concurrency"),
    ("workers", "concurrency"),
    ("include_children", "children"),
    ("include_client_metadata", "client_metadata"),
    ("include_images_data", "images_data"),
    ("include_reviews", "reviews"),
    ("include_signed_url", "signed_urls"),
    ("include_object_feature_hashes", "only_objects"),
    ("include_classification_feature_hashes", "only_classifications"),
    ("secret", "secret_env"),
    ("conflict", "on_conflict"),
];

/// Returns the known word that an unknown one most likely stands for: a synonym, or a word of which at most a third is misspelled.
pub(crate) fn closest(unknown: &str, known: &[&'static str]) -> Option<&'static str> {
    let unknown = unknown.to_lowercase();
    let synonym = SYNONYMS.iter().find(|(word, _)| *word == unknown).map(|(_, key)| *key);
    if let Some(key) = synonym.filter(|key| known.contains(key)) {
        return Some(key);
    }
    let closest = known.iter().map(|word| (strsim::osa_distance(&unknown, word), *word)).min();
    closest.filter(|(distance, word)| *distance <= max_distance(word)).map(|(_, word)| word)
}

/// Returns the maximum edit distance of a suggestion.
fn max_distance(word: &str) -> usize {
    (word.chars().count() / 3).clamp(1, 2)
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
        assert_eq!(closest("rout", &known), None);
        assert_eq!(closest("on", &known), None);
        assert_eq!(closest("x", &known), None);
        let keys = ["crate", "name", "path", "replay", "reviews", "on_conflict"];
        assert_eq!(closest("state", &keys), None);
        assert_eq!(closest("save", &keys), None);
        assert_eq!(closest("reply", &keys), Some("replay"));
        assert_eq!(closest("onconflict", &keys), Some("on_conflict"));
    }

    #[test]
    fn suggests_synonyms_of_known_words() {
        let keys = ["path", "name", "reviews", "branch"];
        assert_eq!(closest("include_reviews", &keys), Some("reviews"));
        assert_eq!(closest("branch_name", &keys), Some("branch"));
        assert_eq!(closest("route", &keys), Some("path"));
        assert_eq!(closest("title", &["path"]), None);
    }
}
