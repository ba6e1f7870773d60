//! A correlation filter: learns what a window shows, and finds it in another window.
//!
//! Its kind is that of MOSSE (Bolme and others, 2010), with several channels as in DSST (Danelljan and others, 2014): in the
//! space of frequencies, where comparing a window with itself at every offset is one multiplication.
#![expect(clippy::cast_precision_loss, reason = "places in a window, which has a few thousand samples")]

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::window::{CHANNELS, Channel, SAMPLES, SIDE};

/// A window in the space of frequencies.
type Spectrum = Vec<Complex<f32>>;

/// How wide the peak is that the filter learns to answer with, relative to the box.
const PEAK_WIDTH: f32 = 0.1;
/// What is added to the energy of every frequency, relative to their mean: one that the window hardly has is hardly counted.
const FLOOR: f32 = 0.01;
/// How far from the peak the rest of a response begins, in samples.
const BESIDE: usize = 5;

/// What a window showed when it was learned.
pub(super) struct CorrelationFilter {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    /// The response that is wanted: a peak in the middle of the box.
    wanted: Spectrum,
    learned: [Spectrum; CHANNELS],
    /// How much of each frequency the windows had, over all channels.
    energy: Vec<f32>,
}

impl CorrelationFilter {
    /// A filter for a window, of which the box in its middle is so much, in each direction.
    pub(super) fn new(window: &[Channel; CHANNELS], share: f32) -> Self {
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(SIDE), planner.plan_fft_inverse(SIDE));
        let width = PEAK_WIDTH * share * SIDE as f32;
        // Offsets that are negative lie at the other end, as everything goes on there.
        let distance = |place: usize| (place.min(SIDE - place) as f32 / width).powi(2);
        let peak = (0..SAMPLES).map(|at| (-0.5 * (distance(at % SIDE) + distance(at / SIDE))).exp()).collect();
        let wanted = spectrum(forward.as_ref(), &peak);
        let learned = [(); CHANNELS].map(|()| vec![Complex::ZERO; SAMPLES]);
        let mut filter = Self { forward, inverse, wanted, learned, energy: vec![0.0; SAMPLES] };
        filter.learn(window, 1.0);
        filter
    }

    /// Learns a window in which the box is in the middle. `rate`: how much it counts, 0 to 1; what was learned before counts for
    /// the rest.
    pub(super) fn learn(&mut self, window: &[Channel; CHANNELS], rate: f32) {
        self.energy.iter_mut().for_each(|energy| *energy *= 1.0 - rate);
        for (channel, learned) in window.iter().zip(&mut self.learned) {
            let spectrum = spectrum(self.forward.as_ref(), channel);
            for (at, value) in spectrum.iter().enumerate() {
                learned[at] = learned[at] * (1.0 - rate) + self.wanted[at] * value.conj() * rate;
                self.energy[at] += value.norm_sqr() * rate;
            }
        }
    }

    /// How well a window fits what was learned, at every offset.
    pub(super) fn response(&self, window: &[Channel; CHANNELS]) -> Response {
        let mut sum = vec![Complex::ZERO; SAMPLES];
        for (channel, learned) in window.iter().zip(&self.learned) {
            let spectrum = spectrum(self.forward.as_ref(), channel);
            sum.iter_mut().zip(learned.iter().zip(&spectrum)).for_each(|(sum, (one, other))| *sum += one * other);
        }
        let floor = FLOOR * self.energy.iter().sum::<f32>() / SAMPLES as f32;
        // A window without any contrast has no energy at all.
        sum.iter_mut().zip(&self.energy).for_each(|(sum, energy)| *sum /= energy + floor + f32::EPSILON);
        transform(self.inverse.as_ref(), &mut sum);
        Response::new(sum.iter().map(|value| value.re / SAMPLES as f32).collect())
    }
}

fn spectrum(forward: &dyn Fft<f32>, channel: &Channel) -> Spectrum {
    let mut values: Spectrum = channel.iter().map(|value| Complex::new(*value, 0.0)).collect();
    transform(forward, &mut values);
    values
}

/// Transforms the rows and then the columns.
fn transform(fft: &dyn Fft<f32>, values: &mut Spectrum) {
    for _ in 0..2 {
        fft.process(values);
        // Twice exchanged, rows are rows again.
        for row in 0..SIDE {
            for column in row + 1..SIDE {
                values.swap(row * SIDE + column, column * SIDE + row);
            }
        }
    }
}

/// How well a window fits what was learned, at every offset; its peak is where the box is.
pub(super) struct Response {
    values: Channel,
    peak: usize,
}

impl Response {
    fn new(values: Channel) -> Self {
        let peak = (0..values.len()).max_by(|one, other| values[*one].total_cmp(&values[*other])).unwrap_or(0);
        Self { values, peak }
    }

    /// How high the peak is; 1 for the very window that was learned.
    pub(super) fn height(&self) -> f32 {
        self.values[self.peak]
    }

    /// How far the box is from the middle of the window, across and down, relative to the window: -0.5 to 0.5.
    pub(super) fn offset(&self) -> [f64; 2] {
        let (column, row) = (self.peak % SIDE, self.peak / SIDE);
        let value = |column: usize, row: usize| self.values[row % SIDE * SIDE + column % SIDE];
        // The top of the parabola through the peak and its neighbours.
        let top = |before: f32, after: f32| {
            let bend = before - 2.0 * self.height() + after;
            if bend < 0.0 { f64::from(0.5 * (before - after) / bend) } else { 0.0 }
        };
        let across = top(value(column + SIDE - 1, row), value(column + 1, row));
        let down = top(value(column, row + SIDE - 1), value(column, row + 1));
        let signed = |place: usize| if place > SIDE / 2 { place as f64 - SIDE as f64 } else { place as f64 };
        [(signed(column) + across) / SIDE as f64, (signed(row) + down) / SIDE as f64]
    }

    /// The peak-to-sidelobe ratio: by how many standard deviations of the rest the peak rises above the mean of the rest. Some
    /// dozens where the window fits, less than ten where it does not.
    pub(super) fn sharpness(&self) -> f32 {
        let far = |place: usize, peak: usize| (BESIDE + 1..SIDE - BESIDE).contains(&place.abs_diff(peak));
        let is_rest = |at: usize| far(at % SIDE, self.peak % SIDE) || far(at / SIDE, self.peak / SIDE);
        let rest: Channel = (0..SAMPLES).filter(|at| is_rest(*at)).map(|at| self.values[at]).collect();
        let mean = rest.iter().sum::<f32>() / rest.len() as f32;
        let variance = rest.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / rest.len() as f32;
        (self.height() - mean) / variance.sqrt().max(f32::EPSILON)
    }
}
