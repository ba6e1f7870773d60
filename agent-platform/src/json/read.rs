//! Access to the members and elements of valid JSON text, one level at a time.

use std::borrow::Cow;

use super::scan::Scanner;
use super::text::decode;

/// An iterator over the members of an object in document order, including duplicate keys.
pub(crate) struct Members<'t> {
    scanner: Scanner<'t>,
    open: bool,
}

/// Iterates over the members of `text`. Empty if it is not an object.
pub(crate) fn members(text: &str) -> Members<'_> {
    let mut scanner = Scanner::new(text);
    let open = scanner.open(b'{');
    Members { scanner, open }
}

/// Iterates over members in `text`, which has no surrounding braces.
pub(super) fn members_in(text: &str) -> Members<'_> {
    Members { scanner: Scanner::new(text), open: true }
}

impl<'t> Iterator for Members<'t> {
    type Item = (Cow<'t, str>, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        if !self.open {
            return None;
        }
        let key = self.scanner.key_of_member()?;
        let value = self.scanner.value_of_member()?;
        self.open = self.scanner.more();
        Some((key.decode(), value))
    }
}

/// An iterator over the elements of an array.
pub(crate) struct Elements<'t> {
    scanner: Scanner<'t>,
    open: bool,
}

/// Iterates over the elements of `text`. Empty if it is not an array.
pub(crate) fn elements(text: &str) -> Elements<'_> {
    let mut scanner = Scanner::new(text);
    let open = scanner.open(b'[');
    Elements { scanner, open }
}

impl<'t> Iterator for Elements<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.open {
            return None;
        }
        let value = self.scanner.value_of_member()?;
        self.open = self.scanner.more();
        Some(value)
    }
}

/// Returns the value of a key. For duplicate keys, the last one.
pub(crate) fn member<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let mut scanner = Scanner::new(text);
    let mut open = scanner.open(b'{');
    let mut found = None;
    while open {
        let wanted = scanner.key_is(key)?;
        let value = scanner.value_of_member()?;
        if wanted {
            found = Some(value);
        }
        open = scanner.more();
    }
    found
}

/// Decodes a string. Returns `None` for other values.
pub(crate) fn string(raw: &str) -> Option<Cow<'_, str>> {
    raw.strip_prefix('"')?.strip_suffix('"').map(decode)
}

/// Parses a boolean. Returns `None` for other values.
pub(crate) fn boolean(raw: &str) -> Option<bool> {
    match raw {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

pub(crate) fn is_object(raw: &str) -> bool {
    raw.starts_with('{')
}

pub(crate) fn is_array(raw: &str) -> bool {
    raw.starts_with('[')
}

pub(crate) fn is_null(raw: &str) -> bool {
    raw == "null"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterates_over_members_and_elements() {
        let text = r#" { "a" : [1 , 2] , "\u0062":{"c":3},"a":4 } "#;
        let all: Vec<_> = members(text).collect();
        assert_eq!(all, [("a".into(), "[1 , 2]"), ("b".into(), r#"{"c":3}"#), ("a".into(), "4")]);
        assert_eq!(member(text, "a"), Some("4"));
        assert_eq!(elements("[1 , [2,3],\"x\" ]").collect::<Vec<_>>(), ["1", "[2,3]", "\"x\""]);
        assert_eq!(
            elements("{}").count() + members("[]").count() + members("{ }").count() + elements("[ ]").count(),
            0
        );
    }
}
