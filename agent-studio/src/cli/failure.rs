//! Why a command was not done.

use std::path::Path;

/// Why a command was not done: a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Failure(String);

impl Failure {
    /// With a whole sentence.
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// From an error's text, which is half a sentence.
    pub(super) fn of(error: &(impl std::error::Error + ?Sized)) -> Self {
        Self(sentence(&error.to_string()))
    }

    /// A file that cannot be read or written.
    pub(super) fn file(what: &str, path: &Path, error: &std::io::Error) -> Self {
        Self(format!("{} cannot be {what}: {error}.", path.display()))
    }
}

/// With a capital and a full stop. An address at the beginning stays as it is.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim_end();
    let is_address = text.split_whitespace().next().is_some_and(|word| word.contains("://"));
    let mut letters = text.chars();
    let first = letters.next().map(|letter| if is_address { letter.into() } else { letter.to_uppercase().to_string() });
    let first = first.unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        assert_eq!(sentence("the key is wrong"), "The key is wrong.");
        assert_eq!(sentence("Done.\n"), "Done.");
        assert_eq!(sentence("http://a answers"), "http://a answers.");
        assert_eq!(sentence(""), ".");
    }
}
