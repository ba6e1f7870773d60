//! Dense convolutions with a kernel of 3×3.

use rayon::prelude::*;

use super::{Linear, Map};

/// Rows of the output that are multiplied at once.
const ROWS: usize = 2;

/// Distance of the output pixels in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sam) enum Stride {
    One,
    Two,
}

/// A convolution with a kernel of 3×3 and a padding of 1.
pub(in crate::sam) struct Convolution {
    /// Its inputs are the channels of 9 pixels, row by row.
    linear: Linear,
    stride: usize,
}

impl Convolution {
    /// Creates a convolution of weights in the order output, input, row, column.
    pub(in crate::sam) fn new(weights: &[f32], bias: Vec<f32>, stride: Stride) -> Self {
        let channels = weights.len() / bias.len().max(1) / 9;
        let ordered = weights.chunks_exact(channels * 9).flat_map(|kernel| {
            (0..9).flat_map(move |position| (0..channels).map(move |channel| kernel[channel * 9 + position]))
        });
        let weights: Vec<f32> = ordered.collect();
        Self { linear: Linear::new(&weights, bias), stride: if stride == Stride::One { 1 } else { 2 } }
    }

    /// Applies the convolution, then `activation` to each group of rows.
    pub(in crate::sam) fn apply(&self, input: &Map, activation: impl Fn(&mut [f32]) + Sync) -> Map {
        let (width, height) = (input.width.div_ceil(self.stride), input.height.div_ceil(self.stride));
        let mut output = Map::zeros(width, height, self.linear.outputs());
        let row_length = output.row_length();
        let patch = 9 * input.channels;
        output.data.par_chunks_mut(ROWS * row_length).enumerate().for_each_init(
            || vec![0.0; ROWS * width * patch],
            |patches, (group, out)| {
                let rows = out.len() / row_length;
                let patches = &mut patches[..rows * width * patch];
                for (row, patches) in patches.chunks_exact_mut(width * patch).enumerate() {
                    self.gather(input, group * ROWS + row, patches);
                }
                self.linear.apply(patches, out);
                activation(out);
            },
        );
        output
    }

    /// Copies the 9 input pixels of each pixel in an output row.
    fn gather(&self, input: &Map, y: usize, patches: &mut [f32]) {
        let channels = input.channels;
        for (x, patch) in patches.chunks_exact_mut(9 * channels).enumerate() {
            for (down, part) in patch.chunks_exact_mut(3 * channels).enumerate() {
                let row = (y * self.stride + down).checked_sub(1).filter(|row| *row < input.height);
                let Some(row) = row.map(|row| input.row(row)) else {
                    part.fill(0.0);
                    continue;
                };
                // Columns `left` to `left + 2`, counted from the padding on the left.
                let left = x * self.stride;
                let (from, to) = (usize::from(left == 0), (input.width + 1 - left).min(3));
                part[..from * channels].fill(0.0);
                part[to * channels..].fill(0.0);
                let first = (left + from - 1) * channels;
                part[from * channels..to * channels].copy_from_slice(&row[first..][..(to - from) * channels]);
            }
        }
    }
}
