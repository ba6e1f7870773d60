//! The model in this program. It needs no download: it learns from the frame itself what the prompts have that the rest of the
//! frame has not.
//!
//! Windows of the prompts' sizes are proposed all over the frame, and described by the means of [`Channels`] in a grid of
//! cells. A linear discriminant tells each prompt, turned in all directions, from what windows of this frame are like
//! anyway; the windows that stand out furthest are the instances. Turning averages away what is on a thing and keeps its form and
//! surface: it finds coins by any coin, but cannot tell a coin's head from its tail.

use std::f64::consts::TAU;
use std::sync::Arc;

use agent_runtime::media::image::imageops::{FilterType, resize};
use agent_runtime::media::{Rgb, RgbImage};
use agent_runtime::prelude::*;

use super::channels::{CHANNELS, Channels, Palette, WEIGHTS, pixel, whole_number};
use super::discriminant::{Background, Discriminant};
use super::{Finding, Found, Model};

/// The frame is shrunk, or enlarged up to twice, until the prompts have this mean side, in pixels; up to so many pixels.
const SIDE: f64 = 48.0;
const MOST_PIXELS: f64 = 1_500_000.0;
/// A window is described by 6×6 cells, over a margin around it as well: where a thing ends is much of what it looks like.
const CELLS: usize = 6;
const MARGIN: f64 = 0.12;
/// Windows are this part of their sides apart, and so much larger each than the next smaller ones.
const STRIDE: f64 = 0.125;
const GROWTH: f64 = 1.13;
/// Things are at least and at most so large as the smallest and the largest prompt.
const SIZES: (f64, f64) = (0.7, 1.4);
/// So many windows tell what the frame is like.
const SAMPLES: usize = 2000;
/// How much the samples are distrusted.
const RIDGE: f32 = 1.0;
/// A prompt is turned in so many directions, each as it is and mirrored.
const TURNS: u32 = 8;
/// What stands out by this many standard deviations is more likely an instance than not.
const STANDS_OUT: f32 = 4.0;
/// Windows that share this part of what either covers are about one thing.
const OVERLAP: f64 = 0.3;

/// The model in this program.
pub(crate) struct Appearance;

impl Model for Appearance {
    fn find(&self, image: Arc<RgbImage>, prompts: Vec<BoundingBox>) -> Finding<'_> {
        Box::pin(async move { tokio::task::spawn_blocking(move || find(&image, &prompts)).await? })
    }
}

/// A box in pixels of the frame as it is worked on.
type Window = BoundingBox;

fn find(image: &RgbImage, prompts: &[BoundingBox]) -> Result<Vec<Found>> {
    let (image, prompts) = at_working_size(image, prompts)?;
    let side = mean_side(&prompts);
    let palette = Palette::of(&image);
    let reach = pixel(side / 2.0);
    let channels = Channels::of(&image, &palette, reach);
    let windows = windows(&channels, &prompts);
    let samples = samples(&channels, &windows, &prompts);
    let scale = scale(&samples);
    let background = Background::of(&samples, scale, RIDGE);
    let described: Vec<Vec<f32>> = prompts.iter().map(|prompt| turned_all_ways(&image, prompt, &palette, reach)).collect();
    let discriminants: Vec<Discriminant> = described.iter().map(|prompt| background.against(prompt)).collect();
    let mut sample = Vec::new();
    let mut says = |window: &Window| {
        describe(&channels, window, &mut sample);
        discriminants.iter().map(|discriminant| discriminant.says(&sample)).fold(f32::MIN, f32::max)
    };
    let scored = windows.into_iter().map(|window| (window, says(&window)));
    let mut scored: Vec<(Window, f32)> = scored.filter(|(_, score)| *score >= STANDS_OUT).collect();
    scored.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut kept: Vec<(Window, f32)> = Vec::new();
    for (window, score) in scored {
        if kept.iter().all(|(other, _)| other.intersection_over_union(&window) < OVERLAP) {
            kept.push((window, score));
        }
    }
    let (width, height) = channels.size();
    let found = |(window, score): (Window, f32)| {
        let (window, score) = closer(window, score, &mut says);
        let [left, right] = [window.x, window.x + window.width].map(|x| (x / width).clamp(0.0, 1.0));
        let [top, bottom] = [window.y, window.y + window.height].map(|y| (y / height).clamp(0.0, 1.0));
        let shape = BoundingBox { x: left, y: top, width: right - left, height: bottom - top };
        Found { shape, confidence: 1.0 / (1.0 + f64::from(STANDS_OUT - score).exp()) }
    };
    Ok(kept.into_iter().map(found).collect())
}

fn mean_side(prompts: &[Window]) -> f64 {
    prompts.iter().map(|prompt| prompt.area().sqrt()).sum::<f64>() / whole_number(prompts.len())
}

/// The frame in the size it is worked on, and the prompts in its pixels.
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
    ensure!(side.is_finite() && side >= 1.0, "There is nothing in the selected boxes.");
    let most = (MOST_PIXELS / f64::from(width) / f64::from(height)).sqrt();
    let scale = (SIDE / side).min(2.0).min(most);
    ensure!(side * scale >= SIDE / 6.0, "The selected boxes are too small, as parts of this frame, to search it for more.");
    let scaled = |length: u32| u32::try_from(pixel((f64::from(length) * scale).round())).unwrap_or(length).max(1);
    let image = match (0.85..1.15).contains(&scale) {
        true => image.clone(),
        false => resize(image, scaled(width), scaled(height), FilterType::Triangle),
    };
    let (width, height) = image.dimensions();
    Ok((image, in_pixels(width, height)))
}

/// What may be instances, before it is looked at: windows of the prompts' sizes and proportions everywhere, also a quarter of
/// them beyond the edges of the frame.
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
    for (side, proportion) in sides.iter().flat_map(|side| proportions.iter().map(move |proportion| (side, proportion))) {
        let (width, height) = (side * proportion, side / proportion);
        for y in along(height, frame_height) {
            windows.extend(along(width, frame_width).map(|x| Window { x, y, width, height }));
        }
    }
    windows
}

/// The numbers that describe a window.
fn describe(channels: &Channels, window: &Window, numbers: &mut Vec<f32>) {
    let (beside, above) = (window.width * MARGIN, window.height * MARGIN);
    let around = Window {
        x: window.x - beside,
        y: window.y - above,
        width: window.width + 2.0 * beside,
        height: window.height + 2.0 * above,
    };
    numbers.clear();
    #[expect(clippy::cast_possible_truncation, reason = "means of pixels need no more digits")]
    numbers.extend(channels.cells::<CELLS>(&around).flatten().map(|number| number as f32));
}

/// What the frame is like where the prompts are not.
fn samples(channels: &Channels, windows: &[Window], prompts: &[Window]) -> Vec<Vec<f32>> {
    let apart = |window: &&Window| prompts.iter().all(|prompt| prompt.intersection_over_union(window) < 0.2);
    let spread = windows.iter().step_by((windows.len() / SAMPLES).max(1)).filter(apart);
    let described = spread.map(|window| {
        let mut numbers = Vec::new();
        describe(channels, window, &mut numbers);
        numbers
    });
    described.collect()
}

/// What the numbers of each channel are divided by: their standard deviation, and what the channel counts.
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
    #[expect(clippy::cast_possible_truncation, reason = "a divisor needs no more digits")]
    let of = |channel: usize| ((variances[channel] / whole_number(CELLS * CELLS)).sqrt().max(1e-3) / WEIGHTS[channel]) as f32;
    (0..CELLS * CELLS * CHANNELS).map(|number| of(number % CHANNELS)).collect()
}

/// What a prompt is like, whichever way it lies.
fn turned_all_ways(image: &RgbImage, prompt: &Window, palette: &Palette, reach: usize) -> Vec<f32> {
    let mut mean = vec![0.0; CELLS * CELLS * CHANNELS];
    let mut numbers = Vec::new();
    let part = TURNS * 2;
    for turn in 0..TURNS {
        for mirrored in [false, true] {
            let (turned, window) = turned(image, prompt, TAU * f64::from(turn) / f64::from(TURNS), mirrored);
            describe(&Channels::of(&turned, palette, reach), &window, &mut numbers);
            #[expect(clippy::cast_precision_loss, reason = "a few turns")]
            mean.iter_mut().zip(&numbers).for_each(|(mean, number)| *mean += number / part as f32);
        }
    }
    mean
}

/// A prompt with its surroundings, turned about its centre, and where it is then.
fn turned(image: &RgbImage, prompt: &Window, angle: f64, mirrored: bool) -> (RgbImage, Window) {
    let (sin, cos) = angle.sin_cos();
    let [wide, high] = [prompt.width, prompt.height].map(|side| u32::try_from(pixel((side * 2.0).ceil())).unwrap_or(u32::MAX));
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

/// The colour at a place between pixels, in pixels from the centre of the first; beyond the image that at its edge.
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

/// Moves the edges of a window as long as it stands out more.
fn closer(mut window: Window, mut score: f32, says: &mut impl FnMut(&Window) -> f32) -> (Window, f32) {
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
            let moved =
                Window { x: window.x + x, y: window.y + y, width: window.width + width, height: window.height + height };
            let new = says(&moved);
            if new > score {
                (window, score) = (moved, new);
            }
        }
    }
    (window, score)
}
