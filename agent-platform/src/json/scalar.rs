//! Scanning of strings, numbers and keywords.

use super::error::{JsonError, JsonProblem};
use super::scan::{Quoted, Scanner};

/// Returns how many of the first bytes of a word are plain string content: no quote, backslash or control character.
#[inline]
fn plain_bytes(word: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The subtractions set the highest bit of bytes below a limit. The lowest such bit is exact; higher ones may be
    // caused by a borrow.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
    // With bit 0x02 flipped, a quote (0x22) becomes 0x20, next to the control characters. No other byte becomes less
    // than 0x21.
    let quote_or_control = below(word ^ (ONES * 0x02), 0x21);
    let backslash = below(word ^ (ONES * 0x5c), 1);
    ((quote_or_control | backslash) & HIGH).trailing_zeros() as usize / 8
}

impl<'t> Scanner<'t> {
    /// Scans a string.
    pub(crate) fn string(&mut self) -> Result<Quoted<'t>, JsonError> {
        let start = self.at + 1;
        let escaped = self.skip_string()?;
        Ok(Quoted { raw: self.slice(start..self.at - 1), escaped })
    }

    /// Skips a string. Returns `true` if it contains escapes.
    pub(super) fn skip_string(&mut self) -> Result<bool, JsonError> {
        let mut at = self.at + 1;
        let mut escaped = false;
        loop {
            if let Some(eight) = self.bytes.get(at..).and_then(|rest| rest.first_chunk()) {
                let plain = plain_bytes(u64::from_le_bytes(*eight));
                at += plain;
                if plain == 8 {
                    continue;
                }
            }
            match self.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at = at;
                    self.escape()?;
                    at = self.at;
                }
                Some(0x20..) => at += 1,
                _ => {
                    self.at = at;
                    return self.fail(JsonProblem::MalformedString);
                }
            }
        }
        self.at = at + 1;
        Ok(escaped)
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

    /// Scans `true`, `false`, `null`, and Python's `NaN` and `Infinity`.
    pub(super) fn word(&mut self) -> Result<(), JsonError> {
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

    pub(super) fn number(&mut self) -> Result<(), JsonError> {
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

    #[test]
    fn accepts_any_byte_at_any_position_of_a_string() {
        for byte in 0..=0x7f_u8 {
            for place in 0..18 {
                for around in ["x", "é", "\u{ff}", " "] {
                    let text = format!("[\"{}{}{}\"]", around.repeat(place), char::from(byte), around.repeat(17));
                    let expected = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
                    assert_eq!(Scanner::new(&text).value().is_ok(), expected, "{text:?}");
                }
            }
        }
    }
}
