//! Edit lists: which stretch of a track is shown when.

use super::super::VideoError;
use super::super::fields::{Ended, Fields};
use super::super::track::Edit;
use super::atom::Atom;

/// The stretches that the edit list of a track shows. None: everything is shown.
///
/// Times in the list are in ticks of the movie, `movie_scale` of them a second; those of the track in `track_scale`.
pub(super) fn edits(trak: Atom<'_>, movie_scale: u32, track_scale: u32) -> Result<Vec<Edit>, VideoError> {
    let Some(edts) = trak.child(b"edts")? else { return Ok(Vec::new()) };
    let Some(list) = edts.child(b"elst")? else { return Ok(Vec::new()) };
    let (version, _, mut fields) = list.full()?;
    let count = fields.u32().map_err(|ended| list.ended(ended))?;
    let mut edits = Vec::new();
    let mut at = 0i64;
    for _ in 0..count {
        let (duration, from) = entry(&mut fields, version).map_err(|ended| list.ended(ended))?;
        let duration = rescale(duration, movie_scale, track_scale);
        if from < 0 {
            // Nothing is shown for a while.
            at = at.saturating_add(duration);
            continue;
        }
        // Fragmented files do not know their length beforehand, and say 0.
        let until = if duration == 0 { i64::MAX } else { from.saturating_add(duration) };
        edits.push(Edit { at, from, until });
        at = at.saturating_add(duration);
    }
    Ok(edits)
}

fn entry(fields: &mut Fields<'_>, version: u8) -> Result<(u64, i64), Ended> {
    let (duration, from) = match version {
        1 => (fields.u64()?, fields.i64()?),
        _ => (u64::from(fields.u32()?), i64::from(fields.i32()?)),
    };
    let _rate = fields.u32()?;
    Ok((duration, from))
}

/// Ticks of one scale as ticks of another, to the nearest.
fn rescale(ticks: u64, from: u32, to: u32) -> i64 {
    let from = u128::from(from.max(1));
    let scaled = (u128::from(ticks) * u128::from(to) + from / 2) / from;
    i64::try_from(scaled).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::rescale;

    #[test]
    fn ticks_are_rescaled_to_the_nearest() {
        assert_eq!(rescale(8000, 1000, 15360), 122_880);
        assert_eq!(rescale(33, 1000, 30), 1);
        assert_eq!(rescale(16, 1000, 30), 0);
        assert_eq!(rescale(u64::MAX, 1, u32::MAX), i64::MAX);
    }
}
