//! Circles and ellipses.

use super::fields::{numbers, object};
use super::finite::finite;

/// A circle, which may be stretched (contract: `docs/contract/label-format.md#geometry`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circle {
    /// The centre, from the left: normally 0 to 1.
    pub x: f64,
    /// The centre, from the top: normally 0 to 1.
    pub y: f64,
    /// The radius relative to the image's width.
    pub radius: f64,
    /// Stretch factor. 1: not stretched.
    pub stretch: f64,
    /// Rotation in degrees.
    pub theta: f64,
}

impl Circle {
    pub(super) const KEY: &'static str = "circle";

    /// A circle that is neither stretched nor turned.
    #[must_use]
    pub const fn new(x: f64, y: f64, radius: f64) -> Self {
        Self { x, y, radius, stretch: 1.0, theta: 0.0 }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let [x, y, radius, stretch, theta] = numbers(text, ["x", "y", "r", "stretch", "theta"]);
        Some(Self { x: x?, y: y?, radius: radius?, stretch: stretch.unwrap_or(1.0), theta: theta.unwrap_or(0.0) })
    }

    pub(super) fn to_json(self) -> String {
        let Self { x, y, radius, stretch, theta } = self;
        object(&[("x", x), ("y", y), ("r", radius), ("stretch", stretch), ("theta", theta)])
    }
}

finite!(Circle, [self => [self.x, self.y, self.radius, self.stretch, self.theta]]);

/// An ellipse (contract: `docs/contract/label-format.md#geometry`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ellipse {
    /// The centre, from the left: normally 0 to 1.
    pub x: f64,
    /// The centre, from the top: normally 0 to 1.
    pub y: f64,
    /// The horizontal radius relative to the image's width.
    pub rx: f64,
    /// The vertical radius relative to the image's height.
    pub ry: f64,
    /// Rotation in degrees.
    pub theta: f64,
}

impl Ellipse {
    pub(super) const KEY: &'static str = "ellipse";

    pub(super) fn parse(text: &str) -> Option<Self> {
        let [x, y, rx, ry, theta] = numbers(text, ["x", "y", "rx", "ry", "theta"]);
        Some(Self { x: x?, y: y?, rx: rx?, ry: ry?, theta: theta.unwrap_or(0.0) })
    }

    pub(super) fn to_json(self) -> String {
        let Self { x, y, rx, ry, theta } = self;
        object(&[("x", x), ("y", y), ("rx", rx), ("ry", ry), ("theta", theta)])
    }
}

finite!(Ellipse, [self => [self.x, self.y, self.rx, self.ry, self.theta]]);
