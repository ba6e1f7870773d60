//! Edit lists: the parts of a track that are shown, and when.

use super::super::VideoError;
use super::super::fields::{Fields, UnexpectedEnd};
use super::super::track::Edit;
use super::atom::Atom;

/// Parses the edit list of a track. An empty result means that the whole track is shown.
///
/// Durations in the list are in ticks of the movie (`movie_scale` per second), times in ticks of the track
/// (`track_scale`).
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
            // An empty edit: nothing is shown for its duration.
            at = at.saturating_add(duration);
            continue;
        }
        // Fragmented files do not know their duration in advance and write 0.
        let until = if duration == 0 { i64::MAX } else { from.saturating_add(duration) };
        edits.push(Edit { at, from, until });
        at = at.saturating_add(duration);
    }
    Ok(edits)
}

fn entry(fields: &mut Fields<'_>, version: u8) -> Result<(u64, i64), UnexpectedEnd> {
    let (duration, from) = match version {
        1 => (fields.u64()?, fields.i64()?),
        _ => (u64::from(fields.u32()?), i64::from(fields.i32()?)),
    };
    let _rate = fields.u32()?;
    Ok((duration, from))
}

/// Converts ticks of one scale to ticks of another, rounded to the nearest.
fn rescale(ticks: u64, from: u32, to: u32) -> i64 {
    let from = u128::from(from.max(1));
    let scaled = (u128::from(ticks) * u128::from(to) + from / 2) / from;
    i64::try_from(scaled).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::rescale;

    #[test]
    fn rescales_ticks_to_nearest() {
        assert_eq!(rescale(8000, 1000, 15360), 122_880);
        assert_eq!(rescale(33, 1000, 30), 1);
        assert_eq!(rescale(16, 1000, 30), 0);
        assert_eq!(rescale(u64::MAX, 1, u32::MAX), i64::MAX);
    }
}
