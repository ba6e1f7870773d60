//! The error type of the commands.

use std::path::Path;

use agent_batch::BatchError;

/// An error that ends a command: a sentence that says what happened and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Failure(String);

impl Failure {
    /// Creates an error from a complete sentence.
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// Creates an error from another error, whose text is completed to a sentence.
    pub(super) fn from_error(error: &(impl std::error::Error + ?Sized)) -> Self {
        Self(sentence(&error.to_string()))
    }

    /// Creates an error for a file that cannot be read.
    pub(super) fn read(path: &Path, error: &std::io::Error) -> Self {
        Self(format!("Cannot read {}: {error}.", path.display()))
    }

    /// Creates an error for a file that cannot be written.
    pub(super) fn write(path: &Path, error: &std::io::Error) -> Self {
        Self(format!("Cannot write {}: {error}.", path.display()))
    }
}

impl From<BatchError> for Failure {
    fn from(error: BatchError) -> Self {
        Self::from_error(&error)
    }
}

/// Capitalizes the first letter and adds a full stop. A URL at the beginning stays unchanged.
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
    fn completes_sentences() {
        assert_eq!(sentence("the key is wrong"), "The key is wrong.");
        assert_eq!(sentence("Done.\n"), "Done.");
        assert_eq!(sentence("http://a answers"), "http://a answers.");
        assert_eq!(sentence(""), ".");
    }
}
