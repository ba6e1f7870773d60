//! Attention within windows of a feature map.

use rayon::prelude::*;

use super::{Linear, Map, Norm, multiply, multiply_transposed, softmax};

/// Tokens that are multiplied at once, at least.
const TOKENS: usize = 196;

/// Multi-head attention within square windows, with a bias for each distance of two tokens.
pub(in crate::sam) struct WindowAttention {
    norm: Norm,
    /// Query, key and value of each head in turn.
    projection: Linear,
    output: Linear,
    /// One matrix of window by window tokens per head.
    biases: Vec<Vec<f32>>,
    side: usize,
}

impl WindowAttention {
    /// Creates a layer. `distances` has one row per head: the bias of each vertical and horizontal distance.
    pub(in crate::sam) fn new(norm: Norm, projection: Linear, output: Linear, distances: &[f32], side: usize) -> Self {
        let place = |token: usize| (token / side, token % side);
        let biases = distances.chunks_exact(side * side).map(|distances| {
            let of = |one: usize, other: usize| {
                let ((y, x), (other_y, other_x)) = (place(one), place(other));
                distances[y.abs_diff(other_y) * side + x.abs_diff(other_x)]
            };
            (0..side * side).flat_map(|one| (0..side * side).map(move |other| of(one, other))).collect()
        });
        Self { norm, projection, output, biases: biases.collect(), side }
    }

    /// Adds the attention to the map.
    pub(in crate::sam) fn add(&self, map: &mut Map) {
        let (width, channels, row_length) = (map.width, map.channels, map.row_length());
        let windows = width.div_ceil(self.side);
        let group = TOKENS.div_ceil(self.side * self.side);
        map.data.par_chunks_mut(self.side * row_length).for_each(|band| {
            let groups: Vec<usize> = (0..windows).step_by(group).collect();
            let results: Vec<Vec<f32>> = groups
                .par_iter()
                .map(|first| self.windows(band, *first..(*first + group).min(windows), width, channels))
                .collect();
            for (first, result) in groups.iter().zip(&results) {
                for (window, tokens) in result.chunks_exact(self.side * self.side * channels).enumerate() {
                    self.scatter(tokens, band, first + window, width, channels);
                }
            }
        });
    }

    /// Computes the attention of some windows of a band of rows.
    fn windows(&self, band: &[f32], windows: std::ops::Range<usize>, width: usize, channels: usize) -> Vec<f32> {
        let tokens = self.side * self.side;
        let mut input = vec![0.0; windows.len() * tokens * channels];
        for (window, input) in windows.zip(input.chunks_exact_mut(tokens * channels)) {
            for (y, row) in input.chunks_exact_mut(self.side * channels).enumerate() {
                let (from, to) = (window * self.side, ((window + 1) * self.side).min(width));
                // Windows that reach beyond the map are padded with zeros.
                if let Some(source) = band.get((y * width + from) * channels..(y * width + to) * channels) {
                    row[..source.len()].copy_from_slice(source);
                }
            }
        }
        self.norm.apply(&mut input);
        let projected = self.projection.forward(&input);
        let mut attended = input;
        let mut weights = vec![0.0; tokens * tokens];
        let mut values = vec![0.0; tokens * (channels / self.biases.len())];
        for (projected, attended) in
            projected.chunks_exact(tokens * 3 * channels).zip(attended.chunks_exact_mut(tokens * channels))
        {
            self.heads(projected, attended, &mut weights, &mut values);
        }
        self.output.forward(&attended)
    }

    /// Computes the heads of one window.
    fn heads(&self, projected: &[f32], attended: &mut [f32], weights: &mut [f32], values: &mut [f32]) {
        let (tokens, heads) = (self.side * self.side, self.biases.len());
        let (stride, channels) = (projected.len() / tokens, attended.len() / tokens);
        let length = channels / heads;
        let scale = super::super::numbers::real(length).sqrt().recip();
        for (head, bias) in self.biases.iter().enumerate() {
            let part = |part: usize| {
                let from = (head * 3 + part) * length;
                (&projected[from..from + (tokens - 1) * stride + length], [tokens, length], stride)
            };
            weights.copy_from_slice(bias);
            multiply_transposed(part(0), part(1), weights, scale, 1.0);
            softmax(weights, tokens);
            multiply((weights, [tokens, tokens], tokens), part(2), values, 1.0, 0.0);
            for (token, value) in attended.chunks_exact_mut(channels).zip(values.chunks_exact(length)) {
                token[head * length..][..length].copy_from_slice(value);
            }
        }
    }

    /// Adds the tokens of a window to its place in a band of rows.
    fn scatter(&self, tokens: &[f32], band: &mut [f32], window: usize, width: usize, channels: usize) {
        let (from, to) = (window * self.side, ((window + 1) * self.side).min(width));
        for (row, tokens) in band.chunks_exact_mut(width * channels).zip(tokens.chunks_exact(self.side * channels)) {
            for (sum, value) in row[from * channels..to * channels].iter_mut().zip(tokens) {
                *sum += value;
            }
        }
    }
}
