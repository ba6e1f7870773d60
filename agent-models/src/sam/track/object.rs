//! The track of one object.

use agent_platform::labels::{Bitmask, BoundingBox, Point};
use agent_platform::media::RgbImage;

use super::appearance::Appearance;
use crate::sam::error::SegmentError;
use crate::sam::mask::Mask;
use crate::sam::prompts::Prompts;
use crate::sam::segmenter::{Embedding, Segmenter};

/// Distance of the search around the expected place, in sizes of the box.
const REACH: f64 = 1.2;
/// Rate at which the appearance follows the object.
const LEARNING_RATE: f32 = 0.1;
/// Minimum part of the area from which the appearance is learned. Below it, the object is partly hidden.
const MIN_LEARNED_AREA: f32 = 0.85;
/// Maximum area of the box, relative to the object's.
const MAX_BOX_GROWTH: f64 = 2.5;
/// Places that are examined for a lost object.
const PEAKS: usize = 6;
/// Scale of the colour distance.
const COLOUR_SCALE: f32 = 0.25;

/// Maximum side of the picture in which boxes are measured, in pixels.
const MAX_SIDE: u32 = 1024;

/// Limits between the object and others.
struct Limits {
    similarity: f32,
    colour_distance: f32,
    quality: f32,
    /// Area relative to the object's.
    area: [f32; 2],
}

/// Limits for an object that was visible on the last frame.
const VISIBLE: Limits = Limits { similarity: 0.7, colour_distance: 0.25, quality: 0.6, area: [0.45, 1.8] };
/// Limits for an object that was lost.
const LOST: Limits = Limits { similarity: 0.8, colour_distance: 0.12, quality: 0.8, area: [0.5, 1.6] };

/// An object on a frame.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrackedObject {
    /// The box around the visible part, relative to the image.
    pub bounding_box: BoundingBox,
    /// The visible pixels, in the size of the image.
    pub mask: Bitmask,
    /// Product of the predicted quality, and of the similarities of features, colour and area with the object: 0 to 1.
    pub confidence: f64,
}

/// The state of a tracked object.
#[derive(Debug)]
pub(super) struct ObjectTrack {
    appearance: Appearance,
    /// Width and height of the box around the whole object, relative to the image.
    size: [f64; 2],
    shape: BoundingBox,
    /// Mask on the last frame. `None` while the object is lost.
    pub(super) mask: Option<Mask>,
    /// Motion per frame, relative to the image. `None` before the second frame.
    motion: Option<[f64; 2]>,
}

/// A possible mask of the object.
#[derive(Clone)]
struct Candidate {
    mask: Mask,
    appearance: Appearance,
    shape: BoundingBox,
    score: f32,
}

/// A frame with its embedding.
pub(super) struct Scene<'f> {
    segmenter: &'f Segmenter,
    image: &'f RgbImage,
    embedding: &'f Embedding,
}

impl<'f> Scene<'f> {
    /// Combines an image with its embedding.
    pub(super) fn new(
        segmenter: &'f Segmenter,
        image: &'f RgbImage,
        embedding: &'f Embedding,
    ) -> Result<Self, SegmentError> {
        if image.dimensions() != embedding.size() {
            return Err(SegmentError::OtherSize);
        }
        Ok(Self { segmenter, image, embedding })
    }
}

impl ObjectTrack {
    /// Starts the track with the object's prompts on its first frame.
    pub(super) fn new(scene: &Scene<'_>, prompts: &Prompts) -> Result<Self, SegmentError> {
        prompts.check()?;
        let mask = match prompts.mask() {
            // A mask without other prompts is the object itself.
            Some(mask) if prompts.points().is_empty() && prompts.bounding_box().is_none() => Some(mask.clone()),
            _ => scene.segmenter.predict(scene.embedding, prompts)?.into_iter().next(),
        };
        let mask = mask.ok_or(SegmentError::NoObject)?;
        let appearance = Appearance::measure(scene.image, scene.embedding, &mask).ok_or(SegmentError::NoObject)?;
        let shape = bounding_box(&mask, scene.image).ok_or(SegmentError::NoObject)?;
        Ok(Self { appearance, size: [shape.width, shape.height], shape, mask: Some(mask), motion: None })
    }

    /// Locates the object on the next frame. `others` are the masks of other objects there.
    pub(super) fn step(&mut self, scene: &Scene<'_>, others: &[Mask]) -> Result<Option<TrackedObject>, SegmentError> {
        let was_visible = self.mask.is_some();
        let found = if was_visible { self.follow(scene, others)? } else { self.detect(scene, others)? };
        let Some(found) = found else {
            self.mask = None;
            return Ok(None);
        };
        let moved = [centre(&found.shape), centre(&self.shape)];
        let moved = [moved[0].x - moved[1].x, moved[0].y - moved[1].y];
        let motion = self.motion.map_or(moved, |motion| [0, 1].map(|axis| (motion[axis] + moved[axis]) / 2.0));
        self.motion = was_visible.then_some(motion);
        if found.appearance.area >= MIN_LEARNED_AREA * self.appearance.area {
            self.appearance.learn(&found.appearance, LEARNING_RATE);
            let sides = self.size.iter_mut().zip([found.shape.width, found.shape.height]);
            sides.for_each(|(side, found)| *side += (found - *side) * f64::from(LEARNING_RATE));
        }
        self.shape = found.shape;
        let (width, height) = scene.image.dimensions();
        let mask = found.mask.to_bitmask(width, height).map_err(|_| SegmentError::EmptyImage)?;
        self.mask = Some(found.mask);
        Ok(Some(TrackedObject { bounding_box: found.shape, mask, confidence: found.score.clamp(0.0, 1.0).into() }))
    }

    /// Locates a visible object near its expected place.
    fn follow(&self, scene: &Scene<'_>, others: &[Mask]) -> Result<Option<Candidate>, SegmentError> {
        let motion = self.motion.unwrap_or_default();
        let expected = BoundingBox { x: self.shape.x + motion[0], y: self.shape.y + motion[1], ..self.shape };
        let similarities = self.appearance.similarities(scene.embedding);
        let aligned = similarities.align(&expected, REACH);
        // A part of the object may have been hidden on the last frame.
        let whole = similarities.align(&around(centre(&expected), self.size), REACH);
        let boxes = [expected, aligned, whole].into_iter().filter(is_inside);
        let mut prompts: Vec<Prompts> = boxes.map(Prompts::from_box).collect();
        prompts.extend(Some(centre(&aligned)).filter(is_on_image).map(Prompts::from_point));
        self.best(scene, &prompts, &VISIBLE, others)
    }

    /// Locates a lost object anywhere.
    fn detect(&self, scene: &Scene<'_>, others: &[Mask]) -> Result<Option<Candidate>, SegmentError> {
        let peaks = self.appearance.similarities(scene.embedding).peaks(PEAKS);
        let free = peaks.into_iter().filter(|peak| !others.iter().any(|other| other.contains(*peak)));
        let prompts: Vec<Prompts> = free.map(Prompts::from_point).collect();
        self.best(scene, &prompts, &LOST, others)
    }

    /// Predicts masks for the prompts, and refines the best one within the limits by its own box.
    fn best(
        &self,
        scene: &Scene<'_>,
        prompts: &[Prompts],
        limits: &Limits,
        others: &[Mask],
    ) -> Result<Option<Candidate>, SegmentError> {
        let masks = scene.segmenter.predict_all(scene.embedding, prompts)?;
        let is_free = |candidate: &Candidate| others.iter().all(|other| other.overlap(&candidate.mask) < 0.5);
        let candidates = masks.into_iter().flatten().filter_map(|mask| self.candidate(scene, mask));
        let within = candidates.filter(|candidate| self.is_within(candidate, limits)).filter(is_free);
        let Some(best) = within.max_by(|one, other| one.score.total_cmp(&other.score)) else { return Ok(None) };
        let refined = scene.segmenter.predict(scene.embedding, &Prompts::from_box(best.shape))?;
        let refined = refined.into_iter().next().and_then(|mask| self.candidate(scene, mask));
        let refined = refined.filter(|candidate| self.is_within(candidate, limits) && is_free(candidate));
        Ok(Some(refined.filter(|candidate| candidate.score > best.score).unwrap_or(best)))
    }

    fn candidate(&self, scene: &Scene<'_>, mask: Mask) -> Option<Candidate> {
        let appearance = Appearance::measure(scene.image, scene.embedding, &mask)?;
        let shape = bounding_box(&mask, scene.image)?;
        let ratio = appearance.area / self.appearance.area;
        let colour = (-(appearance.colour_distance(&self.appearance) / COLOUR_SCALE).powi(2)).exp();
        // 1 for the same area, 0.8 for the half or the double.
        let size = (-ratio.ln().powi(2) / 2.0).exp();
        let similarity = appearance.similarity(&self.appearance).max(0.0);
        let score = similarity * colour * size * mask.quality().clamp(0.0, 1.0);
        Some(Candidate { mask, appearance, shape, score })
    }

    fn is_within(&self, candidate: &Candidate, limits: &Limits) -> bool {
        let ratio = candidate.appearance.area / self.appearance.area;
        candidate.appearance.similarity(&self.appearance) >= limits.similarity
            && candidate.appearance.colour_distance(&self.appearance) <= limits.colour_distance
            && candidate.mask.quality() >= limits.quality
            && (limits.area[0]..=limits.area[1]).contains(&ratio)
            && candidate.shape.area() <= MAX_BOX_GROWTH * self.size[0] * self.size[1]
    }
}

/// Returns the box around a mask, with the precision of the image's pixels.
fn bounding_box(mask: &Mask, image: &RgbImage) -> Option<BoundingBox> {
    let (width, height) = image.dimensions();
    let [width, height] = [width, height].map(|side| side.clamp(1, MAX_SIDE));
    let (mut first, mut last) = ([u32::MAX; 2], [0; 2]);
    for (row, y) in mask.render(width, height).chunks_exact(width as usize).zip(0..) {
        for (_, x) in row.iter().zip(0..).filter(|(inside, _)| **inside) {
            for (axis, at) in [x, y].into_iter().enumerate() {
                first[axis] = first[axis].min(at);
                last[axis] = last[axis].max(at + 1);
            }
        }
    }
    let relative = |at: u32, length: u32| f64::from(at) / f64::from(length);
    (last[0] > 0).then(|| BoundingBox {
        x: relative(first[0], width),
        y: relative(first[1], height),
        width: relative(last[0] - first[0], width),
        height: relative(last[1] - first[1], height),
    })
}

/// Returns the box of a size around a point.
fn around(centre: Point, [width, height]: [f64; 2]) -> BoundingBox {
    BoundingBox { x: centre.x - width / 2.0, y: centre.y - height / 2.0, width, height }
}

fn centre(shape: &BoundingBox) -> Point {
    Point::new(shape.x + shape.width / 2.0, shape.y + shape.height / 2.0)
}

fn is_on_image(point: &Point) -> bool {
    (0.0..=1.0).contains(&point.x) && (0.0..=1.0).contains(&point.y)
}

/// Returns whether part of a box is inside the image.
fn is_inside(shape: &BoundingBox) -> bool {
    shape.x < 1.0 && shape.y < 1.0 && shape.x + shape.width > 0.0 && shape.y + shape.height > 0.0
}
