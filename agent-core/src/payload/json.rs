//! The body's outer shape: an object whose members are kept as raw JSON, the known ones to be checked one by one.

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

use super::bad_json;
use crate::error::{AgentError, ErrorStatus};
use agent_platform::lenient_json::unquoted;

/// The known fields as they were written. `None` for one that is absent.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    pub(super) project_hash: Option<&'a str>,
    pub(super) data_hash: Option<&'a str>,
    pub(super) frame: Option<&'a str>,
    pub(super) object_hashes: Option<&'a str>,
    /// The other members as they were written, separated by commas.
    pub(super) further: String,
}

impl<'a> Fields<'a> {
    /// # Errors
    /// 400 for what is not JSON, 422 for JSON that is not an object.
    pub(super) fn read(text: &'a str) -> Result<Self, AgentError> {
        let not_json = |cause: serde_json::Error| bad_json("The body is not valid JSON.").with_cause(cause);
        if !text.trim_start().starts_with('{') {
            serde_json::from_str::<IgnoredAny>(text).map_err(not_json)?;
            let message =
                "The request must be a JSON object: {\"projectHash\", \"dataHash\", \"frame\", \"objectHashes\"}.";
            return Err(AgentError::new(ErrorStatus::UnprocessableEntity, message));
        }
        let mut object = serde_json::Deserializer::from_str(text);
        let fields = object.deserialize_map(FieldsVisitor).map_err(not_json)?;
        object.end().map_err(not_json)?;
        Ok(fields)
    }
}

/// A visitor of our own, because a derived one refuses repeated fields.
struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        while let Some(key) = map.next_key::<&RawValue>()? {
            // A name with half a surrogate pair is JSON, but no text. It is none of ours.
            let name = unquoted(key.get()).unwrap_or_default();
            let slot = match name.as_ref() {
                "projectHash" => &mut fields.project_hash,
                "dataHash" => &mut fields.data_hash,
                "frame" => &mut fields.frame,
                "objectHashes" => &mut fields.object_hashes,
                _ => {
                    let value = map.next_value::<&RawValue>()?;
                    let separator = if fields.further.is_empty() { "" } else { "," };
                    fields.further.extend([separator, key.get(), ":", value.get()]);
                    continue;
                }
            };
            *slot = Some(map.next_value::<&RawValue>()?.get());
        }
        Ok(fields)
    }
}

/// Returns `true` if no array or object nests deeper than `deepest`. Counts brackets outside strings, and so is valid for
/// malformed JSON, too.
pub(super) fn nesting_is_within(text: &str, deepest: usize) -> bool {
    // Most bodies have fewer brackets in all. The compiler vectorizes the count.
    if text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() <= deepest {
        return true;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > deepest {
                    return false;
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_unknown_members_byte_for_byte() {
        let fields = Fields::read(r#"{"\ud800": 1, "fr\u0061me": 2, "a" : 1.50 , "a": [ 1e2 ]}"#).unwrap();
        assert_eq!(fields.frame, Some("2"));
        assert_eq!(fields.further, r#""\ud800":1,"a":1.50,"a":[ 1e2 ]"#);
    }

    #[test]
    fn counts_brackets_outside_strings_only() {
        assert!(nesting_is_within(r#"{"a": "[[[[", "b": [1]}"#, 2));
        assert!(nesting_is_within(r#"{"a": "\"[[[["}"#, 1));
        assert!(!nesting_is_within("[[[]]]", 2));
        assert!(nesting_is_within("[[]][[]]", 2));
    }
}
