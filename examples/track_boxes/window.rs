//! Sampling of a window around the box to a fixed size, in several channels.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "positions in frames are non-negative and exactly representable"
)]

use std::array;
use std::f32::consts::{FRAC_PI_4, PI};

use agent_runtime::media::RgbImage;

/// Samples per side of a window.
pub(super) const SIDE: usize = 64;
/// Samples of a window.
pub(super) const SAMPLES: usize = SIDE * SIDE;
/// Number of channels: two of colour, one of brightness, and edges in four directions.
pub(super) const CHANNELS: usize = 7;
/// Maximum pixels averaged per sample and axis, which bounds the cost of large windows.
const MAX_PIXELS: u32 = 4;
/// Offset added to the brightness before colours are divided by it, so that noise in dark areas does not count as
/// colour.
const DARK: f32 = 16.0;

/// One value per sample, row by row.
pub(super) type Channel = Vec<f32>;

/// A window, in pixels from the frame's upper left corner. It may exceed the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub(super) centre: [f64; 2],
    pub(super) size: [f64; 2],
}

impl Window {
    /// Computes the channels of the window.
    pub(super) fn channels(&self, frame: &RgbImage) -> [Channel; CHANNELS] {
        let [red, green, blue] = self.colours(frame);
        let grey: Channel = (0..SAMPLES).map(|at| (red[at] + green[at] + blue[at]) / 3.0).collect();
        // Relative colours do not change with the illumination.
        let share = |colour: &Channel| colour.iter().zip(&grey).map(|(colour, grey)| colour / (grey + DARK)).collect();
        let (red, blue) = (share(&red), share(&blue));
        let [right, down_right, down, down_left] = edges(&grey);
        let mut channels = [red, blue, grey, right, down_right, down, down_left];
        let fade = array::from_fn(|place| (PI * (place as f32 + 0.5) / SIDE as f32).sin().powi(2));
        channels.iter_mut().for_each(|channel| standardise(channel, &fade));
        channels
    }

    /// Samples red, green and blue, 0 to 255. Outside the frame, its border is repeated.
    fn colours(&self, frame: &RgbImage) -> [Channel; 3] {
        let step = self.size.map(|size| size / SIDE as f64);
        // Bilinear interpolation is enough for steps below two pixels; for larger steps, several points are averaged.
        let counts = step.map(|step| (step.round().max(1.0) as u32).min(MAX_PIXELS));
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
                let colour = interpolated(frame, place(0), place(1));
                mean = array::from_fn(|of| mean[of] + colour[of] * share);
            }
            colours.iter_mut().zip(mean).for_each(|(channel, mean)| channel.push(mean));
        }
        colours
    }
}

/// Interpolates a colour bilinearly. Coordinates are in pixels from the centre of the first pixel.
fn interpolated(frame: &RgbImage, x: f64, y: f64) -> [f32; 3] {
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

/// Returns the strength of edges in four directions. An edge between two directions is distributed to both.
fn edges(grey: &Channel) -> [Channel; 4] {
    let mut edges = [(); 4].map(|()| vec![0.0; SAMPLES]);
    for row in 1..SIDE - 1 {
        for column in 1..SIDE - 1 {
            let at = row * SIDE + column;
            let (across, down) = (grey[at + 1] - grey[at - 1], grey[at + SIDE] - grey[at - SIDE]);
            // The square root keeps one strong outline from dominating.
            let strength = across.hypot(down).sqrt();
            let direction = down.atan2(across).rem_euclid(PI) / FRAC_PI_4;
            let (nearest, share) = (direction as usize, direction.fract());
            edges[nearest % 4][at] += strength * (1.0 - share);
            edges[(nearest + 1) % 4][at] += strength * share;
        }
    }
    edges
}

/// Normalizes a channel to mean 0 and variance 1, and applies a window function, because the Fourier transform treats
/// the window as periodic.
fn standardise(channel: &mut Channel, fade: &[f32; SIDE]) {
    let mean = channel.iter().sum::<f32>() / SAMPLES as f32;
    let variance = channel.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / SAMPLES as f32;
    let scale = 1.0 / variance.sqrt().max(1e-3);
    for (row, down) in channel.chunks_exact_mut(SIDE).zip(fade) {
        row.iter_mut().zip(fade).for_each(|(value, across)| *value = (*value - mean) * scale * across * down);
    }
}
