//! MP4 and `QuickTime`: sizes, lengths and frame counts from the boxes, without decoding anything (ISO/IEC 14496-12).

use std::io::{Read, Seek, SeekFrom};

use super::probe_error::{ProbeError, bytes, content};

/// The largest box that is read into memory, in bytes: the index of many hours of video.
const LARGEST: u64 = 256 << 20;

/// What the boxes say.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Movie {
    /// The first video track.
    pub(super) video: Option<Track>,
    /// The first audio track.
    pub(super) audio: Option<Track>,
}

/// A track.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Track {
    id: u32,
    /// Pixels as they are shown.
    pub(super) width: u64,
    pub(super) height: u64,
    /// Frames of a video.
    pub(super) samples: u64,
    /// Ticks per second, and the length of all samples in ticks.
    timescale: u64,
    ticks: u64,
    pub(super) sample_rate: u64,
    pub(super) channels: u64,
    pub(super) sample_bits: u64,
    /// What the length of a sample is in fragments that do not say.
    usual_ticks: u64,
}

impl Track {
    #[expect(clippy::cast_precision_loss, reason = "no track has 2^52 ticks")]
    pub(super) fn seconds(&self) -> f64 {
        if self.timescale == 0 { 0.0 } else { self.ticks as f64 / self.timescale as f64 }
    }

    /// Frames per second, on average.
    #[expect(clippy::cast_precision_loss, reason = "no track has 2^52 frames")]
    pub(super) fn rate(&self) -> Option<f64> {
        (self.seconds() > 0.0).then(|| self.samples as f64 * self.timescale as f64 / self.ticks as f64)
    }
}

/// Reads the boxes of a file.
pub(super) fn read(file: &mut (impl Read + Seek)) -> Result<Movie, ProbeError> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut at = 0;
    let mut tracks: Vec<(Kind, Track)> = Vec::new();
    while at + 8 <= length {
        file.seek(SeekFrom::Start(at))?;
        let head: [u8; 8] = bytes(file)?;
        let (mut size, mut start) = (u64::from(u32_at(&head, 0)), 8);
        if size == 1 {
            size = u64::from_be_bytes(bytes(file)?);
            start = 16;
        } else if size == 0 {
            size = length - at;
        }
        if size < start || at.saturating_add(size) > length {
            return Err(content("a box ends beyond the file"));
        }
        let kind = &head[4..];
        if kind == b"moov" || kind == b"moof" {
            if size > LARGEST {
                return Err(content("its index is too large"));
            }
            let mut payload = Vec::new();
            file.take(size - start).read_to_end(&mut payload)?;
            if kind == b"moov" { tracks = movie(&payload) } else { fragment(&payload, &mut tracks) }
        }
        at += size;
    }
    if tracks.is_empty() {
        return Err(content("it has no tracks"));
    }
    let first = |wanted| tracks.iter().find(|(kind, _)| *kind == wanted).map(|(_, track)| track.clone());
    Ok(Movie { video: first(Kind::Video).filter(|track| track.samples > 0), audio: first(Kind::Audio) })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Video,
    Audio,
    Other,
}

/// The boxes in a payload: kind and payload of each. What is broken ends it.
fn boxes(mut payload: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let size = match payload.len() {
            0..8 => return None,
            _ => u32_at(payload, 0) as usize,
        };
        let (start, size) = match size {
            0 => (8, payload.len()),
            1 if payload.len() >= 16 => (16, usize::try_from(u64_at(payload, 8)).ok()?),
            size => (8, size),
        };
        if size < start || size > payload.len() {
            return None;
        }
        let (this, rest) = payload.split_at(size);
        payload = rest;
        Some((&this[4..8], &this[start..]))
    })
}

fn inside<'a>(payload: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(payload, |payload, wanted| {
        boxes(payload).find(|(kind, _)| kind == wanted).map(|(_, payload)| payload)
    })
}

fn movie(moov: &[u8]) -> Vec<(Kind, Track)> {
    let mut tracks: Vec<_> =
        boxes(moov).filter(|(kind, _)| kind == b"trak").filter_map(|(_, trak)| track(trak)).collect();
    let extends = inside(moov, &[b"mvex"]).unwrap_or_default();
    for (_, trex) in boxes(extends).filter(|(kind, _)| kind == b"trex") {
        let (Some(id), Some(usual)) = (get_u32(trex, 4), get_u32(trex, 12)) else { continue };
        if let Some((_, track)) = tracks.iter_mut().find(|(_, track)| track.id == id) {
            track.usual_ticks = u64::from(usual);
        }
    }
    tracks
}

fn track(trak: &[u8]) -> Option<(Kind, Track)> {
    let header = inside(trak, &[b"tkhd"])?;
    let media = inside(trak, &[b"mdia"])?;
    let kind = match inside(media, &[b"hdlr"])?.get(8..12)? {
        b"vide" => Kind::Video,
        b"soun" => Kind::Audio,
        _ => Kind::Other,
    };
    // Version 1 has times of 8 bytes instead of 4.
    let wide = |payload: &[u8]| payload.first() == Some(&1);
    let id = get_u32(header, if wide(header) { 20 } else { 12 })?;
    let media_header = inside(media, &[b"mdhd"])?;
    let timescale = get_u32(media_header, if wide(media_header) { 20 } else { 12 })?;
    let samples = inside(media, &[b"minf", b"stbl"]).unwrap_or_default();
    let (count, ticks) = inside(samples, &[b"stts"]).map(times).unwrap_or_default();
    let (width, height) = shown_size(header, if wide(header) { 52 } else { 40 }).unwrap_or_default();
    let mut track = Track { id, width, height, samples: count, timescale: timescale.into(), ticks, ..Track::default() };
    let entry = inside(samples, &[b"stsd"]).and_then(|described| boxes(described.get(8..)?).next());
    if let (Kind::Audio, Some((_, entry))) = (kind, entry) {
        let number = |at: usize| entry.get(at..at + 2).map(|two| u64::from(u16::from_be_bytes([two[0], two[1]])));
        track.channels = number(16).unwrap_or(0);
        track.sample_bits = number(18).unwrap_or(0);
        track.sample_rate = number(24).unwrap_or(0);
    }
    Some((kind, track))
}

/// How many samples a table of times has, and how long they are together.
fn times(stts: &[u8]) -> (u64, u64) {
    let entries = stts.get(8..).unwrap_or_default().chunks_exact(8);
    entries.fold((0, 0), |(count, ticks), entry| {
        let (samples, each) = (u64::from(u32_at(entry, 0)), u64::from(u32_at(entry, 4)));
        (count + samples, ticks + samples * each)
    })
}

/// Width and height after the rotation of the track's matrix, which begins at this byte.
fn shown_size(header: &[u8], matrix: usize) -> Option<(u64, u64)> {
    let (width, height) =
        (u64::from(get_u32(header, matrix + 36)? >> 16), u64::from(get_u32(header, matrix + 40)? >> 16));
    let turned = get_u32(header, matrix)? == 0 && get_u32(header, matrix + 4)? != 0;
    Some(if turned { (height, width) } else { (width, height) })
}

/// Adds the samples of a fragment to its tracks.
fn fragment(moof: &[u8], tracks: &mut [(Kind, Track)]) {
    for (_, traf) in boxes(moof).filter(|(kind, _)| kind == b"traf") {
        let Some(header) = inside(traf, &[b"tfhd"]) else { continue };
        let Some(id) = get_u32(header, 4) else { continue };
        let Some((_, track)) = tracks.iter_mut().find(|(_, track)| track.id == id) else { continue };
        let flags = u32_at(header, 0);
        // Optional fields stand in the order of their flags.
        let before = if flags & 0x1 != 0 { 8 } else { 0 } + if flags & 0x2 != 0 { 4 } else { 0 };
        let usual = if flags & 0x8 != 0 { get_u32(header, 8 + before).map(u64::from) } else { None };
        let usual = usual.unwrap_or(track.usual_ticks);
        for (_, run) in boxes(traf).filter(|(kind, _)| kind == b"trun") {
            let (count, ticks) = run_of(run, usual).unwrap_or_default();
            track.samples += count;
            track.ticks += ticks;
        }
    }
}

/// How many samples a run has, and how long they are together.
fn run_of(run: &[u8], usual: u64) -> Option<(u64, u64)> {
    let flags = get_u32(run, 0)?;
    let count = get_u32(run, 4)?;
    let start = 8 + if flags & 0x1 != 0 { 4 } else { 0 } + if flags & 0x4 != 0 { 4 } else { 0 };
    let fields = [0x100, 0x200, 0x400, 0x800].into_iter().filter(|field| flags & field != 0).count();
    if flags & 0x100 == 0 {
        return Some((count.into(), u64::from(count) * usual));
    }
    let entries = run.get(start..)?.chunks_exact(fields * 4).take(count as usize);
    Some((count.into(), entries.map(|entry| u64::from(u32_at(entry, 0))).sum()))
}

fn get_u32(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
}

/// Zero where there are not four bytes.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    get_u32(bytes, at).unwrap_or(0)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) << 32 | u64::from(u32_at(bytes, at + 4))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(kind: &[u8; 4], payload: &[u8]) -> Vec<u8> {
        let size = u32::try_from(payload.len() + 8).unwrap().to_be_bytes();
        [&size[..], kind, payload].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A track of a file of the named kind: id 7, 90000 ticks a second, turned by 90 degrees.
    fn trak(handler: &[u8; 4], stts: &[u32]) -> Vec<u8> {
        let mut header = words(&[0, 0, 0, 7, 0, 0, 0, 0, 0, 0]);
        header.extend(words(&[0, 0x1_0000, 0, 0xffff_0000, 0, 0, 0, 0, 0x4000_0000, 160 << 16, 120 << 16]));
        let hdlr = [&words(&[0, 0])[..], handler, &[0; 12]].concat();
        let mdhd = words(&[0, 0, 0, 90_000, 0, 0]);
        let table = boxed(b"stbl", &boxed(b"stts", &words(stts)));
        let media = [boxed(b"mdhd", &mdhd), boxed(b"hdlr", &hdlr), boxed(b"minf", &table)].concat();
        boxed(b"trak", &[boxed(b"tkhd", &header), boxed(b"mdia", &media)].concat())
    }

    #[test]
    fn frames_are_counted_and_rotation_is_minded() {
        let moov = boxed(b"moov", &trak(b"vide", &[0, 2, 10, 3000, 5, 6000]));
        let file = [boxed(b"ftyp", b"isom"), boxed(b"mdat", &[0; 40]), moov].concat();
        let video = read(&mut Cursor::new(file)).unwrap().video.unwrap();
        assert_eq!((video.width, video.height, video.samples), (120, 160, 15));
        assert_eq!((video.seconds(), video.rate()), (60_000.0 / 90_000.0, Some(22.5)));
    }

    #[test]
    fn fragments_count_too() {
        let trex = boxed(b"mvex", &boxed(b"trex", &words(&[0, 7, 1, 3000, 0, 0])));
        let moov = boxed(b"moov", &[trak(b"vide", &[0, 0]), trex].concat());
        let traf = [boxed(b"tfhd", &words(&[0x2_0000, 7])), boxed(b"trun", &words(&[0x1, 3, 0]))].concat();
        let timed =
            [boxed(b"tfhd", &words(&[0x2_0000, 7])), boxed(b"trun", &words(&[0x300, 2, 1000, 11, 2000, 12]))].concat();
        let file = [
            moov,
            boxed(b"moof", &boxed(b"traf", &traf)),
            boxed(b"mdat", &[]),
            boxed(b"moof", &boxed(b"traf", &timed)),
        ]
        .concat();
        let video = read(&mut Cursor::new(file)).unwrap().video.unwrap();
        assert_eq!((video.samples, video.ticks), (5, 12_000));
    }

    #[test]
    fn broken_files_are_refused_and_do_no_harm() {
        let whole = boxed(b"moov", &trak(b"vide", &[0, 1, 10, 3000]));
        for end in 0..whole.len() {
            assert!(read(&mut Cursor::new(&whole[..end])).is_err(), "{end}");
        }
        for at in 0..whole.len() {
            let mut file = whole.clone();
            file[at] = 0xff;
            let _ = read(&mut Cursor::new(file));
        }
        assert!(read(&mut Cursor::new(b"GIF89a, and then some")).is_err());
    }
}
