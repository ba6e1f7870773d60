//! Boxes.

use super::fields::{numbers, object};
use super::finite::finite;

/// A box along the axes of the image (contract: `docs/contract/label-format.md#geometry`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundingBox {
    /// The left edge, from the left: normally 0 to 1.
    pub x: f64,
    /// The top edge, from the top: normally 0 to 1.
    pub y: f64,
    /// The width relative to the image.
    pub width: f64,
    /// The height relative to the image.
    pub height: f64,
}

impl BoundingBox {
    /// Creates a box from its left edge, top edge, width and height, relative to the image, 0 to 1.
    #[must_use]
    pub const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    pub(super) const KEY: &'static str = "boundingBox";

    pub(super) fn parse(text: &str) -> Option<Self> {
        let [x, y, width, height] = numbers(text, ["x", "y", "w", "h"]);
        Some(Self { x: x?, y: y?, width: width?, height: height? })
    }

    pub(super) fn to_json(self) -> String {
        object(&[("h", self.height), ("w", self.width), ("x", self.x), ("y", self.y)])
    }

    /// The part of the image that it covers, with sides 1.
    #[must_use]
    pub fn area(&self) -> f64 {
        self.width * self.height
    }

    /// Returns the intersection over union with another box, 0 to 1.
    #[must_use]
    pub fn intersection_over_union(&self, other: &Self) -> f64 {
        let width = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let height = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        let shared = width.max(0.0) * height.max(0.0);
        let either = self.area() + other.area() - shared;
        if either > 0.0 { shared / either } else { 0.0 }
    }
}

finite!(BoundingBox, [self => [self.x, self.y, self.width, self.height]]);

/// A box turned about its centre (contract: `docs/contract/label-format.md#geometry`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RotatableBoundingBox {
    /// The left edge before turning, from the left: normally 0 to 1.
    pub x: f64,
    /// The top edge before turning, from the top: normally 0 to 1.
    pub y: f64,
    /// The width relative to the image.
    pub width: f64,
    /// The height relative to the image.
    pub height: f64,
    /// Rotation in degrees, clockwise on the screen.
    pub theta: f64,
}

impl RotatableBoundingBox {
    pub(super) const KEY: &'static str = "rotatableBoundingBox";

    /// The corners in pixels of an image of this size, clockwise from the one that is upper left before turning. It is
    /// turned in pixels: relative coordinates would shear it.
    #[must_use]
    pub fn corners(&self, width: f64, height: f64) -> [[f64; 2]; 4] {
        let (wide, high) = (self.width * width, self.height * height);
        let (centre_x, centre_y) = (self.x * width + wide / 2.0, self.y * height + high / 2.0);
        let (sin, cos) = self.theta.to_radians().sin_cos();
        [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(x, y)| {
            let (x, y) = (x * wide / 2.0, y * high / 2.0);
            [centre_x + x * cos - y * sin, centre_y + x * sin + y * cos]
        })
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let [x, y, width, height, theta] = numbers(text, ["x", "y", "w", "h", "theta"]);
        Some(Self { x: x?, y: y?, width: width?, height: height?, theta: theta? })
    }

    pub(super) fn to_json(self) -> String {
        let Self { x, y, width, height, theta } = self;
        object(&[("h", height), ("w", width), ("x", x), ("y", y), ("theta", theta)])
    }
}

finite!(RotatableBoundingBox, [self => [self.x, self.y, self.width, self.height, self.theta]]);
