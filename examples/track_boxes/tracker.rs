//! Tracks a box from frame to frame.

use agent_runtime::media::RgbImage;
use agent_runtime::prelude::*;

use super::correlation_filter::CorrelationFilter;
use super::window::Window;

/// Side of the search window, relative to the box.
const WINDOW_SCALE: f64 = 2.5;
/// Learning rate of the filter.
const LEARNING_RATE: f32 = 0.04;
/// Factor by which a box may grow or shrink between frames.
const GROWTH: f64 = 1.03;
/// Penalty of a changed size, so that noise does not change the size.
const SIZE_CHANGE_PENALTY: f32 = 0.985;
/// Minimum peak-to-sidelobe ratio, at which the confidence is 0.5. Below it, a box is lost. Measured: 14 and more for
/// fully visible objects, 8 for half-occluded ones, 4 to 7 for absent ones.
const MIN_RATIO: f64 = 8.0;
/// Minimum part of a box inside the image.
const MIN_INSIDE: f64 = 0.3;

/// The tracker of a box. It stores the filter, but no frame.
pub(super) struct BoxTracker {
    filter: CorrelationFilter,
    centre: [f64; 2],
    size: [f64; 2],
    /// Motion between the last two frames, in pixels.
    motion: [f64; 2],
}

/// Result of tracking on one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Tracked {
    /// Position and confidence. The confidence is `r / (r + 8)` for the peak-to-sidelobe ratio `r`: 0.5 to 1.
    At(BoundingBox, f64),
    /// The object is not visible, or too dissimilar.
    Lost,
    /// Most of the box is outside the image.
    Left,
}

impl BoxTracker {
    /// Creates a tracker from a box on a frame.
    pub(super) fn new(frame: &RgbImage, shape: &BoundingBox) -> Self {
        let (wide, high) = (f64::from(frame.width()), f64::from(frame.height()));
        let size = [shape.width * wide, shape.height * high];
        let centre = [shape.x * wide + size[0] / 2.0, shape.y * high + size[1] / 2.0];
        let window = window(centre, size).channels(frame);
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let filter = CorrelationFilter::new(&window, 1.0 / WINDOW_SCALE as f32);
        Self { filter, centre, size, motion: [0.0; 2] }
    }

    /// Locates the box on the next frame, near the position extrapolated from its motion.
    pub(super) fn track(&mut self, frame: &RgbImage) -> Tracked {
        let expected = [0, 1].map(|axis| self.centre[axis] + self.motion[axis]);
        let mut best: Option<(f32, [f64; 2], _)> = None;
        for (growth, counts) in [(1.0, 1.0), (GROWTH, SIZE_CHANGE_PENALTY), (1.0 / GROWTH, SIZE_CHANGE_PENALTY)] {
            let size = self.size.map(|size| size * growth);
            let response = self.filter.response(&window(expected, size).channels(frame));
            let score = response.height() * counts;
            if best.as_ref().is_none_or(|(best, ..)| score > *best) {
                best = Some((score, size, response));
            }
        }
        let Some((_, size, response)) = best else { return Tracked::Lost };
        let ratio = f64::from(response.sharpness());
        let confidence = ratio / (ratio + MIN_RATIO);
        if ratio.is_nan() || ratio < MIN_RATIO {
            return Tracked::Lost;
        }
        let offset = response.offset();
        let centre = [0, 1].map(|axis| expected[axis] + offset[axis] * size[axis] * WINDOW_SCALE);
        self.motion = [0, 1].map(|axis| centre[axis] - self.centre[axis]);
        (self.centre, self.size) = (centre, size);
        let Some(shape) = self.in_image(frame) else { return Tracked::Left };
        self.filter.learn(&window(centre, size).channels(frame), LEARNING_RATE);
        Tracked::At(shape, confidence)
    }

    /// Clips the box to the image. `None` if too little is inside.
    fn in_image(&self, frame: &RgbImage) -> Option<BoundingBox> {
        let image = [f64::from(frame.width()), f64::from(frame.height())];
        let from = [0, 1].map(|axis| (self.centre[axis] - self.size[axis] / 2.0).max(0.0));
        let to = [0, 1].map(|axis| (self.centre[axis] + self.size[axis] / 2.0).min(image[axis]));
        let inside = [0, 1].map(|axis| (to[axis] - from[axis]).max(0.0));
        let enough = inside[0] * inside[1] >= MIN_INSIDE * self.size[0] * self.size[1];
        enough.then(|| BoundingBox {
            x: from[0] / image[0],
            y: from[1] / image[1],
            width: inside[0] / image[0],
            height: inside[1] / image[1],
        })
    }
}

/// Returns the search window around a box.
fn window(centre: [f64; 2], size: [f64; 2]) -> Window {
    Window { centre, size: size.map(|size| size * WINDOW_SCALE) }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "small numbers"
    )]
    use super::*;
    use agent_runtime::media::Rgb;

    const SIZE: (u32, u32) = (200, 150);

    /// A textured box in front of a textured background.
    struct Scene {
        /// Centre and size of the box by frame, in pixels.
        at: fn(f64) -> ([f64; 2], [f64; 2]),
        /// Brightness by frame.
        light: fn(f64) -> f64,
        /// Column from which the background occludes the box.
        hidden_from: f64,
    }

    const STILL: Scene = Scene { at: |_| ([100.0, 75.0], [32.0, 26.0]), light: |_| 1.0, hidden_from: f64::MAX };

    /// Returns a deterministic pseudo-random number from 0 to 1 for a position.
    fn chance(x: i64, y: i64, seed: u64) -> f64 {
        let mut bits = (x as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (y as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        bits = (bits ^ seed.wrapping_mul(0x1656_67B1_9E37_79F9)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        bits = (bits ^ (bits >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        (bits >> 40) as f64 / (1_u64 << 24) as f64
    }

    /// Value noise without sharp edges: blobs of about one cell.
    fn pattern(x: f64, y: f64, cell: f64, seed: u64) -> f64 {
        let (x, y) = (x / cell, y / cell);
        let (left, top) = (x.floor(), y.floor());
        let corner = |right: i64, down: i64| chance(left as i64 + right, top as i64 + down, seed);
        let mix = |one: f64, other: f64, share: f64| one + (other - one) * share * share * (3.0 - 2.0 * share);
        let upper = mix(corner(0, 0), corner(1, 0), x - left);
        mix(upper, mix(corner(0, 1), corner(1, 1), x - left), y - top)
    }

    impl Scene {
        fn frame(&self, time: u32) -> RgbImage {
            let (centre, size) = (self.at)(time.into());
            let light = (self.light)(time.into());
            RgbImage::from_fn(SIZE.0, SIZE.1, |column, row| {
                let (x, y) = (f64::from(column) + 0.5, f64::from(row) + 0.5);
                let own = [(x - centre[0]) / size[0], (y - centre[1]) / size[1]];
                let is_box = own.iter().all(|place| place.abs() <= 0.5) && x < self.hidden_from;
                Rgb([0, 1, 2].map(|colour| {
                    let value = match is_box {
                        true => pattern(own[0] * 32.0, own[1] * 26.0, 6.0, colour),
                        false => pattern(x, y, 9.0, 10 + colour),
                    };
                    let noise = chance(column.into(), row.into(), 100 + u64::from(time) * 3 + colour) - 0.5;
                    (value * light * 230.0 + noise * 12.0).clamp(0.0, 255.0) as u8
                }))
            })
        }

        fn shape(&self, time: u32) -> BoundingBox {
            let (centre, size) = (self.at)(time.into());
            let (wide, high) = (f64::from(SIZE.0), f64::from(SIZE.1));
            let (x, y) = ((centre[0] - size[0] / 2.0) / wide, (centre[1] - size[1] / 2.0) / high);
            BoundingBox { x, y, width: size[0] / wide, height: size[1] / high }
        }

        /// Tracks the box over the frames after the first, until the tracker stops.
        fn track(&self, frames: u32) -> Vec<Tracked> {
            let mut tracker = BoxTracker::new(&self.frame(0), &self.shape(0));
            let mut tracked = Vec::new();
            for time in 1..frames {
                tracked.push(tracker.track(&self.frame(time)));
                if !matches!(tracked.last(), Some(Tracked::At(..))) {
                    break;
                }
            }
            tracked
        }

        /// Returns the minimum intersection over union of found and true boxes.
        fn least_overlap(&self, frames: u32) -> f64 {
            let tracked = self.track(frames);
            let overlap = |(time, tracked): (u32, &Tracked)| match tracked {
                Tracked::At(shape, confidence) => {
                    assert!((0.5..1.0).contains(confidence), "{confidence}");
                    shape.intersection_over_union(&self.shape(time))
                }
                stopped => panic!("{stopped:?} on frame {time}"),
            };
            (1..).zip(&tracked).map(overlap).fold(1.0, f64::min)
        }
    }

    #[test]
    fn tracks_moving_box_over_clutter() {
        let at = |time: f64| ([100.0 + 55.0 * (time / 9.0).sin(), 75.0 + 40.0 * (time / 7.0).sin()], [32.0, 26.0]);
        let least = Scene { at, ..STILL }.least_overlap(40);
        assert!(least > 0.8, "{least}");
    }

    #[test]
    fn tracks_box_of_changing_size() {
        let at = |time: f64| {
            let size = (0.4 * (time / 14.0).sin()).exp();
            ([90.0 + time, 75.0], [32.0 * size, 26.0 * size])
        };
        let least = Scene { at, ..STILL }.least_overlap(45);
        assert!(least > 0.7, "{least}");
    }

    #[test]
    fn tolerates_changes_of_brightness() {
        let at = |time: f64| ([60.0 + 2.0 * time, 75.0], [32.0, 26.0]);
        let least = Scene { at, light: |time| 0.65 + 0.35 * (time / 5.0).cos(), ..STILL }.least_overlap(35);
        assert!(least > 0.8, "{least}");
    }

    #[test]
    fn loses_occluded_box() {
        // The occlusion starts on frame 8, and is complete on frame 16.
        let scene = Scene { at: |time| ([52.0 + 4.0 * time, 75.0], [32.0, 26.0]), hidden_from: 100.0, ..STILL };
        let tracked = scene.track(40);
        assert_eq!(tracked.last(), Some(&Tracked::Lost));
        assert!((10..=15).contains(&tracked.len()), "lost on frame {}", tracked.len());
    }

    #[test]
    fn stops_at_border_of_image() {
        let tracked = Scene { at: |time| ([150.0 + 4.0 * time, 75.0], [32.0, 26.0]), ..STILL }.track(40);
        // The centre leaves the image on frame 13, the whole box on frame 17.
        assert!((12..=17).contains(&tracked.len()), "stopped on frame {}", tracked.len());
        for tracked in tracked {
            if let Tracked::At(shape, _) = tracked {
                assert!(shape.x >= 0.0 && shape.x + shape.width <= 1.0 + 1e-9, "{shape:?}");
            }
        }
    }

    #[test]
    fn loses_box_without_contrast_at_once() {
        let grey = RgbImage::from_pixel(64, 48, Rgb([90, 90, 90]));
        let boxes = [(0.4, 0.4, 0.2, 0.2), (0.5, 0.5, 0.0, 0.0), (3.0, 3.0, 0.1, 0.1), (f64::NAN, 0.1, 0.1, 0.1)];
        for (x, y, width, height) in boxes {
            let mut tracker = BoxTracker::new(&grey, &BoundingBox { x, y, width, height });
            assert_eq!(tracker.track(&grey), Tracked::Lost, "{x} {width}");
        }
    }
}
