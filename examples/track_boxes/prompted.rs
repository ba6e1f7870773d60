//! Tracking of boxes with a promptable model.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use agent_models::sam::{Prompts, SegmentError, SharedSegmenter, Tracker};
use agent_runtime::prelude::*;

use super::{Stop, Track, log_progress};

/// Default of `TRACK_SECONDS`: the time budget of a call, in seconds.
const DEFAULT_SECONDS: u64 = 120;

/// Tracks the boxes to their last frames. Objects that are hidden meanwhile have no boxes there.
pub(super) async fn tracked(
    call: &EditorCall,
    model: &SharedSegmenter,
    mut tracks: Vec<Track>,
    mut frames: FrameStream,
) -> Result<Vec<Track>> {
    let budget = budget()?;
    let prompts: Vec<Prompts> = tracks.iter().map(|track| Prompts::from_box(track.shape)).collect();
    let mut tracker: Option<Tracker> = None;
    while tracks.iter().any(Track::is_active) {
        if tracker.as_ref().is_some_and(|tracker| !tracker.has_time()) {
            tracks.iter_mut().for_each(|track| track.stop(Stop::Budget));
            break;
        }
        let Some(decoded) = frames.next().await else { break };
        let Ok(decoded) = decoded.inspect_err(|error| tracing::warn!(%error, "cannot decode a frame")) else {
            tracks.iter_mut().for_each(|track| track.stop(Stop::Damaged));
            break;
        };
        let (index, pixels) = (decoded.index, Arc::new(decoded.pixels));
        let embedding = match model.encode_frame(call, index, &pixels).await {
            // What was found until here is kept.
            Err(error) if tracker.is_some() && error.status() == ErrorStatus::ServiceUnavailable => {
                tracing::warn!(%error, index, "cannot encode a frame");
                tracks.iter_mut().for_each(|track| track.stop(Stop::Busy));
                break;
            }
            embedding => embedding?,
        };
        let (model, prompts, last) = (model.clone(), prompts.clone(), tracker.take());
        let processed = call.spawn_blocking(move || {
            let segmenter = model.segmenter();
            let Some(mut tracker) = last else {
                return Ok(Tracker::new(segmenter, &pixels, &embedding, &prompts)?.with_budget(budget));
            };
            tracker.locate(segmenter, &pixels, &embedding)?;
            Ok::<_, SegmentError>(tracker)
        });
        let processed = processed.await?.map_err(SegmentError::complaint)?;
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
