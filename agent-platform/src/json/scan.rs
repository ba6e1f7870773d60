//! A single-pass JSON scanner: validates text and locates values.

use std::borrow::Cow;
use std::ops::Range;

use super::error::{JsonError, JsonProblem};
use super::text::decode;

/// Maximum nesting of arrays and objects in a skipped value.
const MAX_DEPTH: u32 = 128;

/// A scanner over a text.
pub(crate) struct Scanner<'t> {
    text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
}

/// The raw content of a string, without its quotes.
#[derive(Clone, Copy)]
pub(crate) struct Quoted<'t> {
    pub(super) raw: &'t str,
    pub(super) escaped: bool,
}

impl<'t> Quoted<'t> {
    /// Decodes the string.
    pub(crate) fn decode(self) -> Cow<'t, str> {
        if self.escaped { decode(self.raw) } else { Cow::Borrowed(self.raw) }
    }
}

/// A member of an object or an element of an array. Its value is next in the scanner.
pub(crate) struct Member<'t> {
    /// Offset after the preceding brace or comma.
    pub(crate) lead: usize,
    /// The key; empty for an element.
    pub(crate) key: Quoted<'t>,
    /// Offset of the value.
    pub(crate) start: usize,
}

impl<'t> Scanner<'t> {
    /// Creates a scanner at the start of the text, after a byte order mark.
    pub(crate) fn new(text: &'t str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, bytes: text.as_bytes(), at }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn slice(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    pub(crate) fn space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return;
            }
            self.at += 1;
        }
    }

    /// Rewinds to an offset.
    pub(crate) fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Checks that only white space is left.
    pub(crate) fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.at == self.bytes.len() { Ok(()) } else { self.fail(JsonProblem::Trailing) }
    }

    pub(crate) fn fail<T>(&self, problem: JsonProblem) -> Result<T, JsonError> {
        let problem =
            if self.at >= self.bytes.len() && problem != JsonProblem::TooLarge { JsonProblem::End } else { problem };
        Err(JsonError { offset: self.at, problem })
    }

    /// Scans an object. `visit` is called for each member and must scan its value. Returns the offset after the last
    /// value.
    pub(crate) fn object<E: From<JsonError>>(
        &mut self,
        mut visit: impl FnMut(&mut Self, &Member<'t>) -> Result<(), E>,
    ) -> Result<usize, E> {
        if self.peek() != Some(b'{') {
            self.fail(JsonProblem::NotAnObject)?;
        }
        self.at += 1;
        let mut tail = self.at;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(tail);
        }
        let mut lead = tail;
        loop {
            self.space();
            let key = self.key()?;
            self.space();
            visit(self, &Member { lead, key, start: self.at })?;
            tail = self.at;
            if self.next_or_close(b'}')? {
                return Ok(tail);
            }
            lead = self.at;
        }
    }

    /// Scans an array like [`Self::object`].
    pub(crate) fn array<E: From<JsonError>>(
        &mut self,
        mut visit: impl FnMut(&mut Self, &Member<'t>) -> Result<(), E>,
    ) -> Result<usize, E> {
        if self.peek() != Some(b'[') {
            self.fail(JsonProblem::Value)?;
        }
        self.at += 1;
        let mut tail = self.at;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(tail);
        }
        let mut lead = tail;
        loop {
            self.space();
            visit(self, &Member { lead, key: Quoted { raw: "", escaped: false }, start: self.at })?;
            tail = self.at;
            if self.next_or_close(b']')? {
                return Ok(tail);
            }
            lead = self.at;
        }
    }

    /// Scans what follows a value. Returns `true` at the end of the container, `false` at a comma.
    fn next_or_close(&mut self, close: u8) -> Result<bool, JsonError> {
        self.space();
        let closed = match self.peek() {
            Some(b',') => false,
            Some(byte) if byte == close => true,
            _ => return self.fail(JsonProblem::Comma),
        };
        self.at += 1;
        Ok(closed)
    }

    /// Scans a key and its colon.
    fn key(&mut self) -> Result<Quoted<'t>, JsonError> {
        if self.peek() != Some(b'"') {
            return self.fail(JsonProblem::Key);
        }
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    /// Skips a key and its colon.
    #[inline]
    fn skip_key(&mut self) -> Result<(), JsonError> {
        if self.peek() != Some(b'"') {
            return self.fail(JsonProblem::Key);
        }
        self.skip_string()?;
        self.colon()
    }

    #[inline]
    fn colon(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.peek() != Some(b':') {
            return self.fail(JsonProblem::Colon);
        }
        self.at += 1;
        Ok(())
    }

    /// Enters a container that starts with `brace`. Returns `false` if there is no such container or it is empty.
    pub(crate) fn open(&mut self, brace: u8) -> bool {
        self.space();
        if self.peek() != Some(brace) {
            return false;
        }
        self.at += 1;
        self.space();
        !matches!(self.peek(), Some(b'}' | b']') | None)
    }

    /// Returns the key of the next member of an object.
    pub(crate) fn key_of_member(&mut self) -> Option<Quoted<'t>> {
        self.space();
        self.key().ok()
    }

    /// Scans the key of the next member of an object. Returns whether it equals `key`.
    pub(crate) fn key_is(&mut self, key: &str) -> Option<bool> {
        self.space();
        if self.peek() != Some(b'"') {
            return None;
        }
        let start = self.at + 1;
        let escaped = self.skip_string().ok()?;
        let raw = start..self.at - 1;
        self.colon().ok()?;
        Some(if escaped { decode(self.slice(raw)) == key } else { self.bytes.get(raw) == Some(key.as_bytes()) })
    }

    /// Returns the next value of a container.
    pub(crate) fn value_of_member(&mut self) -> Option<&'t str> {
        self.space();
        let start = self.at;
        self.value().ok()?;
        Some(self.slice(start..self.at))
    }

    /// Returns `true` if another value follows in the container.
    pub(crate) fn more(&mut self) -> bool {
        self.space();
        let more = self.peek() == Some(b',');
        self.at += 1;
        more
    }

    /// Validates and skips any value, without recursion.
    pub(crate) fn value(&mut self) -> Result<(), JsonError> {
        // One bit per open container, innermost lowest; set for objects.
        let mut open: u128 = 0;
        let mut depth: u32 = 0;
        loop {
            self.space();
            match self.peek() {
                Some(byte @ (b'{' | b'[')) => {
                    self.at += 1;
                    self.space();
                    let object = byte == b'{';
                    if self.peek() == Some(if object { b'}' } else { b']' }) {
                        self.at += 1;
                    } else {
                        if depth == MAX_DEPTH {
                            return self.fail(JsonProblem::Depth);
                        }
                        open = open << 1 | u128::from(object);
                        depth += 1;
                        if object {
                            self.skip_key()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => {
                    self.skip_string()?;
                }
                Some(b'-' | b'0'..=b'9') => self.number()?,
                _ => self.word()?,
            }
            loop {
                if depth == 0 {
                    return Ok(());
                }
                let object = open & 1 == 1;
                if !self.next_or_close(if object { b'}' } else { b']' })? {
                    if object {
                        self.space();
                        self.skip_key()?;
                    }
                    break;
                }
                open >>= 1;
                depth -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), JsonProblem> {
        let mut scanner = Scanner::new(text);
        scanner.value().and_then(|()| scanner.end()).map_err(|error| error.problem)
    }

    #[test]
    fn accepts_valid_json() {
        for text in [
            "0",
            "-0.5e+10",
            " [ ] ",
            "{ }",
            r#"{"a":{"b":[1,{"c":null}]},"d":"\u00e9\"\\"}"#,
            "\u{feff}[true,false]",
            "[NaN,-Infinity,Infinity]",
            "\"\u{1f642}\"",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn rejects_invalid_json() {
        for (text, problem) in [
            ("", JsonProblem::End),
            ("[1,]", JsonProblem::Value),
            ("{\"a\"}", JsonProblem::Colon),
            ("{a:1}", JsonProblem::Key),
            ("{\"a\":1,}", JsonProblem::Key),
            ("[1}", JsonProblem::Comma),
            ("01", JsonProblem::Trailing),
            ("1.", JsonProblem::End),
            ("1.x", JsonProblem::Number),
            ("\"\\x\"", JsonProblem::MalformedString),
            ("\"\n\"", JsonProblem::MalformedString),
            ("\"\\u12g4\"", JsonProblem::MalformedString),
            ("tru", JsonProblem::Value),
            ("{\"a\":[1,{\"b\":2}", JsonProblem::End),
        ] {
            assert_eq!(check(text), Err(problem), "{text}");
        }
    }

    #[test]
    fn limits_nesting_depth() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(check(&nested(129)), Ok(()), "the innermost is empty and needs no bit");
        assert_eq!(check(&nested(130)), Err(JsonProblem::Depth));
        assert_eq!(check(&"[".repeat(1_000_000)), Err(JsonProblem::Depth));
    }
}
