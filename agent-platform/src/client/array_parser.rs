//! Incremental parsing of an envelope with a long array.

/// Maximum size of one element, and of the envelope without the elements, in bytes.
const MAX_PIECE_BYTES: usize = 16 << 20;

/// Name of the member with the array.
const MEMBER: &[u8] = b"response";

/// Splits the objects of the array `response` off an envelope that arrives in pieces. The envelope itself, with an empty array,
/// remains for the parser of envelopes. From the first element on that is not an object, the envelope keeps the elements: an error
/// has an array of texts.
///
/// It only follows strings and brackets: elements and envelope are validated by the parsers that read them.
#[derive(Debug, Default)]
pub(super) struct ArrayParser {
    /// The envelope, without the elements.
    envelope: Vec<u8>,
    element: Vec<u8>,
    /// The last string directly inside the envelope, while it is read and after.
    last_string: Vec<u8>,
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
    is_in_array: bool,
    /// An element was not an object.
    keeps_elements: bool,
}

/// An element or envelope is larger than [`MAX_PIECE_BYTES`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PieceTooLarge;

/// Depth inside the array.
const ARRAY_DEPTH: usize = 2;

impl ArrayParser {
    /// Parses a piece of the envelope. Appends complete elements to `elements`.
    pub(super) fn push(&mut self, piece: &[u8], elements: &mut Vec<Vec<u8>>) -> Result<(), PieceTooLarge> {
        for byte in piece {
            self.push_byte(*byte, elements);
            if self.element.len().max(self.envelope.len()) > MAX_PIECE_BYTES {
                return Err(PieceTooLarge);
            }
        }
        Ok(())
    }

    /// Returns the envelope without the elements.
    pub(super) fn into_envelope(self) -> Vec<u8> {
        self.envelope
    }

    fn push_byte(&mut self, byte: u8, elements: &mut Vec<Vec<u8>>) {
        if self.is_in_string {
            self.push_in_string(byte);
            return;
        }
        match byte {
            b'"' => {
                self.is_in_string = true;
                if self.depth == 1 {
                    self.last_string.clear();
                }
            }
            b'[' | b'{' => {
                self.depth += 1;
                if byte == b'[' && self.depth == ARRAY_DEPTH && self.last_string == MEMBER {
                    self.is_in_array = true;
                    self.envelope.push(byte);
                    return;
                }
            }
            b']' | b'}' => {
                if self.is_in_array && self.depth == ARRAY_DEPTH {
                    self.end_element(elements);
                    self.is_in_array = false;
                    self.last_string.clear();
                }
                self.depth = self.depth.saturating_sub(1);
            }
            b',' if self.is_in_array && self.depth == ARRAY_DEPTH => {
                self.end_element(elements);
                return;
            }
            _ => {}
        }
        self.keep(byte);
    }

    fn push_in_string(&mut self, byte: u8) {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => self.is_in_string = false,
            _ if self.depth == 1 && self.last_string.len() <= MEMBER.len() => self.last_string.push(byte),
            _ => {}
        }
        self.keep(byte);
    }

    fn keep(&mut self, byte: u8) {
        if self.is_in_array { &mut self.element } else { &mut self.envelope }.push(byte);
    }

    fn end_element(&mut self, elements: &mut Vec<Vec<u8>>) {
        let element = std::mem::take(&mut self.element);
        let element = element.trim_ascii();
        match element.first() {
            None => {}
            Some(b'{') if !self.keeps_elements => elements.push(element.to_vec()),
            Some(_) => {
                if self.keeps_elements {
                    self.envelope.push(b',');
                }
                self.keeps_elements = true;
                self.envelope.extend(element);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, size: usize) -> (Vec<String>, String) {
        let (mut parser, mut elements) = (ArrayParser::default(), Vec::new());
        for piece in text.as_bytes().chunks(size) {
            parser.push(piece, &mut elements).unwrap();
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (elements.into_iter().map(|element| text(element).trim().to_owned()).collect(), text(parser.into_envelope()))
    }

    #[test]
    fn splits_elements_in_pieces_of_any_size() {
        let text = r#"{"status": 200, "payload": ["x", [1]], "response": [ {"a": "]},\"["}, {"b": [1, {}]},
            {"s\\": 5} ], "more": {"response": [1]}}"#;
        for size in [1, 2, 7, 1000] {
            let (elements, envelope) = parsed(text, size);
            assert_eq!(elements, [r#"{"a": "]},\"["}"#, r#"{"b": [1, {}]}"#, r#"{"s\\": 5}"#], "{size}");
            assert_eq!(
                envelope,
                r#"{"status": 200, "payload": ["x", [1]], "response": [], "more": {"response": [1]}}"#
            );
        }
    }

    #[test]
    fn keeps_envelope_without_array() {
        let error = r#"{"response": ["ERROR",{"a": 1},"more"], "status": 400}"#;
        for text in
            [error, r#"{"status": 400, "response": "RESPONSE"}"#, r#"{"response": null}"#, "[1, 2]", "nonsense", ""]
        {
            assert_eq!(parsed(text, 3), (Vec::new(), text.to_owned()));
        }
        let empty = r#"{"status": 200, "response": []}"#;
        assert_eq!(parsed(empty, 3), (Vec::new(), empty.to_owned()));
    }
}
