//! Tracks boxes through a video, from the current frame to the next manually labelled frame.

mod correlation_filter;
#[cfg(feature = "sam")]
mod prompted;
mod tracker;
mod window;

use std::{env, fmt};

use agent_runtime::media::RgbImage;
use agent_runtime::prelude::*;
use tracker::{BoxTracker, Tracked};

/// Default of `TRACK_FRAMES`: the maximum number of frames to track a box.
const DEFAULT_MAX_FRAMES: u64 = 100;
/// Interval of progress messages in the log, in frames.
const LOG_INTERVAL: u64 = 25;

/// Tracks the selected boxes over the next frames, until they are lost or a frame was labelled manually.
///
/// The object gets a box on every frame, marked as automatic and with a confidence. Automatic boxes are replaced,
/// manual ones never. `TRACK_FRAMES` is the maximum number of frames.
#[cfg(not(feature = "sam"))]
#[editor_agent(timeout = "10m")]
async fn track_boxes(
    Frame(frame): Frame,
    selected: Selected<BoundingBox>,
    video: VideoFrames,
    row: &mut LabelRow,
) -> Result<String> {
    let (tracks, frames) = begin(frame, &selected, video, row)?;
    finish(&by_correlation(tracks, frames).await?, row)
}

/// Tracks the selected boxes over the next frames, until they are lost or a frame was labelled manually.
///
/// The object gets a box on every frame, marked as automatic and with a confidence. Automatic boxes are replaced,
/// manual ones never. `TRACK_FRAMES` is the maximum number of frames. With a model in `SAM_MODEL`, hidden objects are
/// found again, and `TRACK_SECONDS` is the time budget.
#[cfg(feature = "sam")]
#[editor_agent(timeout = "10m")]
async fn track_boxes(
    call: EditorCall,
    model: Option<State<agent_models::sam::SharedSegmenter>>,
    Frame(frame): Frame,
    selected: Selected<BoundingBox>,
    video: VideoFrames,
    row: &mut LabelRow,
) -> Result<String> {
    let (tracks, frames) = begin(frame, &selected, video, row)?;
    let tracks = match model {
        Some(State(model)) => prompted::tracked(&call, &model, tracks, frames).await?,
        None => by_correlation(tracks, frames).await?,
    };
    finish(&tracks, row)
}

/// Creates the tracks, and starts to decode their frames.
fn begin(
    frame: u64,
    selected: &Selected<BoundingBox>,
    video: VideoFrames,
    row: &LabelRow,
) -> Result<(Vec<Track>, FrameStream)> {
    ensure!(!selected.is_empty(), "Select the boxes to track.");
    let last = video.frame_count().saturating_sub(1);
    ensure!(frame < last, "Frame {frame} is the last of the video.");
    let limit = frame.saturating_add(max_frames()?);
    let tracks = selected.iter().map(|object| Track::new(object, row, limit, last)).collect::<Result<Vec<_>>>()?;
    let until = tracks.iter().map(|track| track.until).max().unwrap_or(frame);
    // One frame is in memory at a time: the decoder is at most two frames ahead (backpressure).
    Ok((tracks, video.range(frame..until + 1)?))
}

/// Tracks the boxes with correlation filters.
async fn by_correlation(mut tracks: Vec<Track>, mut frames: FrameStream) -> Result<Vec<Track>> {
    while tracks.iter().any(Track::is_active) {
        let Some(decoded) = frames.next().await else { break };
        let Ok(decoded) = decoded.inspect_err(|error| tracing::warn!(%error, "cannot decode a frame")) else {
            tracks.iter_mut().for_each(|track| track.stop(Stop::Damaged));
            break;
        };
        let index = decoded.index;
        // Takes milliseconds per box, so it runs on the blocking thread pool.
        tracks = tokio::task::spawn_blocking(move || {
            tracks.iter_mut().for_each(|track| track.process(index, &decoded.pixels));
            tracks
        })
        .await?;
        log_progress(index, &tracks);
    }
    Ok(tracks)
}

/// Logs the progress at intervals.
fn log_progress(index: u64, tracks: &[Track]) {
    let from = tracks.first().map_or(index, |track| track.from);
    if index > from && (index - from).is_multiple_of(LOG_INTERVAL) {
        let boxes = tracks.iter().filter(|track| track.is_active()).count();
        tracing::info!(index, boxes, "tracking boxes");
    }
}

/// Writes the tracks, and returns the message for the annotator.
fn finish(tracks: &[Track], row: &mut LabelRow) -> Result<String> {
    for track in tracks {
        tracing::info!(track.hash, "{track}");
        track.write(row)?;
    }
    let tracked = tracks.iter().map(Track::to_string).collect::<Vec<_>>().join(" ");
    // The platform shows 256 characters of a message, so the summary comes first.
    Ok(match tracks.len() {
        1 => tracked,
        count => {
            format!("{} of {count} boxes tracked. {tracked}", tracks.iter().filter(|track| track.is_tracked()).count())
        }
    })
}

/// Returns the value of `TRACK_FRAMES`, or the default.
fn max_frames() -> Result<u64> {
    let Ok(said) = env::var("TRACK_FRAMES") else { return Ok(DEFAULT_MAX_FRAMES) };
    let frames = said.parse().ok().filter(|frames| *frames > 0);
    frames.or_complain(format!("TRACK_FRAMES must be a positive number of frames, not `{said}`."))
}

/// Reason for the end of a track.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stop {
    Lost,
    Left,
    ManualBox,
    Damaged,
    EndOfVideo,
    Limit,
    #[cfg(feature = "sam")]
    Budget,
    #[cfg(feature = "sam")]
    Busy,
}

/// The track of an object.
struct Track {
    hash: String,
    name: String,
    shape: BoundingBox,
    from: u64,
    /// Last frame to track.
    until: u64,
    /// Reason for the end at `until`.
    end_reason: Stop,
    tracker: Option<BoxTracker>,
    /// Frames after `from`, with boxes and their confidence.
    boxes: Vec<(u64, BoundingBox, f64)>,
    stopped: Option<Stop>,
}

impl Track {
    /// Creates a track up to `limit`, the last frame of the video, or the next manual box of the object.
    fn new(object: &ObjectInstance<BoundingBox>, row: &LabelRow, limit: u64, last: u64) -> Result<Self> {
        let (hash, from) = (object.hash().to_owned(), object.frame());
        let whole = row.object(&hash)?;
        let is_manual = |frame: &u64| *frame > from && whole.at(*frame).is_ok_and(|there| there.is_manual());
        let (until, end_reason) = match whole.frames().find(is_manual) {
            Some(manual) if manual <= limit.min(last) => (manual - 1, Stop::ManualBox),
            _ if limit < last => (limit, Stop::Limit),
            _ => (last, Stop::EndOfVideo),
        };
        let name = whole.number().map_or(object.class().to_owned(), |number| format!("{} {number}", object.class()));
        let stopped = (until == from).then_some(end_reason);
        let (shape, tracker, boxes) = (object.coordinates, None, Vec::new());
        Ok(Self { hash: hash.to_string(), name, shape, from, until, end_reason, tracker, boxes, stopped })
    }

    /// Returns whether the object was found on at least one frame.
    fn is_tracked(&self) -> bool {
        !self.boxes.is_empty()
    }

    fn is_active(&self) -> bool {
        self.stopped.is_none()
    }

    fn stop(&mut self, why: Stop) {
        self.stopped.get_or_insert(why);
    }

    /// Processes the next frame. The first one is the frame with the selected box.
    fn process(&mut self, frame: u64, pixels: &RgbImage) {
        if !self.is_active() {
            return;
        }
        let Some(tracker) = &mut self.tracker else {
            self.tracker = Some(BoxTracker::new(pixels, &self.shape));
            return;
        };
        match tracker.track(pixels) {
            Tracked::At(shape, confidence) => self.boxes.push((frame, shape, confidence)),
            Tracked::Lost => self.stop(Stop::Lost),
            Tracked::Left => self.stop(Stop::Left),
        }
        if frame == self.until {
            self.stop(self.end_reason);
        }
    }

    /// Writes the boxes to the label row.
    fn write(&self, row: &mut LabelRow) -> Result<()> {
        for (frame, shape, confidence) in &self.boxes {
            row.edit(&self.hash)?.put(*frame, *shape)?.at(*frame)?.confidence(*confidence)?.automatic()?;
        }
        Ok(())
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.boxes.last().map_or(self.from, |(frame, ..)| *frame);
        let next = last + 1;
        match self.boxes.len() {
            0 => write!(f, "{}: not tracked; ", self.name)?,
            1 => write!(f, "{}: tracked for 1 frame, to frame {last}; ", self.name)?,
            frames => write!(f, "{}: tracked for {frames} frames, to frame {last}; ", self.name)?,
        }
        match self.stopped.unwrap_or(self.end_reason) {
            Stop::Lost => write!(f, "lost on frame {next}."),
            Stop::Left => write!(f, "out of the image on frame {next}."),
            Stop::ManualBox => write!(f, "frame {next} was labelled manually."),
            Stop::Damaged => write!(f, "frame {next} cannot be read."),
            Stop::EndOfVideo => write!(f, "the video ends there."),
            #[cfg(feature = "sam")]
            Stop::Budget => write!(f, "time budget spent, continue from there."),
            #[cfg(feature = "sam")]
            Stop::Busy => write!(f, "the server has no memory left, continue from there."),
            Stop::Limit => write!(f, "frame limit reached, continue from there."),
        }
    }
}
