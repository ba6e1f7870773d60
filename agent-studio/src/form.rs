//! Decoding of URL-encoded form values.

/// Decodes a form value: `+` is a space, `%XX` a byte of UTF-8. A malformed escape is kept unchanged.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = || u8::from_str_radix(text.get(at + 1..at + 3)?, 16).ok();
        match (bytes[at], hex()) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_form_values() {
        assert_eq!(decode("%25a+b%26c%3D%C3%BC%25"), "%a b&c=ü%");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%"), "%zz%");
    }
}
