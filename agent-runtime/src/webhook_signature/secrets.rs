//! The secrets that the platform signs calls with.

use std::fmt;

use agent_platform::environment::{InvalidVariable, variable};
use zeroize::Zeroizing;

/// Webhook secrets: one, or several during a rotation. `Debug` shows only their number.
#[derive(Clone, Default)]
pub struct WebhookSecrets(Vec<Zeroizing<String>>);

impl WebhookSecrets {
    /// Parses secrets, one per line. Blank lines are ignored.
    ///
    /// ```
    /// use agent_runtime::WebhookSecrets;
    ///
    /// assert!(WebhookSecrets::from_lines("\n").is_empty());
    /// assert!(!WebhookSecrets::from_lines("the new one\nthe old one\n").is_empty());
    /// ```
    #[must_use]
    pub fn from_lines(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        Self(lines.map(|line| Zeroizing::new(line.to_owned())).collect())
    }

    /// Reads the secrets of an environment variable, one per line. Returns no secrets if the variable is not set.
    ///
    /// # Errors
    /// The variable is set, and its value is blank or not UTF-8.
    pub fn from_env(name: &str) -> Result<Self, InvalidVariable> {
        Ok(variable(name)?.map(|text| Self::from_lines(&text)).unwrap_or_default())
    }

    /// Returns `true` if there are no secrets.
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

    /// Adds secrets.
    pub(crate) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }
}

impl fmt::Debug for WebhookSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookSecrets({})", self.0.len())
    }
}
