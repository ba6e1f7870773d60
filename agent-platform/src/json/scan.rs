//! One pass over a text: what is valid, and where each value starts and ends.

use std::borrow::Cow;
use std::ops::Range;

use super::error::{JsonError, JsonProblem};
use super::text::decode;

/// How many arrays and objects may stand inside each other below a value that is skipped.
const DEEPEST: u32 = 128;

/// Reads a text from front to back.
pub(crate) struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
}

/// A string as it is written between its quotes.
#[derive(Clone, Copy)]
pub(crate) struct Quoted<'t> {
    raw: &'t str,
    escaped: bool,
}

impl<'t> Quoted<'t> {
    /// The string that is meant.
    pub(crate) fn decode(self) -> Cow<'t, str> {
        if self.escaped { decode(self.raw) } else { Cow::Borrowed(self.raw) }
    }
}

/// A member of an object, or an element of an array, whose value is next.
pub(crate) struct Member<'t> {
    /// Behind the brace or comma before it.
    pub(crate) lead: usize,
    /// The key; empty for an element.
    pub(crate) key: Quoted<'t>,
    /// Where the value starts.
    pub(crate) start: usize,
}

impl<'t> Scanner<'t> {
    /// At the start of the text, behind a byte order mark.
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

    /// Goes back to where it was.
    pub(crate) fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Nothing but white space is left.
    pub(crate) fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.at == self.bytes.len() { Ok(()) } else { self.fail(JsonProblem::Trailing) }
    }

    pub(crate) fn fail<T>(&self, problem: JsonProblem) -> Result<T, JsonError> {
        let problem =
            if self.at >= self.bytes.len() && problem != JsonProblem::TooLarge { JsonProblem::End } else { problem };
        Err(JsonError { offset: self.at, problem })
    }

    /// Passes an object, member by member; `visit` must pass the member's value. Gives where the text behind the last
    /// value starts.
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

    /// Passes an array, element by element, as [`Self::object`] does.
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

    /// Behind a value: true at the end of the container, false at a comma.
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

    /// Passes a key and its colon.
    fn key(&mut self) -> Result<Quoted<'t>, JsonError> {
        if self.peek() != Some(b'"') {
            return self.fail(JsonProblem::Key);
        }
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    /// The same for a key that nobody asks for.
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

    /// Passes a string.
    pub(crate) fn string(&mut self) -> Result<Quoted<'t>, JsonError> {
        let start = self.at + 1;
        let escaped = self.skip_string()?;
        Ok(Quoted { raw: self.slice(start..self.at - 1), escaped })
    }

    /// Passes a string that nobody asks for. Gives whether there are escapes in it.
    #[inline]
    fn skip_string(&mut self) -> Result<bool, JsonError> {
        self.at += 1;
        let mut escaped = false;
        loop {
            self.plain();
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(0x20..) => self.at += 1,
                _ => return self.fail(JsonProblem::MalformedString),
            }
        }
        self.at += 1;
        Ok(escaped)
    }

    /// Passes bytes of a string that mean themselves, eight at a time.
    #[inline]
    fn plain(&mut self) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        while let Some(eight) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk()) {
            let word = u64::from_le_bytes(*eight);
            // The lowest bit that is set stands for the first byte that is meant; higher ones may be wrong.
            let zero = |word: u64| word.wrapping_sub(ONES) & !word;
            let quote = zero(word ^ (ONES * 0x22));
            let backslash = zero(word ^ (ONES * 0x5c));
            let control = word.wrapping_sub(ONES * 0x20) & !word;
            let stop = (quote | backslash | control) & HIGH;
            if stop != 0 {
                self.at += (stop.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 1..self.at + 5);
                if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                    return self.fail(JsonProblem::MalformedString);
                }
                self.at += 5;
            }
            _ => return self.fail(JsonProblem::MalformedString),
        }
        Ok(())
    }

    /// Steps into a container that starts with `brace`; false if there is none or it is empty.
    pub(crate) fn open(&mut self, brace: u8) -> bool {
        self.space();
        if self.peek() != Some(brace) {
            return false;
        }
        self.at += 1;
        self.space();
        !matches!(self.peek(), Some(b'}' | b']') | None)
    }

    /// The key of the next member, inside an object.
    pub(crate) fn key_of_member(&mut self) -> Option<Quoted<'t>> {
        self.space();
        self.key().ok()
    }

    /// The next value, inside a container.
    pub(crate) fn value_of_member(&mut self) -> Option<&'t str> {
        self.space();
        let start = self.at;
        self.value().ok()?;
        Some(self.slice(start..self.at))
    }

    /// Whether another value follows in the container.
    pub(crate) fn more(&mut self) -> bool {
        self.space();
        let more = self.peek() == Some(b',');
        self.at += 1;
        more
    }

    /// Passes any value, checking it, without recursion.
    pub(crate) fn value(&mut self) -> Result<(), JsonError> {
        // One bit for each open container, the innermost lowest: set for an object.
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
                        if depth == DEEPEST {
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

    /// `true`, `false`, `null`, and the two that Python writes though they are not JSON.
    fn word(&mut self) -> Result<(), JsonError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        for word in ["true", "false", "null", "NaN", "Infinity"] {
            if rest.starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(());
            }
        }
        self.fail(JsonProblem::Value)
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { self.fail(JsonProblem::Number) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<(), JsonError> {
        if self.peek() == Some(b'-') {
            self.at += 1;
            if self.peek() == Some(b'I') {
                return self.word();
            }
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
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
    fn what_is_json() {
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
    fn what_is_not() {
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
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(check(&nested(129)), Ok(()), "the innermost is empty and needs no bit");
        assert_eq!(check(&nested(130)), Err(JsonProblem::Depth));
        assert_eq!(check(&"[".repeat(1_000_000)), Err(JsonProblem::Depth));
    }
}
