//! The keys of the attributes.

use crate::suggest::did_you_mean;

/// An attribute of this crate: how users write it, what it stands on, and the keys that it takes.
pub(crate) struct Attribute {
    pub(crate) written: &'static str,
    pub(crate) stands_on: &'static str,
    keys: &'static [&'static str],
}

pub(crate) const EDITOR_AGENT: Attribute = Attribute {
    written: "#[editor_agent]",
    stands_on: "an `async fn`",
    keys: &[
        "path",
        "name",
        "description",
        "timeout",
        "no_timeout",
        "concurrency",
        "branch",
        "client_metadata",
        "images_data",
        "children",
        "reviews",
        "signed_urls",
        "only_objects",
        "only_classifications",
        "on_conflict",
        "signature",
        "secret_env",
        "replay",
        "crate",
    ],
};

pub(crate) const ON_NOTIFICATION: Attribute = Attribute {
    written: "#[on_notification]",
    stands_on: "an `async fn`",
    keys: &["path", "name", "description", "timeout", "no_timeout", "signature", "secret_env", "crate"],
};

pub(crate) const MAIN: Attribute =
    Attribute { written: "#[agent_runtime::main]", stands_on: "`async fn main`", keys: &["crate"] };

/// A value to show in messages, for each key that takes one.
const EXAMPLES: [(&str, &str); 13] = [
    ("path", "\"/my-agent\""),
    ("name", "\"My agent\""),
    ("description", "\"What it does.\""),
    ("timeout", "\"30s\""),
    ("concurrency", "8"),
    ("branch", "\"my-branch\""),
    ("only_objects", "[\"feature hash\"]"),
    ("only_classifications", "[\"feature hash\"]"),
    ("on_conflict", "\"merge\""),
    ("signature", "\"required\""),
    ("secret_env", "\"AGENT_SECRET\""),
    ("replay", "\"refuse\""),
    ("crate", "some::path"),
];

impl Attribute {
    /// What to say of a key that it does not have; nothing of one that it has.
    pub(crate) fn unknown(&self, key: &str) -> Option<String> {
        let Self { written, keys, .. } = self;
        (!keys.contains(&key)).then(|| format!("`{written}` has no key `{key}`: {}", did_you_mean(key, keys)))
    }
}

/// A value that a key could have.
pub(crate) fn example(key: &str) -> &'static str {
    EXAMPLES.iter().find(|(known, _)| *known == key).map_or("", |(_, value)| value)
}
