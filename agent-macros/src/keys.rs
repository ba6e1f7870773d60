//! The keys of `#[editor_agent(...)]`.

use crate::suggest::did_you_mean;

/// Each key with a value to show in messages; empty for one that takes none.
const KEYS: [(&str, &str); 18] = [
    ("path", "\"/my-agent\""),
    ("name", "\"My agent\""),
    ("description", "\"What it does.\""),
    ("timeout", "\"30s\""),
    ("no_timeout", ""),
    ("branch", "\"my-branch\""),
    ("client_metadata", ""),
    ("images_data", ""),
    ("children", ""),
    ("reviews", ""),
    ("signed_urls", ""),
    ("only_objects", "[\"feature hash\"]"),
    ("only_classifications", "[\"feature hash\"]"),
    ("on_conflict", "\"retry\""),
    ("signature", "\"required\""),
    ("secret_env", "\"AGENT_SECRET\""),
    ("replay", "\"refuse\""),
    ("crate", "some::path"),
];

/// What to say of a key that there is not; nothing of one that there is.
pub(crate) fn unknown(key: &str) -> Option<String> {
    let keys = KEYS.map(|(known, _)| known);
    (!keys.contains(&key)).then(|| format!("`#[editor_agent]` has no key `{key}`: {}", did_you_mean(key, &keys)))
}

/// A value that a key could have.
pub(crate) fn example(key: &str) -> &'static str {
    KEYS.iter().find(|(known, _)| *known == key).map_or("", |(_, value)| value)
}
