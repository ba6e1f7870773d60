//! Clusters and their blocks, which hold the frames.

use super::super::fields::{Fields, UnexpectedEnd};
use super::super::source::Source;
use super::super::track::Sample;
use super::super::{Container, VideoError, VideoLimits};
use super::ebml::{ElementHeader, MAX_HEADER_LENGTH, damaged, variable_length_integer};
use super::id;

/// The samples of one track, collected cluster by cluster.
pub(super) struct Blocks<'a> {
    pub(super) source: &'a mut Source,
    pub(super) limits: &'a VideoLimits,
    pub(super) track: u64,
    pub(super) samples: Vec<Sample>,
    /// Indices of samples that are never shown, ascending.
    pub(super) hidden: Vec<u32>,
}

/// Maximum length of a block header: track number, timestamp and flags.
const MAX_BLOCK_HEADER_LENGTH: usize = 8 + 2 + 1;

impl Blocks<'_> {
    /// Reads a cluster whose content ranges from `at` to `end`, and returns its end. A cluster of unknown length ends
    /// at the first element that cannot be part of a cluster.
    pub(super) fn cluster(&mut self, at: u64, end: u64, known: bool) -> Result<u64, VideoError> {
        let mut time = 0;
        let mut at = at;
        while at < end {
            let header = header(self.source, at)?;
            let body = at + header.length;
            if !known && id::SEGMENT_CHILDREN.contains(&header.id) {
                return Ok(at);
            }
            let size = header.size.ok_or_else(|| damaged(at, "an element in a cluster has no length"))?;
            let next = self.source.end_of("a block of a cluster", body, size)?;
            if next > end {
                return Err(damaged(at, "an element is longer than the cluster that it is in"));
            }
            match header.id {
                id::TIMESTAMP => time = self.number(body, size)?,
                id::SIMPLE_BLOCK => self.block(body, size, time, None)?,
                id::BLOCK_GROUP => self.group(body, next, time)?,
                _ => {}
            }
            at = next;
        }
        Ok(at)
    }

    /// Reads a block group. A block without a reference to another block is a key frame.
    fn group(&mut self, at: u64, end: u64, time: i64) -> Result<(), VideoError> {
        let (mut block, mut key) = (None, true);
        let mut at = at;
        while at < end {
            let header = header(self.source, at)?;
            let body = at + header.length;
            let size = header.size.ok_or_else(|| damaged(at, "an element in a group of blocks has no length"))?;
            let next = body.saturating_add(size);
            if next > end {
                return Err(damaged(at, "an element is longer than the group of blocks that it is in"));
            }
            match header.id {
                id::BLOCK => block = Some((body, size)),
                id::REFERENCE_BLOCK => key = false,
                _ => {}
            }
            at = next;
        }
        block.map_or(Ok(()), |(at, size)| self.block(at, size, time, Some(key)))
    }

    fn block(&mut self, at: u64, size: u64, time: i64, key: Option<bool>) -> Result<(), VideoError> {
        let bytes = self.source.peek(at, MAX_BLOCK_HEADER_LENGTH)?;
        let within = bytes.get(..usize::try_from(size).unwrap_or(usize::MAX).min(bytes.len())).unwrap_or_default();
        let block = BlockHeader::read(within).map_err(|UnexpectedEnd| damaged(at, "a block is too short"))?;
        if block.track != self.track {
            return Ok(());
        }
        const KEY: u8 = 0x80;
        const INVISIBLE: u8 = 0x08;
        const LACING: u8 = 0x06;
        if block.flags & LACING != 0 {
            let what = "several video frames in one block (lacing)";
            return Err(VideoError::UnsupportedContainer { container: Container::Matroska, what });
        }
        let size = size - block.length;
        self.limits.check_frame_bytes(size)?;
        self.limits.check_frames(self.samples.len() as u64 + 1)?;
        let number = u32::try_from(self.samples.len()).unwrap_or(u32::MAX);
        if block.flags & INVISIBLE != 0 {
            self.hidden.push(number);
        }
        let size = u32::try_from(size).map_err(|_| damaged(at, "the length of a block exceeds 32 bits"))?;
        let key = key.unwrap_or(block.flags & KEY != 0);
        let time = time.saturating_add(i64::from(block.time));
        self.samples.push(Sample { offset: at + block.length, size, key, time });
        Ok(())
    }

    fn number(&mut self, at: u64, size: u64) -> Result<i64, VideoError> {
        let size = usize::try_from(size).ok().filter(|size| *size <= 8);
        let size = size.ok_or_else(|| damaged(at, "a time is longer than 8 bytes"))?;
        let number = self.source.peek(at, size)?.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        i64::try_from(number).map_err(|_| damaged(at, "the timestamp of a cluster is out of range"))
    }
}

/// The header of a block.
struct BlockHeader {
    track: u64,
    time: i16,
    flags: u8,
    length: u64,
}

impl BlockHeader {
    fn read(bytes: &[u8]) -> Result<Self, UnexpectedEnd> {
        let mut fields = Fields::new(bytes);
        let (track, length) = variable_length_integer(&mut fields)?;
        let time = fields.u16()?.cast_signed();
        let flags = fields.u8()?;
        Ok(Self { track, time, flags, length: u64::from(length) + 3 })
    }
}

/// Reads the header of the element at `at`.
pub(super) fn header(source: &mut Source, at: u64) -> Result<ElementHeader, VideoError> {
    let length = source.length();
    let bytes = source.peek(at, MAX_HEADER_LENGTH)?;
    let cut = bytes.len() < MAX_HEADER_LENGTH;
    ElementHeader::read(bytes).map_err(|UnexpectedEnd| {
        if cut {
            VideoError::Truncated { what: "an element", end: length + 1, length }
        } else {
            damaged(at, "an element header is malformed")
        }
    })
}
