//! EBML: elements of an id, a length and content (RFC 8794).

use super::super::fields::{Ended, Fields};
use super::super::{Container, VideoError};

/// The head of an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) id: u32,
    /// How long the head itself is, in bytes.
    pub(super) length: u64,
    /// How long the content is, in bytes; live streams do not know it beforehand.
    pub(super) size: Option<u64>,
}

/// The longest head: an id of 4 bytes and a size of 8.
pub(super) const LONGEST_HEAD: usize = 12;

impl Head {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Ended> {
        let mut fields = Fields::new(bytes);
        let first = *bytes.first().ok_or(Ended)?;
        let id_length = first.leading_zeros() + 1;
        if id_length > 4 {
            return Err(Ended);
        }
        let id = fields.take(id_length as usize)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
        let (size, size_length) = variable(&mut fields)?;
        let unknown = (1u64 << (7 * size_length)) - 1;
        let size = if size == unknown { None } else { Some(size) };
        Ok(Self { id, length: u64::from(id_length + size_length), size })
    }
}

/// A number of variable length, and how many bytes it has.
pub(super) fn variable(fields: &mut Fields<'_>) -> Result<(u64, u32), Ended> {
    let first = fields.u8()?;
    let length = first.leading_zeros() + 1;
    if length > 8 {
        return Err(Ended);
    }
    let marked =
        fields.take(length as usize - 1)?.iter().fold(u64::from(first), |number, byte| number << 8 | u64::from(*byte));
    Ok((marked & !(1 << (7 * length)), length))
}

/// One element inside a description that is in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'b> {
    pub(super) id: u32,
    pub(super) body: &'b [u8],
    /// Where the content is in the file.
    pub(super) at: u64,
}

impl<'b> Element<'b> {
    pub(super) fn children(self) -> Elements<'b> {
        Elements { rest: self.body, at: self.at }
    }

    /// The content as an unsigned number.
    pub(super) fn number(self) -> Result<u64, VideoError> {
        if self.body.len() > 8 {
            return Err(damaged(self.at, "a number is longer than 8 bytes"));
        }
        Ok(self.body.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The content as a number that may have a fraction.
    pub(super) fn float(self) -> Result<f64, VideoError> {
        match *self.body {
            [] => Ok(0.0),
            [a, b, c, d] => Ok(f64::from(f32::from_be_bytes([a, b, c, d]))),
            [a, b, c, d, e, f, g, h] => Ok(f64::from_be_bytes([a, b, c, d, e, f, g, h])),
            _ => Err(damaged(self.at, "a number with a fraction has 4 or 8 bytes")),
        }
    }
}

/// The elements in an element, one after the other.
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
        let head = Head::read(self.rest).ok()?;
        let content = self.rest.get(usize::try_from(head.length).ok()?..)?;
        let size = head.size.map_or(Some(content.len()), |size| usize::try_from(size).ok())?;
        let (body, rest) = content.split_at_checked(size)?;
        let at = self.at + head.length;
        (self.rest, self.at) = (rest, at + size as u64);
        Some(Element { id: head.id, body, at })
    }
}

pub(super) fn damaged(at: u64, what: &'static str) -> VideoError {
    VideoError::Malformed { container: Container::Matroska, at, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_have_ids_and_sizes_of_variable_length() {
        let head = Head::read(&[0x1a, 0x45, 0xdf, 0xa3, 0x42, 0x03]).unwrap();
        assert_eq!((head.id, head.length, head.size), (0x1a45_dfa3, 6, Some(0x203)));
        let head = Head::read(&[0xe7, 0x81]).unwrap();
        assert_eq!((head.id, head.length, head.size), (0xe7, 2, Some(1)));
        let live = Head::read(&[0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).unwrap();
        assert_eq!((live.length, live.size), (12, None));
        assert!(Head::read(&[0x08, 0x81]).is_err(), "an id of more than 4 bytes");
        assert!(Head::read(&[0xe7]).is_err());
    }
}
