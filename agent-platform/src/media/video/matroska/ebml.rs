//! EBML: elements with an ID, a length and content (RFC 8794).

use super::super::fields::{Fields, UnexpectedEnd};
use super::super::{Container, VideoError};

/// The header of an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct ElementHeader {
    pub(super) id: u32,
    /// Length of the header itself, in bytes.
    pub(super) length: u64,
    /// Length of the content, in bytes. Live streams leave it unknown.
    pub(super) size: Option<u64>,
}

/// Maximum length of a header, in bytes: an ID of 4 bytes and a size of 8.
pub(super) const MAX_HEADER_LENGTH: usize = 12;

impl ElementHeader {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, UnexpectedEnd> {
        let mut fields = Fields::new(bytes);
        let first = *bytes.first().ok_or(UnexpectedEnd)?;
        let id_length = first.leading_zeros() + 1;
        if id_length > 4 {
            return Err(UnexpectedEnd);
        }
        let id = fields.take(id_length as usize)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
        let (size, size_length) = variable_length_integer(&mut fields)?;
        let unknown = (1u64 << (7 * size_length)) - 1;
        let size = if size == unknown { None } else { Some(size) };
        Ok(Self { id, length: u64::from(id_length + size_length), size })
    }
}

/// Reads a variable-length integer and returns it with its length in bytes.
pub(super) fn variable_length_integer(fields: &mut Fields<'_>) -> Result<(u64, u32), UnexpectedEnd> {
    let first = fields.u8()?;
    let length = first.leading_zeros() + 1;
    if length > 8 {
        return Err(UnexpectedEnd);
    }
    let marked =
        fields.take(length as usize - 1)?.iter().fold(u64::from(first), |number, byte| number << 8 | u64::from(*byte));
    Ok((marked & !(1 << (7 * length)), length))
}

/// An element of a description that is in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'b> {
    pub(super) id: u32,
    pub(super) body: &'b [u8],
    /// Position of the content in the file.
    pub(super) at: u64,
}

impl<'b> Element<'b> {
    pub(super) fn children(self) -> Elements<'b> {
        Elements { rest: self.body, at: self.at }
    }

    /// Parses the content as an unsigned integer.
    pub(super) fn number(self) -> Result<u64, VideoError> {
        if self.body.len() > 8 {
            return Err(damaged(self.at, "a number is longer than 8 bytes"));
        }
        Ok(self.body.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Parses the content as a floating-point number.
    pub(super) fn float(self) -> Result<f64, VideoError> {
        match *self.body {
            [] => Ok(0.0),
            [a, b, c, d] => Ok(f64::from(f32::from_be_bytes([a, b, c, d]))),
            [a, b, c, d, e, f, g, h] => Ok(f64::from_be_bytes([a, b, c, d, e, f, g, h])),
            _ => Err(damaged(self.at, "a floating-point number does not have 4 or 8 bytes")),
        }
    }
}

/// An iterator over the child elements of an element.
pub(super) struct Elements<'b> {
    rest: &'b [u8],
    at: u64,
}

impl<'b> Iterator for Elements<'b> {
    type Item = Result<Element<'b>, VideoError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let element = self.read();
        if element.is_none() {
            self.rest = &[];
        }
        Some(element.ok_or_else(|| damaged(self.at, "an element is longer than the element that it is in")))
    }
}

impl<'b> Elements<'b> {
    fn read(&mut self) -> Option<Element<'b>> {
        let header = ElementHeader::read(self.rest).ok()?;
        let content = self.rest.get(usize::try_from(header.length).ok()?..)?;
        let size = header.size.map_or(Some(content.len()), |size| usize::try_from(size).ok())?;
        let (body, rest) = content.split_at_checked(size)?;
        let at = self.at + header.length;
        (self.rest, self.at) = (rest, at + size as u64);
        Some(Element { id: header.id, body, at })
    }
}

pub(super) fn damaged(at: u64, what: &'static str) -> VideoError {
    VideoError::Malformed { container: Container::Matroska, at, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_ids_and_sizes_of_variable_length() {
        let header = ElementHeader::read(&[0x1a, 0x45, 0xdf, 0xa3, 0x42, 0x03]).unwrap();
        assert_eq!((header.id, header.length, header.size), (0x1a45_dfa3, 6, Some(0x203)));
        let header = ElementHeader::read(&[0xe7, 0x81]).unwrap();
        assert_eq!((header.id, header.length, header.size), (0xe7, 2, Some(1)));
        let live =
            ElementHeader::read(&[0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).unwrap();
        assert_eq!((live.length, live.size), (12, None));
        assert!(ElementHeader::read(&[0x08, 0x81]).is_err(), "an id of more than 4 bytes");
        assert!(ElementHeader::read(&[0xe7]).is_err());
    }
}
