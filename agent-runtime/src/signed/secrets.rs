//! The secrets that the platform signs with.

use std::fmt;

use agent_platform::environment::{InvalidVariable, variable};
use zeroize::Zeroizing;

/// One secret, or several while one replaces another. Shown by nothing.
#[derive(Clone, Default)]
pub struct WebhookSecrets(Vec<Zeroizing<String>>);

impl WebhookSecrets {
    /// The secrets in a text, one per line. Blank lines count for nothing.
    ///
    /// ```
    /// use agent_runtime::WebhookSecrets;
    ///
    /// assert!(WebhookSecrets::of_lines("\n").is_empty());
    /// assert!(!WebhookSecrets::of_lines("the new one\nthe old one\n").is_empty());
    /// ```
    #[must_use]
    pub fn of_lines(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        Self(lines.map(|line| Zeroizing::new(line.to_owned())).collect())
    }

    /// Reads the secrets of an environment variable, one per line. There are none if the variable is not set.
    ///
    /// # Errors
    /// The variable is set, and its value is blank or not UTF-8.
    pub fn from_env(name: &str) -> Result<Self, InvalidVariable> {
        Ok(variable(name)?.map(|text| Self::of_lines(&text)).unwrap_or_default())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns `true` if one of these secrets is among the others.
    pub(super) fn overlap(&self, others: &Self) -> bool {
        self.0.iter().any(|secret| others.0.contains(secret))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|secret| secret.as_bytes())
    }

    /// Takes further ones in.
    pub(crate) fn extend(&mut self, further: Self) {
        self.0.extend(further.0);
    }
}

impl fmt::Debug for WebhookSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookSecrets({})", self.0.len())
    }
}
