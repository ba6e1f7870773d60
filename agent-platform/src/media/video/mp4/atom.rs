//! Boxes: a length, a four-character type and a body.

use super::super::fields::{Fields, UnexpectedEnd};
use super::super::{Container, VideoError};

/// A box of a description that is in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Atom<'b> {
    pub(super) kind: [u8; 4],
    pub(super) body: &'b [u8],
    /// Position of the body in the file.
    pub(super) at: u64,
}

impl<'b> Atom<'b> {
    /// Iterates over the child boxes.
    pub(super) fn children(self) -> Atoms<'b> {
        Atoms { rest: self.body, at: self.at }
    }

    /// Iterates over the child boxes after `size` bytes of fields.
    pub(super) fn children_after(self, size: usize) -> Result<Atoms<'b>, VideoError> {
        let rest = self.body.get(size..).ok_or(self.damaged("a box is too short"))?;
        Ok(Atoms { rest, at: self.at + size as u64 })
    }

    /// Returns the first child box of a type.
    pub(super) fn child(self, kind: &[u8; 4]) -> Result<Option<Self>, VideoError> {
        for child in self.children() {
            let child = child?;
            if child.kind == *kind {
                return Ok(Some(child));
            }
        }
        Ok(None)
    }

    /// Returns the version, the flags and the remaining fields of a full box.
    pub(super) fn full(self) -> Result<(u8, u32, Fields<'b>), VideoError> {
        let mut fields = Fields::new(self.body);
        let head = fields.u32().map_err(|ended| self.ended(ended))?;
        let [version, ..] = head.to_be_bytes();
        Ok((version, head & 0x00ff_ffff, fields))
    }

    pub(super) fn ended(self, UnexpectedEnd: UnexpectedEnd) -> VideoError {
        self.damaged("a box is shorter than its fields")
    }

    pub(super) fn damaged(self, what: &'static str) -> VideoError {
        VideoError::Malformed { container: Container::Mp4, at: self.at, what }
    }
}

/// An iterator over the child boxes of a box.
pub(super) struct Atoms<'b> {
    rest: &'b [u8],
    at: u64,
}

impl<'b> Iterator for Atoms<'b> {
    type Item = Result<Atom<'b>, VideoError>;

    fn next(&mut self) -> Option<Self::Item> {
        // QuickTime ends some box lists with four zero bytes.
        if self.rest.len() < 8 {
            return None;
        }
        let read = self.read();
        if read.is_none() {
            self.rest = &[];
        }
        Some(read.ok_or(VideoError::Malformed {
            container: Container::Mp4,
            at: self.at,
            what: "a box is longer than its parent, or shorter than its own header",
        }))
    }
}

impl<'b> Atoms<'b> {
    fn read(&mut self) -> Option<Atom<'b>> {
        let mut fields = Fields::new(self.rest);
        let short = fields.u32().ok()?;
        let kind = fields.u32().ok()?.to_be_bytes();
        let (head, size) = match short {
            0 => (8, self.rest.len()),
            1 => (16, usize::try_from(fields.u64().ok()?).ok()?),
            _ => (8, usize::try_from(short).ok()?),
        };
        let body = self.rest.get(head..size)?;
        let at = self.at + head as u64;
        self.rest = self.rest.get(size..)?;
        self.at += size as u64;
        Some(Atom { kind, body, at })
    }
}
