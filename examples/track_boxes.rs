//! Follows boxes through a video: from the frame in front of the annotator to the next one that was labelled by hand.

mod correlation_filter;
mod tracker;
mod window;

use std::{env, fmt};

use agent_runtime::media::RgbImage;
use agent_runtime::prelude::*;
use tracker::{BoxTracker, Followed};

/// For how many frames a box is followed at most, unless `TRACK_FRAMES` says.
const FRAMES: u64 = 100;
/// After how many frames the log says how far it is.
const TOLD_EVERY: u64 = 25;

/// Follows the selected boxes over the next frames, until they are lost or a frame was labelled by hand.
///
/// The object gets a box on every frame, marked as not made by hand, with how sure it is. Boxes of programs are replaced,
/// those of people never. `TRACK_FRAMES` says how many frames it is at most.
#[editor_agent(timeout = "10m")]
async fn track_boxes(
    Frame(frame): Frame,
    selected: Selected<BoundingBox>,
    video: VideoFrames,
    row: &mut LabelRow,
) -> Result<String> {
    ensure!(!selected.is_empty(), "Select the boxes to follow.");
    let last = video.frame_count().saturating_sub(1);
    ensure!(frame < last, "Frame {frame} is the last of the video.");
    let limit = frame.saturating_add(frames_at_most()?);
    let mut tracks = selected.iter().map(|object| Track::new(object, row, limit, last)).collect::<Result<Vec<_>>>()?;
    let until = tracks.iter().map(|track| track.until).max().unwrap_or(frame);
    // One frame is here at a time, however many there are: the decoder is two frames ahead, and waits.
    let mut frames = video.range(frame..until + 1)?;
    while tracks.iter().any(Track::goes_on) {
        let Some(seen) = frames.next().await else { break };
        let Ok(seen) = seen.inspect_err(|error| tracing::warn!(%error, "a frame cannot be read")) else {
            tracks.iter_mut().for_each(|track| track.stop(Stop::Damaged));
            break;
        };
        let index = seen.index;
        // Milliseconds for each box, beside the server's threads.
        tracks = tokio::task::spawn_blocking(move || {
            tracks.iter_mut().for_each(|track| track.see(index, &seen.pixels));
            tracks
        })
        .await?;
        if index > frame && (index - frame).is_multiple_of(TOLD_EVERY) {
            let boxes = tracks.iter().filter(|track| track.goes_on()).count();
            tracing::info!(index, until, boxes, "following boxes");
        }
    }
    for track in &tracks {
        tracing::info!(track.hash, "{track}");
        track.write(row)?;
    }
    let followed = tracks.iter().map(Track::to_string).collect::<Vec<_>>().join(" ");
    // The platform shows 256 characters of a message: the sum comes first.
    Ok(match tracks.len() {
        1 => followed,
        count => format!(
            "{} of {count} boxes followed. {followed}",
            tracks.iter().filter(|track| track.is_followed()).count()
        ),
    })
}

/// What `TRACK_FRAMES` says.
fn frames_at_most() -> Result<u64> {
    let Ok(said) = env::var("TRACK_FRAMES") else { return Ok(FRAMES) };
    let frames = said.parse().ok().filter(|frames| *frames > 0);
    frames.or_complain(format!("TRACK_FRAMES is `{said}`: it must be a number of frames."))
}

/// Why a box is not followed any further.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stop {
    Lost,
    Left,
    ByHand,
    Damaged,
    EndOfVideo,
    Limit,
}

/// An object that is followed, and where it was seen.
struct Track {
    hash: String,
    name: String,
    shape: BoundingBox,
    from: u64,
    /// The last frame that it may get a box on, and what is behind that.
    until: u64,
    behind: Stop,
    tracker: Option<BoxTracker>,
    /// The boxes on the frames after `from`, with the confidence in each.
    followed: Vec<(BoundingBox, f64)>,
    stopped: Option<Stop>,
}

impl Track {
    /// Of an object, up to a limit, the last frame of the video, or the next frame on which a person has drawn it.
    fn new(object: &ObjectInstance<BoundingBox>, row: &LabelRow, limit: u64, last: u64) -> Result<Self> {
        let (hash, from) = (object.hash().to_owned(), object.frame());
        let whole = row.object(&hash)?;
        let is_by_hand = |frame: &u64| *frame > from && whole.at(*frame).is_ok_and(|there| there.is_manual());
        let (until, behind) = match whole.frames().find(is_by_hand) {
            Some(by_hand) if by_hand <= limit.min(last) => (by_hand - 1, Stop::ByHand),
            _ if limit < last => (limit, Stop::Limit),
            _ => (last, Stop::EndOfVideo),
        };
        let name = whole.number().map_or(object.class().to_owned(), |number| format!("{} {number}", object.class()));
        let stopped = (until == from).then_some(behind);
        let (shape, tracker, followed) = (object.coordinates, None, Vec::new());
        Ok(Self { hash, name, shape, from, until, behind, tracker, followed, stopped })
    }

    /// Returns whether the object has a box on a further frame.
    fn is_followed(&self) -> bool {
        !self.followed.is_empty()
    }

    fn goes_on(&self) -> bool {
        self.stopped.is_none()
    }

    fn stop(&mut self, why: Stop) {
        self.stopped.get_or_insert(why);
    }

    /// Takes the next frame; the first one is that on which the box was drawn.
    fn see(&mut self, frame: u64, pixels: &RgbImage) {
        if !self.goes_on() {
            return;
        }
        let Some(tracker) = &mut self.tracker else {
            self.tracker = Some(BoxTracker::new(pixels, &self.shape));
            return;
        };
        match tracker.follow(pixels) {
            Followed::To(shape, confidence) => self.followed.push((shape, confidence)),
            Followed::Lost => self.stop(Stop::Lost),
            Followed::Left => self.stop(Stop::Left),
        }
        if frame == self.until {
            self.stop(self.behind);
        }
    }

    /// Gives the object its boxes.
    fn write(&self, row: &mut LabelRow) -> Result<()> {
        for (frame, (shape, confidence)) in (self.from + 1..).zip(&self.followed) {
            row.edit(&self.hash)?.put(frame, *shape)?.at(frame)?.confidence(*confidence)?.automatic()?;
        }
        Ok(())
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.from + self.followed.len() as u64;
        let next = last + 1;
        match self.followed.len() {
            0 => write!(f, "{}: not followed; ", self.name)?,
            1 => write!(f, "{}: followed for 1 frame, to frame {last}; ", self.name)?,
            frames => write!(f, "{}: followed for {frames} frames, to frame {last}; ", self.name)?,
        }
        match self.stopped.unwrap_or(self.behind) {
            Stop::Lost => write!(f, "lost on frame {next}."),
            Stop::Left => write!(f, "out of the image on frame {next}."),
            Stop::ByHand => write!(f, "frame {next} was labelled by hand."),
            Stop::Damaged => write!(f, "frame {next} cannot be read."),
            Stop::EndOfVideo => write!(f, "the video ends there."),
            Stop::Limit => write!(f, "go on from there for more."),
        }
    }
}
