//! What the filter sees of a frame: a window around the box, as many samples wide and high whatever its size, in several
//! channels.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "places in frames, which are not negative and far below what a float counts exactly"
)]

use std::array;
use std::f32::consts::{FRAC_PI_4, PI};

use agent_runtime::media::RgbImage;

/// How many samples a window is wide and high.
pub(super) const SIDE: usize = 64;
/// How many samples a window has.
pub(super) const SAMPLES: usize = SIDE * SIDE;
/// Two colours, brightness, and edges in four directions.
pub(super) const CHANNELS: usize = 7;
/// How many pixels a sample is the mean of at most, across and down: a large window stays as cheap as a small one.
const MOST_PIXELS: u32 = 4;
/// What brightness is raised by before colours are divided by it, so that the noise of dark places is no colour.
const DARK: f32 = 16.0;

/// One value for each sample of a window, row by row from the top.
pub(super) type Channel = Vec<f32>;

/// A part of a frame, in pixels from its upper left corner; it may reach beyond the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub(super) centre: [f64; 2],
    pub(super) size: [f64; 2],
}

impl Window {
    /// What is seen of the frame in each channel.
    pub(super) fn channels(&self, frame: &RgbImage) -> [Channel; CHANNELS] {
        let [red, green, blue] = self.colours(frame);
        let grey: Channel = (0..SAMPLES).map(|at| (red[at] + green[at] + blue[at]) / 3.0).collect();
        // The share of a colour stays what it is when the light changes.
        let share = |colour: &Channel| colour.iter().zip(&grey).map(|(colour, grey)| colour / (grey + DARK)).collect();
        let (red, blue) = (share(&red), share(&blue));
        let [right, down_right, down, down_left] = edges(&grey);
        let mut channels = [red, blue, grey, right, down_right, down, down_left];
        let fade = array::from_fn(|place| (PI * (place as f32 + 0.5) / SIDE as f32).sin().powi(2));
        channels.iter_mut().for_each(|channel| standardise(channel, &fade));
        channels
    }

    /// Red, green and blue, 0 to 255. Beyond the frame its border goes on.
    fn colours(&self, frame: &RgbImage) -> [Channel; 3] {
        let step = self.size.map(|size| size / SIDE as f64);
        // Between the pixels around a place lies what is finer than two pixels; for wider steps more of them are averaged.
        let counts = step.map(|step| (step.round().max(1.0) as u32).min(MOST_PIXELS));
        let share = 1.0 / (counts[0] * counts[1]) as f32;
        let corner = [0, 1].map(|axis| self.centre[axis] - self.size[axis] / 2.0);
        let mut colours = [(); 3].map(|()| Vec::with_capacity(SAMPLES));
        for sample in 0..SAMPLES {
            let sample = [(sample % SIDE) as f64, (sample / SIDE) as f64];
            let mut mean = [0.0; 3];
            for part in 0..counts[0] * counts[1] {
                let part = [part % counts[0], part / counts[0]];
                let within = |axis: usize| (f64::from(part[axis]) + 0.5) / f64::from(counts[axis]);
                let place = |axis: usize| corner[axis] + (sample[axis] + within(axis)) * step[axis] - 0.5;
                let colour = between_pixels(frame, place(0), place(1));
                mean = array::from_fn(|of| mean[of] + colour[of] * share);
            }
            colours.iter_mut().zip(mean).for_each(|(channel, mean)| channel.push(mean));
        }
        colours
    }
}

/// The colour between the centres of four pixels, counted in pixels from the centre of the first.
fn between_pixels(frame: &RgbImage, x: f64, y: f64) -> [f32; 3] {
    let (last_x, last_y) = (frame.width().saturating_sub(1), frame.height().saturating_sub(1));
    let (x, y) = (x.clamp(0.0, last_x.into()), y.clamp(0.0, last_y.into()));
    let (left, top) = (x as u32, y as u32);
    let (right, bottom) = ((left + 1).min(last_x), (top + 1).min(last_y));
    let (across, down) = ((x - f64::from(left)) as f32, (y - f64::from(top)) as f32);
    let [a, b] = [left, right].map(|x| frame.get_pixel(x, top).0);
    let [c, d] = [left, right].map(|x| frame.get_pixel(x, bottom).0);
    let mix = |one: f32, other: f32, share: f32| one + (other - one) * share;
    array::from_fn(|of| {
        let upper = mix(a[of].into(), b[of].into(), across);
        mix(upper, mix(c[of].into(), d[of].into(), across), down)
    })
}

/// How strong the edges are in four directions. One between two directions is shared by them.
fn edges(grey: &Channel) -> [Channel; 4] {
    let mut edges = [(); 4].map(|()| vec![0.0; SAMPLES]);
    for row in 1..SIDE - 1 {
        for column in 1..SIDE - 1 {
            let at = row * SIDE + column;
            let (across, down) = (grey[at + 1] - grey[at - 1], grey[at + SIDE] - grey[at - SIDE]);
            // With the root of the contrast, one bright outline does not drown all others.
            let strength = across.hypot(down).sqrt();
            let direction = down.atan2(across).rem_euclid(PI) / FRAC_PI_4;
            let (nearest, share) = (direction as usize, direction.fract());
            edges[nearest % 4][at] += strength * (1.0 - share);
            edges[(nearest + 1) % 4][at] += strength * share;
        }
    }
    edges
}

/// Gives a channel mean 0 and variance 1, and lets it fade towards the border of the window: the transform takes the window to
/// go on at its opposite border, where nothing must begin or end.
fn standardise(channel: &mut Channel, fade: &[f32; SIDE]) {
    let mean = channel.iter().sum::<f32>() / SAMPLES as f32;
    let variance = channel.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / SAMPLES as f32;
    let scale = 1.0 / variance.sqrt().max(1e-3);
    for (row, down) in channel.chunks_exact_mut(SIDE).zip(fade) {
        row.iter_mut().zip(fade).for_each(|(value, across)| *value = (*value - mean) * scale * across * down);
    }
}
