//! Query strings of v2 requests.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Bytes that are escaped. Blanks are not among them: they become `+`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b' ');

/// A query string under construction: form-encoded, in the order in which fields are added (contract:
/// `docs/contract/endpoints.md#query-encoding`).
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

    /// Adds a field if it has a value.
    pub(super) fn optional(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds a Boolean, capitalized as the platform does.
    pub(super) fn flag(self, name: &str, value: bool) -> Self {
        self.text(name, if value { "True" } else { "False" })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

fn encode(text: &str, into: &mut String) {
    let escaped = utf8_percent_encode(text, ESCAPED);
    into.extend(escaped.map(|piece| piece.replace(' ', "+")));
}
