//! Tracking of objects through a video with the segmenter.

mod appearance;
mod object;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use agent_platform::media::{Cancellation, RgbImage};

pub use object::TrackedObject;
use object::{ObjectTrack, Scene};

use super::error::SegmentError;
use super::mask::Mask;
use super::prompts::Prompts;
use super::segmenter::{Embedding, Segmenter};

/// Default of the time budget.
pub const DEFAULT_TRACK_BUDGET: Duration = Duration::from_secs(60);

/// Reason for which tracking stopped before the frames ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrackEnd {
    /// The next frame would exceed the time budget.
    Budget,
    /// The caller cancelled the work.
    Cancelled,
}

/// A tracker of objects through the frames of a video.
///
/// On each frame, it predicts an object's mask from its box, moved by its motion and to similar features. An object is lost
/// while no mask has a similar feature, colour and area: it is hidden, or left the image. A lost object is searched on the
/// whole frame.
///
/// The tracker keeps what it found when its time budget is spent, when it is cancelled, and after an error.
///
/// ```no_run
/// use agent_models::sam::{Prompts, Segmenter, Tracker};
/// use agent_platform::media::{Cancellation, RgbImage};
///
/// # fn track(segmenter: &Segmenter, frames: Vec<RgbImage>, prompts: Prompts) -> Result<(), agent_models::sam::SegmentError> {
/// let mut frames = frames.iter();
/// let Some(first) = frames.next() else { return Ok(()) };
/// let mut tracker = Tracker::new(segmenter, first, &segmenter.encode(first)?, &[prompts])?;
/// let cancellation = Cancellation::default();
/// for frame in frames {
///     if tracker.process(segmenter, frame, &cancellation)?.is_break() {
///         break;
///     }
/// }
/// let visible = tracker.tracks()[0].iter().flatten().count();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Tracker {
    objects: Vec<ObjectTrack>,
    tracks: Vec<Vec<Option<TrackedObject>>>,
    started: Instant,
    budget: Duration,
    /// Time of the slowest frame.
    slowest: Duration,
    /// The time at which the work on the next frame begins.
    frame_start: Instant,
}

impl Tracker {
    /// Starts tracking the objects with these prompts on a frame. Default: a time budget of 60 s, which starts now.
    ///
    /// # Errors
    /// The prompts of an object are missing, too many, outside the image, or not on an object.
    pub fn new(
        segmenter: &Segmenter,
        image: &RgbImage,
        embedding: &Embedding,
        objects: &[Prompts],
    ) -> Result<Self, SegmentError> {
        let started = Instant::now();
        let scene = Scene::new(segmenter, image, embedding)?;
        let objects = objects.iter().map(|prompts| ObjectTrack::new(&scene, prompts)).collect::<Result<Vec<_>, _>>()?;
        let tracks = objects.iter().map(|_| Vec::new()).collect();
        Ok(Self {
            objects,
            tracks,
            started,
            budget: DEFAULT_TRACK_BUDGET,
            slowest: Duration::ZERO,
            frame_start: Instant::now(),
        })
    }

    /// Sets the time budget, from the start of the tracker.
    #[must_use]
    pub fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// Encodes the next frame, and locates the objects on it. Breaks if the time budget does not suffice for the frame, or
    /// the work was cancelled.
    ///
    /// # Errors
    /// The image has no pixels.
    pub fn process(
        &mut self,
        segmenter: &Segmenter,
        image: &RgbImage,
        cancellation: &Cancellation,
    ) -> Result<ControlFlow<TrackEnd>, SegmentError> {
        self.frame_start = Instant::now();
        if !self.has_time() {
            return Ok(ControlFlow::Break(TrackEnd::Budget));
        }
        let embedding = match segmenter.encode_until(image, cancellation) {
            Err(SegmentError::Cancelled) => return Ok(ControlFlow::Break(TrackEnd::Cancelled)),
            embedding => embedding?,
        };
        self.locate(segmenter, image, &embedding)?;
        Ok(ControlFlow::Continue(()))
    }

    /// Returns whether the time budget suffices for another frame like the slowest one. The time of a frame that is passed to
    /// [`locate`](Self::locate) begins after the previous frame, and so includes its encoding.
    #[must_use]
    pub fn has_time(&self) -> bool {
        self.started.elapsed() + self.slowest <= self.budget
    }

    /// Locates the objects on the next frame, which was encoded. Ignores the time budget: see [`has_time`](Self::has_time).
    ///
    /// # Errors
    /// The image has no pixels, or another size than its embedding.
    pub fn locate(
        &mut self,
        segmenter: &Segmenter,
        image: &RgbImage,
        embedding: &Embedding,
    ) -> Result<(), SegmentError> {
        let scene = Scene::new(segmenter, image, embedding)?;
        // Visible objects come first, so that a lost object is not found in their place.
        let mut order: Vec<usize> = (0..self.objects.len()).collect();
        order.sort_by_key(|object| self.objects[*object].mask.is_none());
        let mut masks: Vec<Mask> = Vec::new();
        let mut found = vec![None; order.len()];
        for object in order {
            found[object] = self.objects[object].step(&scene, &masks)?;
            masks.extend(self.objects[object].mask.clone());
        }
        self.tracks.iter_mut().zip(found).for_each(|(track, found)| track.push(found));
        self.slowest = self.slowest.max(self.frame_start.elapsed());
        self.frame_start = Instant::now();
        Ok(())
    }

    /// The objects on each processed frame after the first, in the order of their prompts. `None`: not visible.
    #[must_use]
    pub fn tracks(&self) -> &[Vec<Option<TrackedObject>>] {
        &self.tracks
    }
}
