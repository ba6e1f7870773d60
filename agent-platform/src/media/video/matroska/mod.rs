//! Matroska and WebM (RFC 9559).
//!
//! A parser of our own: it locates frames by position, so that opening a video does not read its frames.

mod blocks;
mod ebml;
mod entry;

use super::source::Source;
use super::track::{Contents, Description, Track};
use super::{Container, VideoError, VideoLimits};
use blocks::{Blocks, header};
use ebml::{Element, damaged};
use entry::TrackEntry;

/// IDs of the elements that the parser reads.
mod id {
    pub(super) const EBML: u32 = 0x1a45_dfa3;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const INFO: u32 = 0x1549_a966;
    pub(super) const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
    pub(super) const TRACKS: u32 = 0x1654_ae6b;
    pub(super) const CLUSTER: u32 = 0x1f43_b675;
    pub(super) const TIMESTAMP: u32 = 0xe7;
    pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
    pub(super) const BLOCK_GROUP: u32 = 0xa0;
    pub(super) const BLOCK: u32 = 0xa1;
    pub(super) const REFERENCE_BLOCK: u32 = 0xfb;
    /// IDs of the children of a segment (seek head, info, tracks, cluster, cues, attachments, chapters, tags), and of
    /// another segment.
    pub(super) const SEGMENT_CHILDREN: [u32; 9] =
        [0x114d_9b74, INFO, TRACKS, CLUSTER, 0x1c53_bb6b, 0x1941_a469, 0x1043_a770, 0x1254_c367, SEGMENT];
}

/// Returns `true` if a file begins like Matroska.
pub(super) fn is_matroska(bytes: &[u8]) -> bool {
    bytes.starts_with(&id::EBML.to_be_bytes())
}

/// Reads the description and the sample positions of the video. The samples stay in the file.
pub(super) fn open(source: &mut Source, limits: &VideoLimits) -> Result<Track, VideoError> {
    let length = source.length();
    let file_header = header(source, 0)?;
    let at = source.end_of("the header of the file", file_header.length, file_header.size.unwrap_or(0))?;
    let missing = VideoError::Truncated { what: "the segment", end: at + 8, length };
    if at == length {
        return Err(missing);
    }
    let segment = header(source, at)?;
    if segment.id != id::SEGMENT {
        return Err(damaged(at, "the file has no segment after its header"));
    }
    let body = at + segment.length;
    let end = match segment.size {
        Some(size) => source.end_of("the segment", body, size)?,
        None => length,
    };
    Segment { tick: 1_000_000, entry: None }.read(source, limits, body, end)
}

struct Segment {
    /// Duration of a tick, in nanoseconds.
    tick: u64,
    entry: Option<TrackEntry>,
}

impl Segment {
    fn read(mut self, source: &mut Source, limits: &VideoLimits, at: u64, end: u64) -> Result<Track, VideoError> {
        let (mut samples, mut hidden) = (Vec::new(), Vec::new());
        let mut at = at;
        while at < end {
            let header = header(source, at)?;
            let body = at + header.length;
            let next = match header.size {
                Some(size) => source.end_of("a part of the segment", body, size)?,
                None => end,
            };
            match (header.id, &self.entry) {
                (id::CLUSTER, Some(entry)) => {
                    let track = entry.number;
                    let mut blocks = Blocks { source, limits, track, samples, hidden };
                    at = blocks.cluster(body, next, header.size.is_some())?;
                    (samples, hidden) = (blocks.samples, blocks.hidden);
                    continue;
                }
                (id::CLUSTER, None) => return Err(damaged(at, "frames come before the tracks are described")),
                (id::SEGMENT, _) => break,
                (id::INFO | id::TRACKS, _) => {
                    let bytes = source.description("a part of the segment", body, next - body, limits)?;
                    self.describe(Element { id: header.id, body: &bytes, at: body }, limits)?;
                }
                _ => {}
            }
            if header.size.is_none() {
                return Err(damaged(at, "a part of the segment has no length"));
            }
            at = next;
        }
        self.track(samples, hidden, limits)
    }

    fn describe(&mut self, element: Element<'_>, limits: &VideoLimits) -> Result<(), VideoError> {
        if element.id == id::TRACKS {
            let entry = TrackEntry::first_video(element)?;
            limits.check_size(entry.width, entry.height)?;
            self.entry = Some(entry);
            return Ok(());
        }
        for part in element.children() {
            let part = part?;
            if part.id == id::TIMESTAMP_SCALE {
                self.tick = part.number()?.max(1);
            }
        }
        Ok(())
    }

    fn track(
        self,
        samples: Vec<super::track::Sample>,
        hidden: Vec<u32>,
        limits: &VideoLimits,
    ) -> Result<Track, VideoError> {
        let container = Container::Matroska;
        let entry = self.entry.ok_or(VideoError::NoVideo { container })?;
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds of a tick")]
        let tick = self.tick as f64 / 1e9;
        let TrackEntry { codec, width, height, rotation, colour, parameters, .. } = entry;
        let mut times: Vec<i64> = samples.iter().map(|sample| sample.time).collect();
        times.sort_unstable();
        let last = times.last_chunk().map_or(0, |[before, last]| last.saturating_sub(*before));
        let last_duration =
            entry.frame_duration.and_then(|duration| i64::try_from(duration / self.tick).ok()).unwrap_or(last);
        let description = Description { codec, width, height, tick, rotation, colour, parameters };
        let contents = Contents { samples, hidden, edits: Vec::new(), last_duration };
        Track::new(container, description, contents, limits.frames)
    }
}
