//! Prompts for one object.

use agent_platform::labels::{BoundingBox, Point};

use super::error::SegmentError;
use super::mask::Mask;

/// Maximum points per object. The time per prompt grows with them.
pub const MAX_POINTS: usize = 64;

/// Membership of a point in the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polarity {
    /// The point is on the object.
    Positive,
    /// The point is not on the object.
    Negative,
}

/// The prompts for one object: points, a box and a mask in any combination.
///
/// Coordinates are relative to the image: 0 to 1 from the left and the top.
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct Prompts {
    pub(super) points: Vec<(Point, Polarity)>,
    pub(super) bounding_box: Option<BoundingBox>,
    pub(super) mask: Option<Mask>,
}

impl Prompts {
    /// Creates prompts without any content.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates prompts with one point on the object.
    pub fn from_point(point: Point) -> Self {
        Self::new().with_point(point, Polarity::Positive)
    }

    /// Creates prompts with the box around the object.
    pub fn from_box(bounding_box: BoundingBox) -> Self {
        Self::new().with_box(bounding_box)
    }

    /// Adds a point on the object, or outside of it.
    pub fn with_point(mut self, point: Point, polarity: Polarity) -> Self {
        self.points.push((point, polarity));
        self
    }

    /// Sets the box around the object.
    pub fn with_box(mut self, bounding_box: BoundingBox) -> Self {
        self.bounding_box = Some(bounding_box);
        self
    }

    /// Sets a previous mask of the object, which the other prompts refine.
    pub fn with_mask(mut self, mask: Mask) -> Self {
        self.mask = Some(mask);
        self
    }

    /// The points, in the order in which they were added.
    #[must_use]
    pub fn points(&self) -> &[(Point, Polarity)] {
        &self.points
    }

    /// The box around the object.
    #[must_use]
    pub fn bounding_box(&self) -> Option<&BoundingBox> {
        self.bounding_box.as_ref()
    }

    /// The previous mask.
    #[must_use]
    pub fn mask(&self) -> Option<&Mask> {
        self.mask.as_ref()
    }

    /// Returns whether the prompts are a single point.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.points.len() == 1 && self.bounding_box.is_none() && self.mask.is_none()
    }

    /// Checks the number and the coordinates of the prompts.
    pub(super) fn check(&self) -> Result<(), SegmentError> {
        if self.points.is_empty() && self.bounding_box.is_none() && self.mask.is_none() {
            return Err(SegmentError::NoPrompt);
        }
        if self.points.len() > MAX_POINTS {
            return Err(SegmentError::TooManyPoints { given: self.points.len(), max: MAX_POINTS });
        }
        let inside = |x: f64, y: f64| (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y);
        let points = self.points.iter().all(|(point, _)| inside(point.x, point.y));
        let boxes = self.bounding_box.iter().all(|shape| {
            let (right, bottom) = (shape.x + shape.width, shape.y + shape.height);
            shape.width > 0.0 && shape.height > 0.0 && right > 0.0 && bottom > 0.0 && shape.x < 1.0 && shape.y < 1.0
        });
        if points && boxes { Ok(()) } else { Err(SegmentError::Outside) }
    }
}
