//! Fragments: the samples that a `moof` adds to a track.

use super::super::fields::{Fields, UnexpectedEnd};
use super::super::source::Source;
use super::super::track::Sample;
use super::super::{VideoError, VideoLimits};
use super::atom::Atom;

/// Default properties of the samples in fragments, from `trex`. Each `tfhd` may override them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Defaults {
    pub(super) duration: u32,
    pub(super) size: u32,
    pub(super) flags: u32,
}

impl Defaults {
    /// Finds the defaults of a track in `mvex`.
    pub(super) fn find(moov: Atom<'_>, track: u32) -> Result<Self, VideoError> {
        let Some(mvex) = moov.child(b"mvex")? else { return Ok(Self::default()) };
        for child in mvex.children() {
            let child = child?;
            if child.kind == *b"trex" {
                let (_, _, fields) = child.full()?;
                let (id, defaults) = Self::read(fields).map_err(|ended| child.ended(ended))?;
                if id == track {
                    return Ok(defaults);
                }
            }
        }
        Ok(Self::default())
    }

    fn read(mut fields: Fields<'_>) -> Result<(u32, Self), UnexpectedEnd> {
        let (id, _description) = (fields.u32()?, fields.u32()?);
        Ok((id, Self { duration: fields.u32()?, size: fields.u32()?, flags: fields.u32()? }))
    }
}

/// The flag `sample_is_non_sync_sample`: decoding cannot start at the sample.
const NON_SYNC_SAMPLE: u32 = 0x0001_0000;

/// The samples of one track, collected fragment by fragment.
pub(super) struct Fragments<'a> {
    pub(super) track: u32,
    pub(super) defaults: Defaults,
    pub(super) samples: Vec<Sample>,
    /// Decoding time of the next sample, in ticks.
    pub(super) decoding_time: i64,
    pub(super) last_duration: i64,
    pub(super) source: &'a Source,
    pub(super) limits: &'a VideoLimits,
}

/// The part of a fragment that belongs to one track.
struct Run {
    base: u64,
    /// Position of the next sample, unless its run states one.
    at: u64,
    defaults: Defaults,
}

impl Fragments<'_> {
    /// Adds the samples of a `moof` that begins at `start`.
    pub(super) fn add(&mut self, moof: Atom<'_>, start: u64) -> Result<(), VideoError> {
        let mut end_of_data = start;
        for traf in moof.children() {
            let traf = traf?;
            if traf.kind != *b"traf" {
                continue;
            }
            let head = traf.child(b"tfhd")?.ok_or(traf.damaged("a fragment has no track header"))?;
            let (_, flags, fields) = head.full()?;
            let (track, mut run) = self.run(fields, flags, start, end_of_data).map_err(|ended| head.ended(ended))?;
            if track != self.track {
                // The end of its data may be the base position of the next track, but only in files older than the flag
                // `default-base-is-moof`.
                continue;
            }
            if let Some(time) = traf.child(b"tfdt")? {
                let (version, _, mut fields) = time.full()?;
                let time_read = if version == 1 { fields.u64() } else { fields.u32().map(u64::from) };
                self.decoding_time = i64::try_from(time_read.map_err(|ended| time.ended(ended))?)
                    .map_err(|_| time.damaged("the decoding time of a fragment is out of range"))?;
            }
            for trun in traf.children() {
                let trun = trun?;
                if trun.kind == *b"trun" {
                    self.add_run(trun, &mut run)?;
                }
            }
            end_of_data = run.at;
        }
        Ok(())
    }

    /// Parses `tfhd`: the track and the defaults of its runs.
    fn run(
        &self,
        mut fields: Fields<'_>,
        flags: u32,
        start: u64,
        end_of_data: u64,
    ) -> Result<(u32, Run), UnexpectedEnd> {
        let optional = |bit: u32, fields: &mut Fields<'_>| {
            if flags & bit == 0 { Ok(None) } else { fields.u32().map(Some) }
        };
        let track = fields.u32()?;
        let base = if flags & 1 != 0 { Some(fields.u64()?) } else { None };
        let _description = optional(2, &mut fields)?;
        let defaults = Defaults {
            duration: optional(8, &mut fields)?.unwrap_or(self.defaults.duration),
            size: optional(0x10, &mut fields)?.unwrap_or(self.defaults.size),
            flags: optional(0x20, &mut fields)?.unwrap_or(self.defaults.flags),
        };
        const BASE_IS_MOOF: u32 = 0x0002_0000;
        let base = base.unwrap_or(if flags & BASE_IS_MOOF != 0 { start } else { end_of_data });
        Ok((track, Run { base, at: base, defaults }))
    }

    fn add_run(&mut self, trun: Atom<'_>, run: &mut Run) -> Result<(), VideoError> {
        let (_, flags, mut fields) = trun.full()?;
        let count = fields.u32().map_err(|ended| trun.ended(ended))?;
        self.limits.check_frames((self.samples.len() as u64).saturating_add(u64::from(count)))?;
        if flags & 0x200 == 0 && run.defaults.size == 0 {
            return Err(trun.damaged("samples of a fragment have no size"));
        }
        if flags & 1 != 0 {
            let offset = fields.i32().map_err(|ended| trun.ended(ended))?;
            run.at = run
                .base
                .checked_add_signed(i64::from(offset))
                .ok_or(trun.damaged("a fragment begins before the file"))?;
        }
        let first_flags = if flags & 4 != 0 { Some(fields.u32().map_err(|ended| trun.ended(ended))?) } else { None };
        for number in 0..count {
            let of_first = first_flags.filter(|_| number == 0);
            let entry =
                SampleFields::read(&mut fields, flags, run.defaults, of_first).map_err(|ended| trun.ended(ended))?;
            self.source.end_of("a coded frame", run.at, u64::from(entry.size))?;
            self.limits.check_frame_bytes(u64::from(entry.size))?;
            let time = self.decoding_time.saturating_add(entry.shift);
            self.samples.push(Sample {
                offset: run.at,
                size: entry.size,
                key: entry.flags & NON_SYNC_SAMPLE == 0,
                time,
            });
            run.at = run.at.saturating_add(u64::from(entry.size));
            self.last_duration = i64::from(entry.duration);
            self.decoding_time = self.decoding_time.saturating_add(self.last_duration);
        }
        Ok(())
    }
}

/// A sample of a run.
struct SampleFields {
    duration: u32,
    size: u32,
    flags: u32,
    shift: i64,
}

impl SampleFields {
    fn read(fields: &mut Fields<'_>, has: u32, defaults: Defaults, first: Option<u32>) -> Result<Self, UnexpectedEnd> {
        let mut or = |bit: u32, default: u32| if has & bit == 0 { Ok(default) } else { fields.u32() };
        let duration = or(0x100, defaults.duration)?;
        let size = or(0x200, defaults.size)?;
        let flags = or(0x400, first.unwrap_or(defaults.flags))?;
        // Signed since version 1, and used as signed in version 0.
        let shift = i64::from(or(0x800, 0)?.cast_signed());
        Ok(Self { duration, size, flags, shift })
    }
}
