//! Tracking of points through a video by optical flow (pyramidal Lucas–Kanade) and a search for similar pixels. Needs no model.

mod flow;
mod pyramid;

use agent_platform::labels::Point;
use agent_platform::media::RgbImage;

use pyramid::Pyramid;

/// Maximum distance of a point from where it is tracked back to, in pixels.
const MAX_BACKWARD_ERROR: f32 = 1.0;
/// Minimum correlation of the pixels around a point on successive frames.
const MIN_CORRELATION: f32 = 0.6;
/// Rotations between successive frames that are tried, in radians.
const ANGLES: [f32; 5] = [0.0, -0.16, -0.08, 0.08, 0.16];

/// A tracker of points through the frames of a video.
///
/// Each point is tracked to the next frame and back. It is lost if it does not return to its place, if its surroundings
/// change, or if they have no texture. Lost points stay lost. Motions of up to 16 pixels and rotations of up to 9° between frames are
/// searched, beside the continued motion.
///
/// ```
/// use agent_models::points::PointTracker;
/// use agent_platform::labels::Point;
/// use agent_platform::media::{Rgb, RgbImage};
///
/// let frame = |moved: u32| RgbImage::from_fn(96, 64, |x, y| Rgb([if x / 8 == 5 + moved && y / 8 == 4 { 250 } else { 20 }; 3]));
/// let mut tracker = PointTracker::new(&frame(0), &[Point::new(44.0 / 96.0, 36.0 / 64.0)]);
/// let points = tracker.track(&frame(1));
/// assert!((points[0].unwrap().x * 96.0 - 52.0).abs() < 0.5);
/// ```
#[derive(Debug, Clone)]
pub struct PointTracker {
    frame: Pyramid,
    size: (u32, u32),
    /// Places of the points on the last frame and their motion, in pixels.
    points: Vec<Option<([f32; 2], [f32; 2])>>,
}

impl PointTracker {
    /// Starts tracking these points on a frame. Points outside of the image are lost.
    #[must_use]
    pub fn new(frame: &RgbImage, points: &[Point]) -> Self {
        let size = frame.dimensions();
        let sides = [size.0, size.1].map(f64::from);
        let is_inside = |point: &&Point| (0.0..=1.0).contains(&point.x) && (0.0..=1.0).contains(&point.y);
        let pixels = |point: &Point| ([single(point.x * sides[0]), single(point.y * sides[1])], [0.0; 2]);
        let points = points
            .iter()
            .map(|point| Some(point).filter(is_inside).filter(|_| size.0 > 0 && size.1 > 0).map(pixels))
            .collect();
        Self { frame: Pyramid::new(frame), size, points }
    }

    /// Locates the points on the next frame, in their order. `None`: lost. All points are lost on a frame of another size.
    pub fn track(&mut self, frame: &RgbImage) -> Vec<Option<Point>> {
        let next = Pyramid::new(frame);
        let same_size = frame.dimensions() == self.size;
        let sides = [self.size.0, self.size.1].map(f64::from);
        for point in &mut self.points {
            *point = point.filter(|_| same_size).and_then(|last| {
                let found = locate(&self.frame, &next, last)?;
                Some((found, [found[0] - last.0[0], found[1] - last.0[1]]))
            });
        }
        (self.frame, self.size) = (next, frame.dimensions());
        let relative = |([x, y], _): ([f32; 2], [f32; 2])| Point::new(f64::from(x) / sides[0], f64::from(y) / sides[1]);
        self.points.iter().map(|point| point.map(relative)).collect()
    }
}

/// Tracks a point to the next frame, and checks that it comes back. `None` if it is lost.
///
/// At low resolutions, the surroundings of a small object hide its motion. So each number of levels is tried, and a search
/// for similar pixels, also rotated ones. The most similar place is the result.
fn locate(from: &Pyramid, to: &Pyramid, (point, motion): ([f32; 2], [f32; 2])) -> Option<[f32; 2]> {
    let starts = (1..=from.levels.len()).flat_map(|levels| [(levels, motion, 0.0), (levels, [0.0; 2], 0.0)]);
    let matched = ANGLES.map(|angle| (1, flow::matched(from, to, point, motion, angle), angle));
    let found = starts.chain(matched).filter_map(|(levels, motion, angle)| {
        let found = flow::displaced(from, to, (point, motion), levels, angle)?;
        let back = flow::displaced(to, from, (found, [point[0] - found[0], point[1] - found[1]]), 1, -angle)?;
        let returns = (back[0] - point[0]).hypot(back[1] - point[1]) <= MAX_BACKWARD_ERROR;
        returns.then(|| (found, flow::correlation(from, to, point, found, angle)))
    });
    let best = found.max_by(|(_, one), (_, other)| one.total_cmp(other));
    best.filter(|(_, correlation)| *correlation >= MIN_CORRELATION).map(|(found, _)| found)
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates in pixels")]
fn single(number: f64) -> f32 {
    number as f32
}
