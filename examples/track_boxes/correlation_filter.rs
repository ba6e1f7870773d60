//! A correlation filter, which learns the content of a window and locates it in other windows.
//!
//! It is a MOSSE filter (Bolme and others, 2010) with several channels as in DSST (Danelljan and others, 2014). It
//! works in the frequency domain, where the correlation at all offsets is a single multiplication.
#![expect(clippy::cast_precision_loss, reason = "positions in a window, which has a few thousand samples")]

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::window::{CHANNELS, Channel, SAMPLES, SIDE};

/// A window in the frequency domain.
type Spectrum = Vec<Complex<f32>>;

/// Width of the target peak, relative to the box.
const PEAK_WIDTH: f32 = 0.1;
/// Regularization: the part of the mean energy that is added to every frequency, so that weak frequencies have little
/// weight.
const FLOOR: f32 = 0.01;
/// Distance from the peak at which the sidelobe region begins, in samples.
const SIDELOBE_DISTANCE: usize = 5;

/// A correlation filter.
pub(super) struct CorrelationFilter {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    /// Target response: a peak in the centre of the box.
    target: Spectrum,
    learned: [Spectrum; CHANNELS],
    /// Energy of each frequency, over all channels.
    energy: Vec<f32>,
}

impl CorrelationFilter {
    /// Creates a filter from a window. `share` is the side of the centred box, relative to the window.
    pub(super) fn new(window: &[Channel; CHANNELS], share: f32) -> Self {
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(SIDE), planner.plan_fft_inverse(SIDE));
        let width = PEAK_WIDTH * share * SIDE as f32;
        // Negative offsets wrap around.
        let distance = |place: usize| (place.min(SIDE - place) as f32 / width).powi(2);
        let peak = (0..SAMPLES).map(|at| (-0.5 * (distance(at % SIDE) + distance(at / SIDE))).exp()).collect();
        let target = spectrum(forward.as_ref(), &peak);
        let learned = [(); CHANNELS].map(|()| vec![Complex::ZERO; SAMPLES]);
        let mut filter = Self { forward, inverse, target, learned, energy: vec![0.0; SAMPLES] };
        filter.learn(window, 1.0);
        filter
    }

    /// Updates the filter with a window that has the box in its centre. `rate` is the learning rate, 0 to 1.
    pub(super) fn learn(&mut self, window: &[Channel; CHANNELS], rate: f32) {
        self.energy.iter_mut().for_each(|energy| *energy *= 1.0 - rate);
        for (channel, learned) in window.iter().zip(&mut self.learned) {
            let spectrum = spectrum(self.forward.as_ref(), channel);
            for (at, value) in spectrum.iter().enumerate() {
                learned[at] = learned[at] * (1.0 - rate) + self.target[at] * value.conj() * rate;
                self.energy[at] += value.norm_sqr() * rate;
            }
        }
    }

    /// Computes the response to a window at every offset.
    pub(super) fn response(&self, window: &[Channel; CHANNELS]) -> Response {
        let mut sum = vec![Complex::ZERO; SAMPLES];
        for (channel, learned) in window.iter().zip(&self.learned) {
            let spectrum = spectrum(self.forward.as_ref(), channel);
            sum.iter_mut().zip(learned.iter().zip(&spectrum)).for_each(|(sum, (one, other))| *sum += one * other);
        }
        let floor = FLOOR * self.energy.iter().sum::<f32>() / SAMPLES as f32;
        // A window without contrast has zero energy.
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

/// Transforms the rows, then the columns.
fn transform(fft: &dyn Fft<f32>, values: &mut Spectrum) {
    for _ in 0..2 {
        fft.process(values);
        // Transposed twice, so that rows are rows again.
        for row in 0..SIDE {
            for column in row + 1..SIDE {
                values.swap(row * SIDE + column, column * SIDE + row);
            }
        }
    }
}

/// The response to a window at every offset. Its peak is the position of the box.
pub(super) struct Response {
    values: Channel,
    peak: usize,
}

impl Response {
    fn new(values: Channel) -> Self {
        let peak = (0..values.len()).max_by(|one, other| values[*one].total_cmp(&values[*other])).unwrap_or(0);
        Self { values, peak }
    }

    /// Returns the height of the peak. It is 1 for the learned window itself.
    pub(super) fn height(&self) -> f32 {
        self.values[self.peak]
    }

    /// Returns the offset of the box from the window's centre in *x* and *y*, relative to the window: -0.5 to 0.5.
    pub(super) fn offset(&self) -> [f64; 2] {
        let (column, row) = (self.peak % SIDE, self.peak / SIDE);
        let value = |column: usize, row: usize| self.values[row % SIDE * SIDE + column % SIDE];
        // Sub-sample position: the vertex of the parabola through the peak and its neighbours.
        let top = |before: f32, after: f32| {
            let bend = before - 2.0 * self.height() + after;
            if bend < 0.0 { f64::from(0.5 * (before - after) / bend) } else { 0.0 }
        };
        let across = top(value(column + SIDE - 1, row), value(column + 1, row));
        let down = top(value(column, row + SIDE - 1), value(column, row + 1));
        let signed = |place: usize| if place > SIDE / 2 { place as f64 - SIDE as f64 } else { place as f64 };
        [(signed(column) + across) / SIDE as f64, (signed(row) + down) / SIDE as f64]
    }

    /// Returns the peak-to-sidelobe ratio: the height of the peak above the mean of the sidelobe region, in its
    /// standard deviations. Several dozen for a match, less than ten otherwise.
    pub(super) fn sharpness(&self) -> f32 {
        let far = |place: usize, peak: usize| {
            (SIDELOBE_DISTANCE + 1..SIDE - SIDELOBE_DISTANCE).contains(&place.abs_diff(peak))
        };
        let is_rest = |at: usize| far(at % SIDE, self.peak % SIDE) || far(at / SIDE, self.peak / SIDE);
        let rest: Channel = (0..SAMPLES).filter(|at| is_rest(*at)).map(|at| self.values[at]).collect();
        let mean = rest.iter().sum::<f32>() / rest.len() as f32;
        let variance = rest.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / rest.len() as f32;
        (self.height() - mean) / variance.sqrt().max(f32::EPSILON)
    }
}
