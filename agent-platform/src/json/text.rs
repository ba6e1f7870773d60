//! Encoding and decoding of strings.

use std::borrow::Cow;

/// Decodes the content of a string literal. A lone surrogate becomes U+FFFD.
pub(crate) fn decode(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (character, used) = escaped(after);
        out.push(character);
        rest = after.get(used..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Decodes the escape after a backslash. Returns the character and the length of the escape in bytes.
fn escaped(after: &str) -> (char, usize) {
    let simple = match after.as_bytes().first() {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            let high = code_unit(after, 1);
            if (0xd800..0xdc00).contains(&high) && after.get(5..7) == Some("\\u") {
                let low = code_unit(after, 7);
                if (0xdc00..0xe000).contains(&low) {
                    let scalar = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    return (char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
                }
            }
            return (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 5);
        }
        Some(&byte) if byte.is_ascii() => char::from(byte),
        _ => return (char::REPLACEMENT_CHARACTER, 0),
    };
    (simple, 1)
}

fn code_unit(text: &str, at: usize) -> u32 {
    text.get(at..at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0xfffd)
}

/// Encodes `text` as a string literal.
pub(crate) fn quote(text: &str) -> String {
    // A string cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decodes_escapes() {
        assert_eq!(decode(r"\u0062ox"), "box");
        assert_eq!(decode(r"a\/b\\\"), "a/b\\\u{fffd}");
        assert_eq!(decode(r"\ud83d\ude42"), "🙂");
        assert_eq!(decode(r"\ud83dx"), "\u{fffd}x");
        assert_eq!(decode(r"\n\t\r\b\f"), "\n\t\r\u{8}\u{c}");
    }

    proptest! {
        #[test]
        fn strings_round_trip(text: String) {
            let quoted = quote(&text);
            prop_assert_eq!(&serde_json::from_str::<String>(&quoted).unwrap(), &text);
            prop_assert_eq!(decode(&quoted[1..quoted.len() - 1]), text);
        }

        #[test]
        fn decodes_like_serde(text: String) {
            let written: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            prop_assert_eq!(decode(&written), text);
        }
    }
}
