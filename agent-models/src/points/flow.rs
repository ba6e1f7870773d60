//! The displacement of a point between two frames, after Lucas and Kanade.

use super::pyramid::{Level, Pyramid};

/// Distance of the window's border from the point, in pixels.
const RADIUS: i16 = 7;
/// Pixels of the window.
const PIXELS: f32 = 225.0;
/// Steps of the search for similar pixels in each direction.
const REACH: i16 = 8;
/// Pixels per step.
const STRIDE: f32 = 2.0;
/// Maximum iterations per level.
const ITERATIONS: usize = 20;
/// Step below which a point has converged, in pixels.
const CONVERGED: f32 = 0.02;
/// Minimum texture: the smaller eigenvalue of the gradients, per pixel.
const MIN_TEXTURE: f32 = 2.0;

/// Returns the place of a point with an expected motion on the next frame, from this number of levels. `None` without texture
/// around it, or outside of the image.
pub(super) fn displaced(
    from: &Pyramid,
    to: &Pyramid,
    (point, mut moved): ([f32; 2], [f32; 2]),
    levels: usize,
    angle: f32,
) -> Option<[f32; 2]> {
    let levels: Vec<_> = from.levels.iter().zip(&to.levels).zip([1.0, 2.0, 4.0, 8.0]).take(levels).collect();
    for ((from, to), scale) in levels.into_iter().rev() {
        moved = refined(from, to, point.map(|at| at / scale), moved.map(|moved| moved / scale), angle)?
            .map(|moved| moved * scale);
    }
    let found = [point[0] + moved[0], point[1] + moved[1]];
    to.levels.first().filter(|level| level.contains(found)).map(|_| found)
}

/// Refines a displacement on one level. `None` without texture.
fn refined(from: &Level, to: &Level, point: [f32; 2], mut moved: [f32; 2], angle: f32) -> Option<[f32; 2]> {
    let places: Vec<[f32; 2]> = window(point, 0.0).collect();
    let turned: Vec<[f32; 2]> = window(point, angle).collect();
    let values: Vec<f32> = places.iter().map(|place| from.value(*place)).collect();
    let slope = |[x, y]: [f32; 2]| {
        [from.value([x + 1.0, y]) - from.value([x - 1.0, y]), from.value([x, y + 1.0]) - from.value([x, y - 1.0])]
            .map(|difference| difference / 2.0)
    };
    let slopes: Vec<[f32; 2]> = places.iter().map(|place| slope(*place)).collect();
    let sum = |product: fn(&[f32; 2]) -> f32| slopes.iter().map(product).sum::<f32>();
    let (xx, xy, yy) =
        (sum(|slope| slope[0] * slope[0]), sum(|slope| slope[0] * slope[1]), sum(|slope| slope[1] * slope[1]));
    let eigenvalue = (xx + yy - ((xx - yy).powi(2) + 4.0 * xy * xy).sqrt()) / 2.0;
    let determinant = xx * yy - xy * xy;
    if eigenvalue < MIN_TEXTURE * PIXELS || determinant <= 0.0 {
        return None;
    }
    for _ in 0..ITERATIONS {
        let mut error = [0.0; 2];
        for ((place, value), slope) in turned.iter().zip(&values).zip(&slopes) {
            let difference = value - to.value([place[0] + moved[0], place[1] + moved[1]]);
            error[0] += difference * slope[0];
            error[1] += difference * slope[1];
        }
        let step = [(yy * error[0] - xy * error[1]) / determinant, (xx * error[1] - xy * error[0]) / determinant];
        moved = [moved[0] + step[0], moved[1] + step[1]];
        if step[0].hypot(step[1]) < CONVERGED {
            break;
        }
    }
    Some(moved)
}

/// Returns the motion to the most similar place near the expected one.
pub(super) fn matched(from: &Pyramid, to: &Pyramid, point: [f32; 2], motion: [f32; 2], angle: f32) -> [f32; 2] {
    let template = patch(from, point, 0.0);
    let steps = (-REACH..=REACH).flat_map(|down| (-REACH..=REACH).map(move |across| [across, down]));
    let motions = steps.map(|step| [0, 1].map(|axis| motion[axis] + STRIDE * f32::from(step[axis])));
    let score = |motion: [f32; 2]| product(&template, &patch(to, [point[0] + motion[0], point[1] + motion[1]], angle));
    let best = motions.map(|motion| (score(motion), motion)).max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map_or(motion, |(_, motion)| motion)
}

/// Returns the correlation of the pixels around a point with those around its place on the next frame: -1 to 1.
pub(super) fn correlation(from: &Pyramid, to: &Pyramid, point: [f32; 2], found: [f32; 2], angle: f32) -> f32 {
    product(&patch(from, point, 0.0), &patch(to, found, angle))
}

/// Returns the pixels around a point, with a mean of 0 and a length of 1.
fn patch(pyramid: &Pyramid, point: [f32; 2], angle: f32) -> Vec<f32> {
    let level = pyramid.levels.first();
    let mut values: Vec<f32> =
        level.into_iter().flat_map(|level| window(point, angle).map(|place| level.value(place))).collect();
    let mean = values.iter().sum::<f32>() / PIXELS;
    values.iter_mut().for_each(|value| *value -= mean);
    let length = product(&values, &values).sqrt().max(f32::EPSILON);
    values.iter_mut().for_each(|value| *value /= length);
    values
}

fn product(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// Returns the places of the pixels around a point, rotated by an angle in radians.
fn window([x, y]: [f32; 2], angle: f32) -> impl Iterator<Item = [f32; 2]> {
    let (sine, cosine) = angle.sin_cos();
    (-RADIUS..=RADIUS).flat_map(move |down| {
        (-RADIUS..=RADIUS).map(move |across| {
            let (across, down) = (f32::from(across), f32::from(down));
            [x + across * cosine - down * sine, y + across * sine + down * cosine]
        })
    })
}
