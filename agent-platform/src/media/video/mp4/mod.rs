//! MP4 and MOV, plain and fragmented: ISO/IEC 14496-12, and what QuickTime does otherwise.
//!
//! Read here and not by a crate: what there is loads the whole file, and panics on files that contradict themselves.

mod atom;
mod edits;
mod entry;
mod fragment;
mod tables;

use super::fields::{Ended, Fields};
use super::source::Source;
use super::track::{Contents, Description, Track};
use super::{Container, Rotation, VideoError, VideoLimits};
use atom::Atom;
use entry::Entry;
use fragment::{Defaults, Fragments};

/// A box of the file itself.
struct Head {
    kind: [u8; 4],
    start: u64,
    body: u64,
    end: u64,
}

/// Whether the first bytes of a file are those of a box that such files begin with.
pub(super) fn begins(bytes: &[u8]) -> bool {
    const FIRST: [&[u8; 4]; 9] = [b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"free", b"skip", b"wide", b"pnot"];
    bytes.get(4..8).is_some_and(|kind| FIRST.iter().any(|first| kind == first.as_slice()))
}

/// Reads what a file says of its video; the samples stay where they are.
pub(super) fn open(source: &mut Source, limits: &VideoLimits) -> Result<Track, VideoError> {
    let heads = heads(source, limits)?;
    let moov_at = heads.iter().find(|head| head.kind == *b"moov").ok_or(VideoError::Truncated {
        what: "the description of the video (`moov`)",
        end: source.length() + 8,
        length: source.length(),
    })?;
    let moov_bytes = source.description(
        "the description of the video (`moov`)",
        moov_at.body,
        moov_at.end - moov_at.body,
        limits,
    )?;
    let moov = Atom { kind: *b"moov", body: &moov_bytes, at: moov_at.body };
    let movie_scale = scale(moov, b"mvhd")?;
    let trak = video_track(moov)?;
    let (track, rotation) = header(trak)?;
    let mdia = trak.child(b"mdia")?.ok_or(trak.damaged("a track has no media"))?;
    let track_scale = scale(mdia, b"mdhd")?;
    let stbl = sample_table(mdia)?;
    let entry = Entry::of(stbl)?;
    limits.check_size(entry.width, entry.height)?;

    let (samples, last_duration) = tables::samples(stbl, source, limits)?;
    let defaults = Defaults::of(moov, track)?;
    let moofs: Vec<&Head> = heads.iter().filter(|head| head.kind == *b"moof").collect();
    let mut bodies = Vec::with_capacity(1);
    let decoded_at =
        samples.iter().map(|sample| sample.time).max().map_or(0, |last| last.saturating_add(last_duration));
    let mut parts = (samples, decoded_at, last_duration);
    for moof in moofs {
        bodies.clear();
        bodies.push(source.description("a fragment (`moof`)", moof.body, moof.end - moof.body, limits)?);
        let (samples, decoded_at, last_duration) = parts;
        let mut fragments = Fragments { track, defaults, samples, decoded_at, last_duration, source, limits };
        fragments.add(Atom { kind: moof.kind, body: &bodies[0], at: moof.body }, moof.start)?;
        parts = (fragments.samples, fragments.decoded_at, fragments.last_duration);
    }
    let edits = edits::edits(trak, movie_scale, track_scale)?;
    let Entry { codec, width, height, colour, parameters } = entry;
    let tick = 1.0 / f64::from(track_scale);
    let description = Description { codec, width, height, tick, rotation, colour, parameters };
    let contents = Contents { samples: parts.0, hidden: Vec::new(), edits, last_duration: parts.2 };
    Track::new(Container::Mp4, description, contents, limits.frames)
}

/// The boxes of the file.
fn heads(source: &mut Source, limits: &VideoLimits) -> Result<Vec<Head>, VideoError> {
    let mut heads = Vec::new();
    let mut start = 0;
    while start < source.length() {
        let length = source.length();
        let bytes = source.peek(start, 16)?;
        if bytes.len() < 8 && bytes.iter().all(|byte| *byte == 0) && !heads.is_empty() {
            break;
        }
        let cut = VideoError::Truncated { what: "a box", end: start + 8, length };
        let mut fields = Fields::new(bytes);
        let (Ok(short), Ok(kind)) = (fields.u32(), fields.u32()) else { return Err(cut) };
        let (body, end) = match short {
            0 => (start + 8, length),
            1 => (start + 16, start.saturating_add(fields.u64().map_err(|Ended| cut)?)),
            _ => (start + 8, start + u64::from(short)),
        };
        let kind = kind.to_be_bytes();
        if end < body || (heads.is_empty() && !begins(bytes)) {
            let what = "a box is shorter than its own head";
            return Err(VideoError::Malformed { container: Container::Mp4, at: start, what });
        }
        source.end_of("a box", start, end - start)?;
        if matches!(&kind, b"moov" | b"moof") || heads.is_empty() {
            limits.check_frames(heads.len() as u64)?;
            heads.push(Head { kind, start, body, end });
        }
        start = end;
    }
    Ok(heads)
}

/// The first track that is a video.
fn video_track(moov: Atom<'_>) -> Result<Atom<'_>, VideoError> {
    for child in moov.children() {
        let child = child?;
        if child.kind != *b"trak" {
            continue;
        }
        let Some(mdia) = child.child(b"mdia")? else { continue };
        let Some(handler) = mdia.child(b"hdlr")? else { continue };
        if handler.body.get(8..12) == Some(b"vide") {
            return Ok(child);
        }
    }
    Err(VideoError::NoVideo { container: Container::Mp4 })
}

fn sample_table(mdia: Atom<'_>) -> Result<Atom<'_>, VideoError> {
    let missing = mdia.damaged("a track has no sample table");
    let Some(minf) = mdia.child(b"minf")? else { return Err(missing) };
    minf.child(b"stbl")?.ok_or(missing)
}

/// Ticks a second, as `mvhd` says for the movie and `mdhd` for a track.
fn scale(parent: Atom<'_>, kind: &[u8; 4]) -> Result<u32, VideoError> {
    let header = parent.child(kind)?.ok_or(parent.damaged("a header is missing (`mvhd` or `mdhd`)"))?;
    let (version, _, mut fields) = header.full()?;
    let dates = if version == 1 { 16 } else { 8 };
    let scale = fields.take(dates).and_then(|_| fields.u32()).map_err(|ended| header.ended(ended))?;
    if scale == 0 { Err(header.damaged("there are no ticks in a second")) } else { Ok(scale) }
}

/// The track's id, and how its pictures are turned.
fn header(trak: Atom<'_>) -> Result<(u32, Rotation), VideoError> {
    let header = trak.child(b"tkhd")?.ok_or(trak.damaged("a track has no header"))?;
    let (version, _, mut fields) = header.full()?;
    let read = |fields: &mut Fields<'_>| -> Result<(u32, [i32; 4]), Ended> {
        fields.take(if version == 1 { 16 } else { 8 })?;
        let id = fields.u32()?;
        fields.take(if version == 1 { 12 } else { 8 } + 16)?;
        let (a, b, _u, c, d) = (fields.i32()?, fields.i32()?, fields.i32()?, fields.i32()?, fields.i32()?);
        Ok((id, [a, b, c, d]))
    };
    let (id, matrix) = read(&mut fields).map_err(|ended| header.ended(ended))?;
    Ok((id, Rotation::of_matrix(matrix)))
}
