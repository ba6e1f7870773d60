//! MP4 and MOV, plain and fragmented (ISO/IEC 14496-12), with QuickTime's differences.
//!
//! A parser of our own: existing crates load the whole file, and panic on files that contradict themselves.

mod atom;
mod edits;
mod entry;
mod fragment;
mod properties;
mod tables;

use super::fields::{Fields, UnexpectedEnd};
use super::source::Source;
use super::track::{Contents, Description, Track};
use super::{Container, Rotation, VideoError, VideoLimits};
use atom::Atom;
use entry::SampleEntry;
use fragment::{Defaults, Fragments};

pub use properties::{AudioProperties, VideoProperties};

/// A top-level box of the file.
struct BoxHeader {
    kind: [u8; 4],
    start: u64,
    body: u64,
    end: u64,
}

/// Returns `true` if a file begins with a box that is typical of MP4 or MOV.
pub(super) fn is_mp4(bytes: &[u8]) -> bool {
    const FIRST_BOX_TYPES: [&[u8; 4]; 9] =
        [b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"free", b"skip", b"wide", b"pnot"];
    bytes.get(4..8).is_some_and(|kind| FIRST_BOX_TYPES.iter().any(|first| kind == first.as_slice()))
}

/// Reads the description and the sample positions of the video. The samples stay in the file.
pub(super) fn open(source: &mut Source, limits: &VideoLimits) -> Result<Track, VideoError> {
    let movie = Movie::read(source, limits)?;
    let track = MovieTrack::find(&movie, b"vide")?.ok_or(VideoError::NoVideo { container: Container::Mp4 })?;
    let SampleEntry { codec, width, height, colour, parameters } = SampleEntry::parse(track.sample_table)?;
    limits.check_size(width, height)?;
    let contents = track.contents(&movie, source, limits)?;
    let tick = 1.0 / f64::from(track.scale);
    let description = Description { codec, width, height, tick, rotation: track.rotation, colour, parameters };
    Track::new(Container::Mp4, description, contents, limits.frames)
}

/// The top-level boxes of a file, and its `moov` box in memory.
struct Movie {
    boxes: Vec<BoxHeader>,
    moov: Vec<u8>,
    /// Position of the content of `moov` in the file.
    at: u64,
}

impl Movie {
    fn read(source: &mut Source, limits: &VideoLimits) -> Result<Self, VideoError> {
        const WHAT: &str = "the description of the video (`moov`)";
        let boxes = boxes(source, limits)?;
        let moov = boxes.iter().find(|header| header.kind == *b"moov").ok_or(VideoError::Truncated {
            what: WHAT,
            end: source.length() + 8,
            length: source.length(),
        })?;
        let at = moov.body;
        let moov = source.description(WHAT, moov.body, moov.end - moov.body, limits)?;
        Ok(Self { boxes, moov, at })
    }

    fn moov(&self) -> Atom<'_> {
        Atom { kind: *b"moov", body: &self.moov, at: self.at }
    }
}

/// A track of a movie.
struct MovieTrack<'m> {
    trak: Atom<'m>,
    id: u32,
    rotation: Rotation,
    /// Ticks per second.
    scale: u32,
    sample_table: Atom<'m>,
}

impl<'m> MovieTrack<'m> {
    /// Returns the first track with this handler: `vide` or `soun`.
    fn find(movie: &'m Movie, handler: &[u8; 4]) -> Result<Option<Self>, VideoError> {
        let Some(trak) = track_with(movie.moov(), handler)? else { return Ok(None) };
        let (id, rotation) = header(trak)?;
        let mdia = trak.child(b"mdia")?.ok_or(trak.damaged("a track has no media"))?;
        let scale = scale(mdia, b"mdhd")?;
        Ok(Some(Self { trak, id, rotation, scale, sample_table: sample_table(mdia)? }))
    }

    /// Reads the sample tables, the fragments and the edit list.
    fn contents(&self, movie: &Movie, source: &mut Source, limits: &VideoLimits) -> Result<Contents, VideoError> {
        let (mut samples, mut last_duration) = tables::samples(self.sample_table, source, limits)?;
        let defaults = Defaults::find(movie.moov(), self.id)?;
        let last = samples.iter().map(|sample| sample.time).max();
        let mut decoding_time = last.map_or(0, |last| last.saturating_add(last_duration));
        for moof in movie.boxes.iter().filter(|header| header.kind == *b"moof") {
            let body = source.description("a fragment (`moof`)", moof.body, moof.end - moof.body, limits)?;
            let mut fragments =
                Fragments { track: self.id, defaults, samples, decoding_time, last_duration, source, limits };
            fragments.add(Atom { kind: moof.kind, body: &body, at: moof.body }, moof.start)?;
            (samples, decoding_time, last_duration) =
                (fragments.samples, fragments.decoding_time, fragments.last_duration);
        }
        let edits = edits::edits(self.trak, scale(movie.moov(), b"mvhd")?, self.scale)?;
        Ok(Contents { samples, hidden: Vec::new(), edits, last_duration })
    }
}

/// Lists the top-level boxes.
fn boxes(source: &mut Source, limits: &VideoLimits) -> Result<Vec<BoxHeader>, VideoError> {
    let mut boxes = Vec::new();
    let mut start = 0;
    while start < source.length() {
        let length = source.length();
        let bytes = source.peek(start, 16)?;
        if bytes.len() < 8 && bytes.iter().all(|byte| *byte == 0) && !boxes.is_empty() {
            break;
        }
        let cut = VideoError::Truncated { what: "a box", end: start + 8, length };
        let mut fields = Fields::new(bytes);
        let (Ok(short), Ok(kind)) = (fields.u32(), fields.u32()) else { return Err(cut) };
        let (body, end) = match short {
            0 => (start + 8, length),
            1 => (start + 16, start.saturating_add(fields.u64().map_err(|UnexpectedEnd| cut)?)),
            _ => (start + 8, start + u64::from(short)),
        };
        let kind = kind.to_be_bytes();
        if end < body || (boxes.is_empty() && !is_mp4(bytes)) {
            let what = "a box is shorter than its own header";
            return Err(VideoError::Malformed { container: Container::Mp4, at: start, what });
        }
        source.end_of("a box", start, end - start)?;
        if matches!(&kind, b"moov" | b"moof") || boxes.is_empty() {
            limits.check_frames(boxes.len() as u64)?;
            boxes.push(BoxHeader { kind, start, body, end });
        }
        start = end;
    }
    Ok(boxes)
}

/// Returns the first track with this handler.
fn track_with<'m>(moov: Atom<'m>, handler: &[u8; 4]) -> Result<Option<Atom<'m>>, VideoError> {
    for child in moov.children() {
        let child = child?;
        if child.kind != *b"trak" {
            continue;
        }
        let Some(mdia) = child.child(b"mdia")? else { continue };
        let Some(found) = mdia.child(b"hdlr")? else { continue };
        if found.body.get(8..12) == Some(handler) {
            return Ok(Some(child));
        }
    }
    Ok(None)
}

fn sample_table(mdia: Atom<'_>) -> Result<Atom<'_>, VideoError> {
    let missing = mdia.damaged("a track has no sample table");
    let Some(minf) = mdia.child(b"minf")? else { return Err(missing) };
    minf.child(b"stbl")?.ok_or(missing)
}

/// Reads the ticks per second of the movie (`mvhd`) or a track (`mdhd`).
fn scale(parent: Atom<'_>, kind: &[u8; 4]) -> Result<u32, VideoError> {
    let header = parent.child(kind)?.ok_or(parent.damaged("a header is missing (`mvhd` or `mdhd`)"))?;
    let (version, _, mut fields) = header.full()?;
    let dates = if version == 1 { 16 } else { 8 };
    let scale = fields.take(dates).and_then(|_| fields.u32()).map_err(|ended| header.ended(ended))?;
    if scale == 0 { Err(header.damaged("the time scale is zero")) } else { Ok(scale) }
}

/// Reads the ID and the rotation of the track.
fn header(trak: Atom<'_>) -> Result<(u32, Rotation), VideoError> {
    let header = trak.child(b"tkhd")?.ok_or(trak.damaged("a track has no header"))?;
    let (version, _, mut fields) = header.full()?;
    let read = |fields: &mut Fields<'_>| -> Result<(u32, [i32; 4]), UnexpectedEnd> {
        fields.take(if version == 1 { 16 } else { 8 })?;
        let id = fields.u32()?;
        fields.take(if version == 1 { 12 } else { 8 } + 16)?;
        let (a, b, _u, c, d) = (fields.i32()?, fields.i32()?, fields.i32()?, fields.i32()?, fields.i32()?);
        Ok((id, [a, b, c, d]))
    };
    let (id, matrix) = read(&mut fields).map_err(|ended| header.ended(ended))?;
    Ok((id, Rotation::from_matrix(matrix)))
}
