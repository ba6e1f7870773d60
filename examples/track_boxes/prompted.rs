//! Tracking of boxes with a promptable model.

use std::env;
use std::time::Duration;

use agent_models::sam::{Prompts, SegmentError, SharedSegmenter, Tracker};
use agent_runtime::prelude::*;

use super::{Stop, Track, log_progress};
use crate::cancel_on_drop::CancelOnDrop;

/// Default of `TRACK_SECONDS`: the time budget of a call, in seconds.
const DEFAULT_SECONDS: u64 = 120;
/// Memory of encoding a frame and of its embedding, in bytes.
const ENCODING_BYTES: u64 = 128 * 1024 * 1024;

/// Tracks the boxes to their last frames. Objects that are hidden meanwhile have no boxes there.
pub(super) async fn tracked(
    call: &EditorCall,
    model: &SharedSegmenter,
    mut tracks: Vec<Track>,
    mut frames: FrameStream,
) -> Result<Vec<Track>> {
    let budget = budget()?;
    let _memory = call.acquire_memory(ENCODING_BYTES, "the video").await?;
    let prompts: Vec<Prompts> = tracks.iter().map(|track| Prompts::from_box(track.shape)).collect();
    let cancel = CancelOnDrop::default();
    let mut tracker: Option<Tracker> = None;
    while tracks.iter().any(Track::is_active) {
        let Some(decoded) = frames.next().await else { break };
        let Ok(decoded) = decoded.inspect_err(|error| tracing::warn!(%error, "cannot decode a frame")) else {
            tracks.iter_mut().for_each(|track| track.stop(Stop::Damaged));
            break;
        };
        let (index, pixels) = (decoded.index, decoded.pixels);
        let (model, prompts, cancellation, last) = (model.clone(), prompts.clone(), cancel.0.clone(), tracker.take());
        let processed = call.spawn_blocking(move || {
            let segmenter = model.segmenter();
            let Some(mut tracker) = last else {
                let embedding = segmenter.encode_until(&pixels, &cancellation)?;
                return Ok((Tracker::new(segmenter, &pixels, &embedding, &prompts)?.with_budget(budget), true));
            };
            let goes_on = tracker.process(segmenter, &pixels, &cancellation)?.is_continue();
            Ok::<_, SegmentError>((tracker, goes_on))
        });
        let (processed, goes_on) = processed.await?.map_err(SegmentError::complaint)?;
        if !goes_on {
            tracks.iter_mut().for_each(|track| track.stop(Stop::Budget));
            break;
        }
        for (track, found) in tracks.iter_mut().zip(processed.tracks()) {
            let Some(found) = found.last().filter(|_| track.is_active()) else { continue };
            if let Some(found) = found {
                track.boxes.push((index, found.bounding_box, found.confidence));
            }
            if index == track.until {
                track.stop(if found.is_some() { track.end_reason } else { Stop::Lost });
            }
        }
        tracker = Some(processed);
        log_progress(index, &tracks);
    }
    Ok(tracks)
}

/// Returns the value of `TRACK_SECONDS`, or the default.
fn budget() -> Result<Duration> {
    let Ok(said) = env::var("TRACK_SECONDS") else { return Ok(Duration::from_secs(DEFAULT_SECONDS)) };
    let seconds = said.parse().ok().filter(|seconds| *seconds > 0).map(Duration::from_secs);
    seconds.or_complain(format!("TRACK_SECONDS must be a positive number of seconds, not `{said}`."))
}
