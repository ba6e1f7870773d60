//! The query of a v2 request.

use std::fmt::Write;

/// A query under construction: form encoding in the order in which the fields are added (contract:
/// `platform-api.md`, section 2.4).
#[derive(Debug, Default)]
pub(super) struct Query(String);

impl Query {
    /// Adds a field.
    pub(super) fn text(mut self, name: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        encode(name, &mut self.0);
        self.0.push('=');
        encode(value, &mut self.0);
        self
    }

    /// Adds a field if there is a value.
    pub(super) fn optional(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds a truth value, which the platform spells with a capital.
    pub(super) fn flag(self, name: &str, value: bool) -> Self {
        self.text(name, if value { "True" } else { "False" })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b' ' => into.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => into.push(char::from(byte)),
            // Writing to a string does not fail.
            _ => drop(write!(into, "%{byte:02X}")),
        }
    }
}
