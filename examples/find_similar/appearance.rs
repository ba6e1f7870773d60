//! The built-in model. It needs no download: it learns from the frame itself how the prompts differ from the rest of
//! the frame.
//!
//! Windows of the prompts' sizes are proposed all over the frame. Their features are the means of [`Channels`] in a
//! grid of cells. A linear discriminant separates each prompt, averaged over rotations, from the frame's other windows;
//! the windows with the highest scores are the instances. The average over rotations loses surface details and keeps
//! shape and texture: it finds coins with any coin as the prompt, but cannot distinguish heads from tails.

use std::f64::consts::TAU;
use std::sync::Arc;

use agent_runtime::media::image::imageops::{FilterType, resize};
use agent_runtime::media::{Rgb, RgbImage};
use agent_runtime::prelude::*;

use super::channels::{ANY_EDGE, CHANNELS, Channels, Palette, WEIGHTS, pixel, whole_number};
use super::discriminant::{Background, Discriminant};
use super::{Finding, Found, Model};

/// Mean side of the prompts to which the frame is scaled, in pixels. The frame is enlarged at most twofold.
const SIDE: f64 = 48.0;
/// Maximum pixels of the scaled frame.
const MAX_PIXELS: f64 = 1_500_000.0;
/// Cells per side of a window's grid.
const CELLS: usize = 6;
/// Margin around a window, relative to its sides, because the outline is a large part of an object's appearance.
const MARGIN: f64 = 0.12;
/// Distance of neighbouring windows, relative to their sides.
const STRIDE: f64 = 0.125;
/// Ratio of successive window sizes.
const GROWTH: f64 = 1.13;
/// Minimum size relative to the smallest prompt, and maximum size relative to the largest prompt.
const SIZES: (f64, f64) = (0.7, 1.4);
/// Number of background samples.
const SAMPLES: usize = 2000;
/// Minimum number of background samples. With fewer, the frame around the prompts is too small.
const MIN_SAMPLES: usize = 100;
/// Ridge regularization of the covariance matrix.
const RIDGE: f32 = 1.0;
/// Number of rotations of a prompt, each also mirrored.
const TURNS: u32 = 8;
/// Minimum score of an instance, in standard deviations. The threshold is at least half the mean score of the prompts.
const MIN_SCORE: f32 = 4.0;
/// Overlap, relative to the smaller window, from which two windows show the same object.
const OVERLAP: f64 = 0.5;

/// The built-in model.
pub(crate) struct Appearance;

impl Model for Appearance {
    fn find(&self, image: Arc<RgbImage>, prompts: Vec<BoundingBox>) -> Finding<'_> {
        Box::pin(async move { tokio::task::spawn_blocking(move || find(&image, &prompts)).await? })
    }
}

/// A box in pixels of the scaled frame.
type Window = BoundingBox;

fn find(image: &RgbImage, prompts: &[BoundingBox]) -> Result<Vec<Found>> {
    let (image, prompts) = at_working_size(image, prompts)?;
    let palette = Palette::from_image(&image);
    let reach = pixel(mean_side(&prompts) / 2.0);
    let channels = Channels::from_image(&image, &palette, reach);
    let windows = proposals(&channels, &prompts);
    let samples = samples(&channels, &windows, &prompts);
    if samples.len() < MIN_SAMPLES {
        return Ok(Vec::new());
    }
    let background = Background::from_samples(&samples, scale(&samples), RIDGE);
    let similarity =
        Similarity::new(&background, prompts.iter().map(|prompt| mean_over_rotations(&image, prompt, &palette, reach)));
    let similarity = |window: &Window| similarity.score(&describe(&channels, window));
    let of_prompts = prompts.iter().map(similarity).reduce(|sum, next| sum + next).unwrap_or(0.0);
    let threshold = MIN_SCORE.max(of_prompts / prompts.iter().map(|_| 1.0).sum::<f32>() / 2.0);
    let scored = windows.into_iter().map(|window| (window, similarity(&window)));
    let promising = suppress_overlaps(scored.filter(|(_, score)| *score >= 0.8 * threshold).collect(), &[]);
    let found = promising.into_iter().map(|(window, score)| refined(window, score, similarity));
    let found = suppress_overlaps(found.filter(|(_, score)| *score >= threshold).collect(), &prompts);
    let (width, height) = channels.size();
    let found = found.into_iter().map(|(window, score)| {
        let [left, right] = [window.x, window.x + window.width].map(|x| (x / width).clamp(0.0, 1.0));
        let [top, bottom] = [window.y, window.y + window.height].map(|y| (y / height).clamp(0.0, 1.0));
        let shape = BoundingBox { x: left, y: top, width: right - left, height: bottom - top };
        Found { shape, confidence: 1.0 / (1.0 + f64::from(threshold - score).exp()) }
    });
    Ok(found.collect())
}

/// Similarity of windows to the prompts.
struct Similarity {
    each: Vec<Discriminant>,
    together: Discriminant,
}

impl Similarity {
    fn new(background: &Background, prompts: impl Iterator<Item = Vec<f32>>) -> Self {
        let (mut count, mut mean, mut each) = (0.0, Vec::new(), Vec::new());
        for prompt in prompts {
            count += 1.0;
            mean.resize(prompt.len(), 0.0);
            mean.iter_mut().zip(&prompt).for_each(|(mean, number)| *mean += (number - *mean) / count);
            each.push(background.against(&prompt));
        }
        Self { each, together: background.against(&mean) }
    }

    /// Returns the mean of the best score of a single prompt and the score of the prompts' mean.
    fn score(&self, numbers: &[f32]) -> f32 {
        let best = self.each.iter().map(|prompt| prompt.score(numbers)).fold(f32::MIN, f32::max);
        best.midpoint(self.together.score(numbers))
    }
}

/// Non-maximum suppression: keeps the best window of each object, and none that overlaps a prompt.
fn suppress_overlaps(mut windows: Vec<(Window, f32)>, prompts: &[Window]) -> Vec<(Window, f32)> {
    windows.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut kept: Vec<(Window, f32)> = Vec::new();
    for (window, score) in windows {
        let before = prompts.iter().chain(kept.iter().map(|(kept, _)| kept));
        if before.map(|other| shared(other, &window)).all(|shared| shared < OVERLAP) {
            kept.push((window, score));
        }
    }
    kept
}

/// Returns the intersection relative to the smaller window.
fn shared(one: &Window, other: &Window) -> f64 {
    let width = (one.x + one.width).min(other.x + other.width) - one.x.max(other.x);
    let height = (one.y + one.height).min(other.y + other.height) - one.y.max(other.y);
    width.max(0.0) * height.max(0.0) / one.area().min(other.area())
}

fn mean_side(prompts: &[Window]) -> f64 {
    prompts.iter().map(|prompt| prompt.area().sqrt()).sum::<f64>() / whole_number(prompts.len())
}

/// Scales the frame, and converts the prompts to its pixels.
fn at_working_size(image: &RgbImage, prompts: &[BoundingBox]) -> Result<(RgbImage, Vec<Window>)> {
    let in_pixels = |width: u32, height: u32| -> Vec<Window> {
        let (wide, high) = (f64::from(width), f64::from(height));
        let scaled = |shape: &BoundingBox| BoundingBox {
            x: shape.x * wide,
            y: shape.y * high,
            width: shape.width * wide,
            height: shape.height * high,
        };
        prompts.iter().map(scaled).collect()
    };
    let (width, height) = image.dimensions();
    let side = mean_side(&in_pixels(width, height));
    ensure!(side.is_finite() && side >= 1.0, "The selected boxes are empty.");
    let most = (MAX_PIXELS / f64::from(width) / f64::from(height)).sqrt();
    let scale = (SIDE / side).min(2.0).min(most);
    ensure!(side * scale >= SIDE / 6.0, "The selected boxes are too small relative to the frame.");
    let scaled = |length: u32| u32::try_from(pixel((f64::from(length) * scale).round())).unwrap_or(length).max(1);
    let image = match (0.85..1.15).contains(&scale) {
        true => image.clone(),
        false => resize(image, scaled(width), scaled(height), FilterType::Triangle),
    };
    let (width, height) = image.dimensions();
    Ok((image, in_pixels(width, height)))
}

/// Returns candidate windows of the prompts' sizes and aspect ratios all over the frame, and up to a quarter beyond its
/// edges. Windows with less than half the edges of the prompts are discarded.
fn proposals(channels: &Channels, prompts: &[Window]) -> Vec<Window> {
    let edges = |window: &Window| channels.cells::<1>(window).map(|channels| channels[ANY_EDGE]).sum::<f64>();
    let least = prompts.iter().map(edges).fold(f64::MAX, f64::min) / 2.0;
    let mut windows = windows(channels, prompts);
    windows.retain(|window| edges(window) >= least);
    windows
}

fn windows(channels: &Channels, prompts: &[Window]) -> Vec<Window> {
    let sides = prompts.iter().map(|prompt| prompt.area().sqrt());
    let (least, most) = sides.fold((f64::MAX, 0.0_f64), |(least, most), side| (least.min(side), most.max(side)));
    let sides = std::iter::successors(Some(least * SIZES.0), |side| Some(side * GROWTH));
    let sides: Vec<f64> = sides.take_while(|side| *side <= most * SIZES.1).take(16).collect();
    let mut proportions: Vec<f64> = prompts.iter().map(|prompt| (prompt.width / prompt.height).sqrt()).collect();
    proportions.sort_by(f64::total_cmp);
    proportions.dedup_by(|larger, smaller| *larger / *smaller < GROWTH);
    let (frame_width, frame_height) = channels.size();
    let along = |length: f64, frame: f64| {
        let first = -length / 4.0;
        let places = (0..).map(move |step| first + whole_number(step) * length * STRIDE);
        places.take_while(move |place| place + length * 0.75 <= frame)
    };
    let mut windows = Vec::new();
    for (side, proportion) in sides.iter().flat_map(|side| proportions.iter().map(move |proportion| (side, proportion)))
    {
        let (width, height) = (side * proportion, side / proportion);
        for y in along(height, frame_height) {
            windows.extend(along(width, frame_width).map(|x| Window { x, y, width, height }));
        }
    }
    windows
}

/// Computes the features of a window.
fn describe(channels: &Channels, window: &Window) -> Vec<f32> {
    let (beside, above) = (window.width * MARGIN, window.height * MARGIN);
    let around = Window {
        x: window.x - beside,
        y: window.y - above,
        width: window.width + 2.0 * beside,
        height: window.height + 2.0 * above,
    };
    let mut numbers = Vec::with_capacity(CELLS * CELLS * CHANNELS);
    #[expect(clippy::cast_possible_truncation, reason = "single precision is enough for means of pixels")]
    numbers.extend(channels.cells::<CELLS>(&around).flatten().map(|number| number as f32));
    numbers
}

/// Returns the features of windows that do not overlap the prompts.
fn samples(channels: &Channels, windows: &[Window], prompts: &[Window]) -> Vec<Vec<f32>> {
    let is_background = |window: &&Window| prompts.iter().all(|prompt| prompt.intersection_over_union(window) < 0.2);
    let spread = windows.iter().step_by((windows.len() / SAMPLES).max(1)).filter(is_background);
    spread.map(|window| describe(channels, window)).collect()
}

/// Returns the divisor of each feature: the channel's standard deviation divided by its weight.
fn scale(samples: &[Vec<f32>]) -> Vec<f32> {
    let mut count = 0.0;
    let mut cells = vec![[0.0; 2]; CELLS * CELLS * CHANNELS];
    for sample in samples {
        count += 1.0;
        for ([sum, squares], number) in cells.iter_mut().zip(sample) {
            let number = f64::from(*number);
            *sum += number;
            *squares += number * number;
        }
    }
    let mut variances = [0.0; CHANNELS];
    for cell in cells.as_chunks::<CHANNELS>().0 {
        for (variance, [sum, squares]) in variances.iter_mut().zip(cell) {
            *variance += (squares / f64::max(count, 1.0) - (sum / f64::max(count, 1.0)).powi(2)).max(0.0);
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "single precision is enough for a divisor")]
    let of = |channel: usize| {
        ((variances[channel] / whole_number(CELLS * CELLS)).sqrt().max(1e-3) / WEIGHTS[channel]) as f32
    };
    (0..CELLS * CELLS * CHANNELS).map(|number| of(number % CHANNELS)).collect()
}

/// Returns the features of a prompt, averaged over rotations and reflections.
fn mean_over_rotations(image: &RgbImage, prompt: &Window, palette: &Palette, reach: usize) -> Vec<f32> {
    let mut mean = vec![0.0; CELLS * CELLS * CHANNELS];
    let part = TURNS * 2;
    for turn in 0..TURNS {
        for mirrored in [false, true] {
            let (turned, window) = turned(image, prompt, TAU * f64::from(turn) / f64::from(TURNS), mirrored);
            let numbers = describe(&Channels::from_image(&turned, palette, reach), &window);
            #[expect(clippy::cast_precision_loss, reason = "a few turns")]
            mean.iter_mut().zip(&numbers).for_each(|(mean, number)| *mean += number / part as f32);
        }
    }
    mean
}

/// Rotates a prompt with its surroundings about its centre, and returns the image and the prompt's window in it.
fn turned(image: &RgbImage, prompt: &Window, angle: f64, mirrored: bool) -> (RgbImage, Window) {
    let (sin, cos) = angle.sin_cos();
    let [wide, high] =
        [prompt.width, prompt.height].map(|side| u32::try_from(pixel((side * 2.0).ceil())).unwrap_or(u32::MAX));
    let (middle_x, middle_y) = (f64::from(wide) / 2.0, f64::from(high) / 2.0);
    let (centre_x, centre_y) = (prompt.x + prompt.width / 2.0, prompt.y + prompt.height / 2.0);
    let turned = RgbImage::from_fn(wide, high, |x, y| {
        let (x, y) = (f64::from(x) + 0.5 - middle_x, f64::from(y) + 0.5 - middle_y);
        let x = if mirrored { -x } else { x };
        interpolated(image, centre_x + x * cos - y * sin - 0.5, centre_y + x * sin + y * cos - 0.5)
    });
    let window = Window { x: middle_x - prompt.width / 2.0, y: middle_y - prompt.height / 2.0, ..*prompt };
    (turned, window)
}

/// Interpolates a colour bilinearly. Coordinates are in pixels from the centre of the first pixel, and clamped to the
/// image.
fn interpolated(image: &RgbImage, x: f64, y: f64) -> Rgb<u8> {
    let neighbours = |place: f64, length: u32| {
        let place = place.clamp(0.0, f64::from(length - 1));
        let first = u32::try_from(pixel(place)).unwrap_or(0);
        (first, (first + 1).min(length - 1), place.fract())
    };
    let ((left, right, across), (top, bottom, down)) = (neighbours(x, image.width()), neighbours(y, image.height()));
    let value = |x, y, part: usize| f64::from(image.get_pixel(x, y).0[part]);
    Rgb([0, 1, 2].map(|part| {
        let above = value(left, top, part) * (1.0 - across) + value(right, top, part) * across;
        let below = value(left, bottom, part) * (1.0 - across) + value(right, bottom, part) * across;
        u8::try_from(pixel((above * (1.0 - down) + below * down).round())).unwrap_or(u8::MAX)
    }))
}

/// Moves the edges of a window while its score increases.
fn refined(mut window: Window, mut score: f32, similarity: impl Fn(&Window) -> f32) -> (Window, f32) {
    for part in [0.06, 0.03] {
        let (across, down) = (window.width * part, window.height * part);
        for (x, y, width, height) in [
            (across, 0.0, -across, 0.0),
            (-across, 0.0, across, 0.0),
            (0.0, 0.0, across, 0.0),
            (0.0, 0.0, -across, 0.0),
            (0.0, down, 0.0, -down),
            (0.0, -down, 0.0, down),
            (0.0, 0.0, 0.0, down),
            (0.0, 0.0, 0.0, -down),
        ] {
            let moved = Window {
                x: window.x + x,
                y: window.y + y,
                width: window.width + width,
                height: window.height + height,
            };
            let new = similarity(&moved);
            if new > score {
                (window, score) = (moved, new);
            }
        }
    }
    (window, score)
}
