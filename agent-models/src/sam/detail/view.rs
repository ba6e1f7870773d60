//! Views of an image: the parts that are encoded, and the conversion of coordinates.

use agent_platform::labels::{BoundingBox, Point};
use agent_platform::media::PixelBox;

use super::super::mask::Mask;
use super::super::numbers::real;
use super::super::prompts::{Polarity, Prompts};

/// Side of the crop, relative to the longer side of the box.
const AROUND: f64 = 2.0;
/// Minimum enlargement of a crop. Below, a crop shows what the whole image shows.
const MIN_ZOOM: f64 = 1.25;
/// Minimum side of a crop, in pixels.
const MIN_SIDE: f64 = 64.0;

/// A view of an image: a part of it, possibly mirrored left to right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    /// The part of the image, in relative coordinates.
    part: BoundingBox,
    mirrored: bool,
    /// Scale of the view, relative to that of the whole image.
    zoom: f64,
}

impl View {
    /// Returns the view of the whole image.
    pub(super) fn whole() -> Self {
        Self { part: BoundingBox { x: 0.0, y: 0.0, width: 1.0, height: 1.0 }, mirrored: false, zoom: 1.0 }
    }

    /// Returns the view of the mirror image.
    pub(super) fn mirrored() -> Self {
        Self { mirrored: true, ..Self::whole() }
    }

    /// Returns the view around the box and the positive points of an object, with its pixels. `None` without a box, or if
    /// it would hardly enlarge the image.
    pub(super) fn around(prompts: &Prompts, (width, height): (u32, u32)) -> Option<(Self, PixelBox)> {
        let shape = prompts.bounding_box()?;
        let (mut first, mut last) = ([shape.x, shape.y], [shape.x + shape.width, shape.y + shape.height]);
        for (point, _) in prompts.points().iter().filter(|(_, polarity)| *polarity == Polarity::Positive) {
            for (axis, at) in [point.x, point.y].into_iter().enumerate() {
                first[axis] = first[axis].min(at);
                last[axis] = last[axis].max(at);
            }
        }
        let lengths = [width, height];
        let pixels = |edges: [f64; 2]| [0, 1].map(|axis| edges[axis].clamp(0.0, 1.0) * f64::from(lengths[axis]));
        let (first, last) = (pixels(first), pixels(last));
        let side = ((last[0] - first[0]).max(last[1] - first[1]) * AROUND).max(MIN_SIDE);
        let span = |axis: usize| {
            let length = f64::from(lengths[axis]);
            let side = side.min(length);
            let from = ((first[axis] + last[axis] - side) / 2.0).clamp(0.0, length - side);
            let to = pixel((from + side).ceil()).min(lengths[axis]);
            (pixel(from), to - pixel(from))
        };
        let ((x, columns), (y, rows)) = (span(0), span(1));
        let zoom = f64::from(width.max(height)) / f64::from(columns.max(rows));
        let pixels = PixelBox { x, y, width: columns, height: rows };
        let view = Self { part: pixels.relative(width, height), mirrored: false, zoom };
        (zoom >= MIN_ZOOM).then_some((view, pixels))
    }

    /// Weight of the logits: the scale, because enlarged borders are more precise.
    pub(super) fn weight(&self) -> f32 {
        single(self.zoom)
    }

    /// Converts prompts to the view. Negative points outside of it are dropped. `extent` is the part of the encoder's
    /// input that the view covers.
    pub(super) fn prompts(&self, prompts: &Prompts, extent: [f32; 2]) -> Prompts {
        let mut converted = Prompts::new();
        for (point, polarity) in prompts.points() {
            let (x, y) = self.to_view(point.x, point.y);
            // Positive points are in the view, except for rounding.
            if *polarity == Polarity::Positive || is_inside(x, y) {
                converted = converted.with_point(Point::new(x.clamp(0.0, 1.0), y.clamp(0.0, 1.0)), *polarity);
            }
        }
        if let Some(shape) = prompts.bounding_box() {
            let edge = |at: f64| at.clamp(0.0, 1.0);
            let (one, top) = self.to_view(edge(shape.x), edge(shape.y));
            let (other, bottom) = self.to_view(edge(shape.x + shape.width), edge(shape.y + shape.height));
            let (left, right) = (one.min(other), one.max(other));
            converted = converted.with_box(BoundingBox { x: left, y: top, width: right - left, height: bottom - top });
        }
        match prompts.mask() {
            Some(mask) if *self == Self::whole() => converted.with_mask(mask.clone()),
            Some(mask) => converted.with_mask(Mask::sampled(extent, |x, y| {
                let (x, y) = self.to_image(x, y);
                mask.logit_at(single(x), single(y))
            })),
            None => converted,
        }
    }

    /// Returns the logit of a mask of this view at a point of the image, in relative coordinates. `None` outside the view.
    pub(super) fn logit_at(&self, mask: &Mask, x: f64, y: f64) -> Option<f32> {
        let (x, y) = self.to_view(x, y);
        is_inside(x, y).then(|| mask.logit_at(single(x), single(y)))
    }

    /// Returns the intersection over union of the masks of two views.
    pub(super) fn overlap((view, mask): (&Self, &Mask), (other_view, other): (&Self, &Mask)) -> f32 {
        let [width, height] = mask.covered();
        let at = |index: usize, length: usize| f64::from((real(index) + 0.5) / real(length));
        let (mut both, mut either) = (0, 0);
        for (place, inside) in mask.bits().enumerate() {
            let (x, y) = view.to_image(at(place % width, width), at(place / width, height));
            let other = other_view.logit_at(other, x, y).is_some_and(|logit| logit > 0.0);
            both += usize::from(inside && other);
            either += usize::from(inside || other);
        }
        if either == 0 { 0.0 } else { real(both) / real(either) }
    }

    /// Converts a point of the image to the view, both in relative coordinates.
    fn to_view(self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = ((x - self.part.x) / self.part.width, (y - self.part.y) / self.part.height);
        (if self.mirrored { 1.0 - x } else { x }, y)
    }

    /// Converts a point of the view to the image, both in relative coordinates.
    fn to_image(self, x: f64, y: f64) -> (f64, f64) {
        let x = if self.mirrored { 1.0 - x } else { x };
        (self.part.x + x * self.part.width, self.part.y + y * self.part.height)
    }
}

fn is_inside(x: f64, y: f64) -> bool {
    (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y)
}

/// Rounds down to a number of pixels.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn pixel(number: f64) -> u32 {
    number as u32
}

#[expect(clippy::cast_possible_truncation, reason = "relative coordinates and scales")]
fn single(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (u32, u32) = (640, 480);

    fn around(x: f64, y: f64, width: f64, height: f64) -> Option<[u32; 4]> {
        let prompts = Prompts::from_box(BoundingBox { x, y, width, height });
        View::around(&prompts, SIZE).map(|(_, pixels)| [pixels.x, pixels.y, pixels.width, pixels.height])
    }

    #[test]
    fn crops_twice_the_box_within_the_image() {
        assert_eq!(around(0.5, 0.5, 0.125, 0.125), Some([280, 190, 160, 160]));
        assert_eq!(around(0.0, 0.5, 0.125, 0.125), Some([0, 190, 160, 160]));
        assert_eq!(around(0.875, 0.875, 0.5, 0.5), Some([480, 320, 160, 160]));
    }

    #[test]
    fn does_not_crop_around_large_boxes() {
        assert_eq!(around(0.2, 0.2, 0.45, 0.2), None);
        assert_eq!(around(0.0, 0.0, 1.0, 1.0), None);
        assert!(View::around(&Prompts::from_point(Point::new(0.5, 0.5)), SIZE).is_none());
    }

    #[test]
    fn crops_at_least_64_pixels_of_larger_images() {
        let shape = BoundingBox { x: 0.5, y: 0.5, width: 0.001, height: 0.001 };
        let (_, pixels) = View::around(&Prompts::from_box(shape), SIZE).unwrap();
        assert!(pixels.width >= 64 && pixels.width <= 65, "{pixels:?}");
        let small = View::around(&Prompts::from_box(shape), (50, 40));
        assert!(small.is_none());
    }

    #[test]
    fn crop_contains_positive_points_and_drops_others() {
        let shape = BoundingBox { x: 0.5, y: 0.5, width: 0.05, height: 0.05 };
        let prompts = Prompts::from_box(shape)
            .with_point(Point::new(0.3, 0.5), Polarity::Positive)
            .with_point(Point::new(0.9, 0.9), Polarity::Negative);
        let (view, _) = View::around(&prompts, SIZE).unwrap();
        let converted = view.prompts(&prompts, [1.0, 1.0]);
        assert_eq!(converted.points().len(), 1);
        assert!(converted.check().is_ok());
    }

    #[test]
    fn mirrors_points_boxes_and_masks() {
        let shape = BoundingBox { x: 0.125, y: 0.25, width: 0.25, height: 0.5 };
        let mask = Mask::sampled([1.0, 0.75], |x, _| single(x) - 0.25);
        let prompts = Prompts::from_box(shape).with_point(Point::new(0.25, 0.5), Polarity::Positive).with_mask(mask);
        let mirrored = View::mirrored().prompts(&prompts, [1.0, 0.75]);
        assert_eq!(mirrored.bounding_box(), Some(&BoundingBox { x: 0.625, ..shape }));
        assert_eq!(mirrored.points(), [(Point::new(0.75, 0.5), Polarity::Positive)]);
        let overlap =
            View::overlap((&View::whole(), prompts.mask().unwrap()), (&View::mirrored(), mirrored.mask().unwrap()));
        assert!(overlap > 0.99, "{overlap}");
    }
}
