//! Clusters and the blocks in them: where the frames are.

use super::super::fields::{Ended, Fields};
use super::super::source::Source;
use super::super::track::Sample;
use super::super::{Container, VideoError, VideoLimits};
use super::ebml::{Head, LONGEST_HEAD, damaged, variable};
use super::id;

/// The samples of one track, as they are found.
pub(super) struct Blocks<'a> {
    pub(super) source: &'a mut Source,
    pub(super) limits: &'a VideoLimits,
    pub(super) track: u64,
    pub(super) samples: Vec<Sample>,
    /// Samples that are never shown, ascending.
    pub(super) hidden: Vec<u32>,
}

/// The longest head of a block: the track's number, the time and the flags.
const LONGEST_BLOCK_HEAD: usize = 8 + 2 + 1;

impl Blocks<'_> {
    /// Reads a cluster, whose content is from `at` to `end`; gives where it ends. A cluster of unknown length ends where
    /// an element begins that is in no cluster.
    pub(super) fn cluster(&mut self, at: u64, end: u64, known: bool) -> Result<u64, VideoError> {
        let mut time = 0;
        let mut at = at;
        while at < end {
            let head = head(self.source, at)?;
            let body = at + head.length;
            if !known && id::OF_SEGMENT.contains(&head.id) {
                return Ok(at);
            }
            let size = head.size.ok_or_else(|| damaged(at, "an element in a cluster has no length"))?;
            let next = self.source.end_of("a block of a cluster", body, size)?;
            if next > end {
                return Err(damaged(at, "an element is longer than the cluster that it is in"));
            }
            match head.id {
                id::TIMESTAMP => time = self.number(body, size)?,
                id::SIMPLE_BLOCK => self.block(body, size, time, None)?,
                id::BLOCK_GROUP => self.group(body, next, time)?,
                _ => {}
            }
            at = next;
        }
        Ok(at)
    }

    /// A block that says whether it refers to others; one that does not is a key frame.
    fn group(&mut self, at: u64, end: u64, time: i64) -> Result<(), VideoError> {
        let (mut block, mut key) = (None, true);
        let mut at = at;
        while at < end {
            let head = head(self.source, at)?;
            let body = at + head.length;
            let size = head.size.ok_or_else(|| damaged(at, "an element in a group of blocks has no length"))?;
            let next = body.saturating_add(size);
            if next > end {
                return Err(damaged(at, "an element is longer than the group of blocks that it is in"));
            }
            match head.id {
                id::BLOCK => block = Some((body, size)),
                id::REFERENCE_BLOCK => key = false,
                _ => {}
            }
            at = next;
        }
        block.map_or(Ok(()), |(at, size)| self.block(at, size, time, Some(key)))
    }

    fn block(&mut self, at: u64, size: u64, time: i64, key: Option<bool>) -> Result<(), VideoError> {
        let bytes = self.source.peek(at, LONGEST_BLOCK_HEAD)?;
        let within = bytes.get(..usize::try_from(size).unwrap_or(usize::MAX).min(bytes.len())).unwrap_or_default();
        let block = BlockHead::read(within).map_err(|Ended| damaged(at, "a block is too short"))?;
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
        let size = u32::try_from(size).map_err(|_| damaged(at, "a block is longer than 32 bits say"))?;
        let key = key.unwrap_or(block.flags & KEY != 0);
        let time = time.saturating_add(i64::from(block.time));
        self.samples.push(Sample { offset: at + block.length, size, key, time });
        Ok(())
    }

    fn number(&mut self, at: u64, size: u64) -> Result<i64, VideoError> {
        let size = usize::try_from(size).ok().filter(|size| *size <= 8);
        let size = size.ok_or_else(|| damaged(at, "a time is longer than 8 bytes"))?;
        let number = self.source.peek(at, size)?.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        i64::try_from(number).map_err(|_| damaged(at, "a cluster begins after the end of time"))
    }
}

/// What is before the frame in a block.
struct BlockHead {
    track: u64,
    time: i16,
    flags: u8,
    length: u64,
}

impl BlockHead {
    fn read(bytes: &[u8]) -> Result<Self, Ended> {
        let mut fields = Fields::new(bytes);
        let (track, length) = variable(&mut fields)?;
        let time = fields.u16()?.cast_signed();
        let flags = fields.u8()?;
        Ok(Self { track, time, flags, length: u64::from(length) + 3 })
    }
}

/// The head of the element at `at`.
pub(super) fn head(source: &mut Source, at: u64) -> Result<Head, VideoError> {
    let length = source.length();
    let bytes = source.peek(at, LONGEST_HEAD)?;
    let cut = bytes.len() < LONGEST_HEAD;
    Head::read(bytes).map_err(|Ended| {
        if cut {
            VideoError::Truncated { what: "an element", end: length + 1, length }
        } else {
            damaged(at, "what should be an element is none")
        }
    })
}
