//! Names of cases.

use std::fmt;

/// Maximum length of a name, in bytes.
const MAX_BYTES: usize = 80;

/// The name of a case, which is the name of its folder.
///
/// It has ASCII letters, digits, `-`, `_` and `.`, and begins with a letter or digit, so that it cannot lead out of the folder of
/// the cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CaseName(String);

/// Error of an invalid name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not the name of a case: use letters, digits, `-`, `_` and `.`, such as simplify-espresso (at most 80 characters)"
)]
pub(crate) struct CaseNameError(String);

impl CaseName {
    /// Parses a name.
    ///
    /// # Errors
    /// The name is empty, too long, or has other characters.
    pub(crate) fn parse(text: &str) -> Result<Self, CaseNameError> {
        let begins = text.starts_with(|first: char| first.is_ascii_alphanumeric());
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        // Windows drops a full stop at the end of a name.
        if begins && text.len() <= MAX_BYTES && text.bytes().all(is_allowed) && !text.ends_with('.') {
            return Ok(Self(text.to_owned()));
        }
        Err(CaseNameError(text.chars().take(2 * MAX_BYTES).collect()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_names_that_lead_elsewhere() {
        for name in ["a", "simplify-espresso", "Case_1.2", "0"] {
            assert_eq!(CaseName::parse(name).unwrap().as_str(), name);
        }
        let long = "a".repeat(81);
        for name in ["", ".", "..", ".hidden", "a/b", "a\\b", "../a", "/a", "a b", "a\0", "ü", "a.", "-a", &long] {
            let error = CaseName::parse(name).unwrap_err().to_string();
            assert!(error.contains("is not the name of a case"), "{error}");
        }
    }
}
