//! Members of JSON objects and elements of JSON arrays, in order, as slices of the text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The members of a JSON object, in order. Repeated keys are kept.
#[derive(Debug, Default)]
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

/// The elements of a JSON array, in order.
#[derive(Debug, Default)]
pub(crate) struct Elements<'a>(pub(crate) Vec<&'a RawValue>);

impl<'a> Members<'a> {
    /// Parses an object.
    ///
    /// # Errors
    /// The text is not a JSON object.
    pub(crate) fn parse(text: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// Returns the value of a key. Of repeated keys the last one counts, as in most JSON parsers.
    pub(crate) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    /// Returns the value of a key, unless it is `null`.
    pub(crate) fn value(&self, key: &str) -> Option<&'a RawValue> {
        self.get(key).filter(|value| !is_null(value))
    }

    /// Returns the string at a key.
    pub(crate) fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key).and_then(string_of)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), *value))
    }
}

impl<'a> Elements<'a> {
    /// Parses an array.
    ///
    /// # Errors
    /// The text is not a JSON array.
    pub(crate) fn parse(text: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}

/// Returns whether a value is `null`.
fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

/// Decodes a JSON string.
pub(crate) fn string_of(value: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(serde::Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(value.get()).ok().map(|text| text.0)
}

/// Encodes a text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A writer of a JSON object, member by member. Values are JSON texts, which are written unchanged.
#[derive(Debug, Default)]
pub(crate) struct ObjectWriter(String);

impl ObjectWriter {
    pub(crate) fn member(&mut self, key: &str, value: &str) -> &mut Self {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.0.push_str(&quoted(key));
        self.0.push(':');
        self.0.push_str(value);
        self
    }

    pub(crate) fn finish(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "{}" } else { "}" });
        self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                #[derive(serde::Deserialize)]
                struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
                let mut members = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Elements<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = sequence.next_element()? {
                    elements.push(element);
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_spelling_of_members() {
        let members = Members::parse(r#"{"b": 1.50, "a\u00fc": [1, 2e3], "b": null}"#).unwrap();
        let all: Vec<_> = members.iter().map(|(key, value)| (key, value.get())).collect();
        assert_eq!(all, [("b", "1.50"), ("aü", "[1, 2e3]"), ("b", "null")]);
        assert!(members.value("b").is_none());
        assert!(Members::parse("[]").is_err());
    }

    #[test]
    fn writes_values_unchanged() {
        let mut writer = ObjectWriter::default();
        writer.member("a\"", "1.50").member("b", "[]");
        assert_eq!(writer.finish(), r#"{"a\"":1.50,"b":[]}"#);
        assert_eq!(ObjectWriter::default().finish(), "{}");
    }
}
