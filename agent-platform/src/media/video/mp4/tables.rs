//! Sample tables of a track: positions, times and sync samples.

use super::super::fields::{Fields, UnexpectedEnd};
use super::super::source::Source;
use super::super::track::Sample;
use super::super::{Container, VideoError, VideoLimits};
use super::atom::Atom;

/// A table of pairs of numbers.
struct Pairs<'b> {
    fields: Fields<'b>,
    left: u32,
}

impl<'b> Pairs<'b> {
    fn parse(table: Option<Atom<'b>>) -> Result<Self, VideoError> {
        let Some(table) = table else { return Ok(Self { fields: Fields::new(&[]), left: 0 }) };
        let (_, _, mut fields) = table.full()?;
        let left = fields.u32().map_err(|ended| table.ended(ended))?;
        Ok(Self { fields, left })
    }

    fn next(&mut self) -> Result<Option<(u32, i32)>, UnexpectedEnd> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        Ok(Some((self.fields.u32()?, self.fields.i32()?)))
    }
}

/// A run-length encoded table with one number per sample.
struct Runs<'b> {
    pairs: Pairs<'b>,
    run: (u32, i32),
}

impl<'b> Runs<'b> {
    fn parse(table: Option<Atom<'b>>) -> Result<Self, VideoError> {
        Ok(Self { pairs: Pairs::parse(table)?, run: (0, 0) })
    }

    /// Returns the number of the next sample, or `None` at the end of the table.
    fn next(&mut self) -> Result<Option<i32>, UnexpectedEnd> {
        while self.run.0 == 0 {
            match self.pairs.next()? {
                Some(run) => self.run = run,
                None => return Ok(None),
            }
        }
        self.run.0 -= 1;
        Ok(Some(self.run.1))
    }
}

/// Sizes of the samples.
enum Sizes<'b> {
    Same(u32),
    Each(Fields<'b>),
    /// Sizes of 4, 8 or 16 bits.
    Compact(Fields<'b>, u8, Option<u8>),
}

impl Sizes<'_> {
    fn next(&mut self) -> Result<u32, UnexpectedEnd> {
        match self {
            Self::Same(size) => Ok(*size),
            Self::Each(fields) => fields.u32(),
            Self::Compact(fields, 16, _) => fields.u16().map(u32::from),
            Self::Compact(fields, 8, _) => fields.u8().map(u32::from),
            Self::Compact(fields, _, half) => match half.take() {
                Some(low) => Ok(u32::from(low)),
                None => {
                    let both = fields.u8()?;
                    *half = Some(both & 15);
                    Ok(u32::from(both >> 4))
                }
            },
        }
    }
}

/// Reads the samples listed in `stbl`, and the duration of the last one.
pub(super) fn samples(stbl: Atom<'_>, source: &Source, limits: &VideoLimits) -> Result<(Vec<Sample>, i64), VideoError> {
    let (count, mut sizes) = sizes(stbl)?;
    limits.check_frames(u64::from(count))?;
    let mut places = ChunkOffsets::parse(stbl)?;
    let mut durations = Runs::parse(stbl.child(b"stts")?)?;
    let mut shifts = Runs::parse(stbl.child(b"ctts")?)?;
    let mut keys = SyncSamples::parse(stbl.child(b"stss")?)?;
    let ended = |ended| stbl.ended(ended);

    let mut samples = Vec::new();
    let (mut decoded_at, mut duration) = (0i64, 0i64);
    for number in 1..=count {
        let size = sizes.next().map_err(ended)?;
        let offset =
            places.next(size).map_err(ended)?.ok_or(stbl.damaged("there are more samples than chunks for them"))?;
        source.end_of("a coded frame", offset, u64::from(size))?;
        limits.check_frame_bytes(u64::from(size))?;
        let shift = shifts.next().map_err(ended)?.unwrap_or(0);
        let key = keys.is_next(number).map_err(ended)?;
        samples.push(Sample { offset, size, key, time: decoded_at.saturating_add(i64::from(shift)) });
        let delta =
            durations.next().map_err(ended)?.ok_or(stbl.damaged("there are more samples than times for them"))?;
        duration = i64::from(delta.cast_unsigned());
        decoded_at = decoded_at.saturating_add(duration);
    }
    if places.other_description {
        let what = "a track whose coding changes on the way (several sample descriptions)";
        return Err(VideoError::UnsupportedContainer { container: Container::Mp4, what });
    }
    Ok((samples, duration))
}

/// Reads the number of samples and their sizes. The number is checked against the length of the table.
fn sizes(stbl: Atom<'_>) -> Result<(u32, Sizes<'_>), VideoError> {
    if let Some(table) = stbl.child(b"stsz")? {
        let (_, _, mut fields) = table.full()?;
        let size = fields.u32().map_err(|ended| table.ended(ended))?;
        let count = fields.u32().map_err(|ended| table.ended(ended))?;
        return Ok((count, if size == 0 { Sizes::Each(fields) } else { Sizes::Same(size) }));
    }
    let table = stbl.child(b"stz2")?.ok_or(stbl.damaged("a track has no table of sample sizes"))?;
    let (_, _, mut fields) = table.full()?;
    let bits = fields.u32().map_err(|ended| table.ended(ended))?;
    let count = fields.u32().map_err(|ended| table.ended(ended))?;
    match bits {
        4 => Ok((count, Sizes::Compact(fields, 4, None))),
        8 => Ok((count, Sizes::Compact(fields, 8, None))),
        16 => Ok((count, Sizes::Compact(fields, 16, None))),
        _ => Err(table.damaged("sample sizes have 4, 8 or 16 bits")),
    }
}

/// Positions of the samples: chunks of consecutive samples.
struct ChunkOffsets<'b> {
    chunks: Fields<'b>,
    is_64_bit: bool,
    chunks_left: u32,
    chunk: u32,
    samples_left: u32,
    at: u64,
    /// First chunk of the next run, and the number of samples per chunk.
    runs: Fields<'b>,
    runs_left: u32,
    run_samples: u32,
    next_run: Option<(u32, u32)>,
    /// A chunk uses a sample description other than the first.
    other_description: bool,
}

impl<'b> ChunkOffsets<'b> {
    fn parse(stbl: Atom<'b>) -> Result<Self, VideoError> {
        let (table, is_64_bit) = match stbl.child(b"stco")? {
            Some(table) => (table, false),
            None => (stbl.child(b"co64")?.ok_or(stbl.damaged("a track has no table of chunks"))?, true),
        };
        let (_, _, mut chunks) = table.full()?;
        let chunks_left = chunks.u32().map_err(|ended| table.ended(ended))?;
        let table = stbl.child(b"stsc")?.ok_or(stbl.damaged("a track has no sample-to-chunk table"))?;
        let (_, _, mut runs) = table.full()?;
        let runs_left = runs.u32().map_err(|ended| table.ended(ended))?;
        let mut places = Self {
            chunks,
            is_64_bit,
            chunks_left,
            chunk: 0,
            samples_left: 0,
            at: 0,
            runs,
            runs_left,
            run_samples: 0,
            next_run: None,
            other_description: false,
        };
        places.read_run().map_err(|ended| table.ended(ended))?;
        Ok(places)
    }

    fn read_run(&mut self) -> Result<(), UnexpectedEnd> {
        self.next_run = None;
        if self.runs_left > 0 {
            self.runs_left -= 1;
            self.next_run = Some((self.runs.u32()?, self.runs.u32()?));
            self.other_description |= self.runs.u32()? > 1;
        }
        Ok(())
    }

    /// Returns the position of the next sample, which has this size, or `None` if there are no more chunks.
    fn next(&mut self, size: u32) -> Result<Option<u64>, UnexpectedEnd> {
        while self.samples_left == 0 {
            if self.chunks_left == 0 {
                return Ok(None);
            }
            self.chunks_left -= 1;
            self.chunk += 1;
            self.at = if self.is_64_bit { self.chunks.u64()? } else { u64::from(self.chunks.u32()?) };
            while let Some((_, samples)) = self.next_run.filter(|(first, _)| *first <= self.chunk) {
                self.run_samples = samples;
                self.read_run()?;
            }
            self.samples_left = self.run_samples;
        }
        self.samples_left -= 1;
        let at = self.at;
        self.at = at.saturating_add(u64::from(size));
        Ok(Some(at))
    }
}

/// The sync samples, at which decoding can start. Without a table, every sample is one.
struct SyncSamples<'b> {
    fields: Option<Fields<'b>>,
    left: u32,
    next: u32,
}

impl<'b> SyncSamples<'b> {
    fn parse(table: Option<Atom<'b>>) -> Result<Self, VideoError> {
        let Some(table) = table else { return Ok(Self { fields: None, left: 0, next: 0 }) };
        let (_, _, mut fields) = table.full()?;
        let left = fields.u32().map_err(|ended| table.ended(ended))?;
        Ok(Self { fields: Some(fields), left, next: 0 })
    }

    /// Returns `true` if the sample, numbered from 1, is in the table. Call it with ascending numbers.
    fn is_next(&mut self, number: u32) -> Result<bool, UnexpectedEnd> {
        let Some(fields) = &mut self.fields else { return Ok(true) };
        while self.next < number && self.left > 0 {
            self.left -= 1;
            self.next = fields.u32()?;
        }
        Ok(self.next == number)
    }
}
