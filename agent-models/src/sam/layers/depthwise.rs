//! Depthwise convolutions with a kernel of 3×3, row by row.

use rten_simd::ops::NumOps;
use rten_simd::{Isa, SimdOp};

/// A depthwise convolution with a kernel of 3×3 and a padding of 1.
pub(in crate::sam) struct Depthwise {
    /// One row of channels per position of the kernel.
    weights: Vec<f32>,
    bias: Vec<f32>,
    stride: usize,
}

impl Depthwise {
    /// Creates a convolution of weights with one row of 9 per channel. The number of channels is a multiple of 16.
    pub(in crate::sam) fn new(weights: &[f32], bias: Vec<f32>, stride: usize) -> Self {
        let kernel = |position: usize| weights.iter().skip(position).step_by(9).copied();
        Self { weights: (0..9).flat_map(kernel).collect(), bias, stride }
    }

    /// Distance of the output pixels in the input.
    pub(in crate::sam) fn stride(&self) -> usize {
        self.stride
    }

    /// Number of channels.
    pub(in crate::sam) fn channels(&self) -> usize {
        self.bias.len()
    }

    /// Computes an output row of three input rows.
    pub(in crate::sam) fn apply(&self, rows: [&[f32]; 3], out: &mut [f32]) {
        Row { convolution: self, rows, out }.dispatch();
    }
}

struct Row<'a> {
    convolution: &'a Depthwise,
    /// Input rows with one pixel of padding on each side.
    rows: [&'a [f32]; 3],
    out: &'a mut [f32],
}

impl SimdOp for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        let Depthwise { weights, bias, stride } = self.convolution;
        let (ops, channels) = (isa.f32(), bias.len());
        let lanes = rten_simd::ops::BitOps::len(ops);
        for (x, pixel) in self.out.chunks_exact_mut(channels).enumerate() {
            let columns = self.rows.map(|row| &row[x * stride * channels..][..3 * channels]);
            for (part, out) in pixel.chunks_exact_mut(lanes).enumerate() {
                let channel = part * lanes;
                let mut sum = rten_simd::ops::BitOps::load(ops, &bias[channel..]);
                for (position, column) in columns.iter().enumerate() {
                    for step in 0..3 {
                        let weight =
                            rten_simd::ops::BitOps::load(ops, &weights[(position * 3 + step) * channels + channel..]);
                        let value = rten_simd::ops::BitOps::load(ops, &column[step * channels + channel..]);
                        sum = ops.mul_add(value, weight, sum);
                    }
                }
                rten_simd::ops::BitOps::store(ops, sum, out);
            }
        }
    }
}

/// The input rows that an output row depends on. Every input row is computed once.
pub(in crate::sam) struct RowWindow {
    rows: [Vec<f32>; 3],
    channels: usize,
    height: usize,
    /// Next row to be computed, counted from the padding above the first.
    next: usize,
}

impl RowWindow {
    /// Creates a window over the rows of a map that has not been computed.
    pub(in crate::sam) fn new(width: usize, height: usize, channels: usize) -> Self {
        let row = || vec![0.0; (width + 2) * channels];
        Self { rows: [row(), row(), row()], channels, height, next: 0 }
    }

    /// Moves the window to the input rows around `y`. `compute` fills the rows that are new.
    pub(in crate::sam) fn advance(&mut self, y: usize, mut compute: impl FnMut(usize, &mut [f32])) -> [&[f32]; 3] {
        for padded in self.next.max(y)..y + 3 {
            let row = &mut self.rows[padded % 3];
            let end = row.len() - self.channels;
            let inside = &mut row[self.channels..end];
            if (1..=self.height).contains(&padded) {
                compute(padded - 1, inside);
            } else {
                inside.fill(0.0);
            }
        }
        self.next = y + 3;
        [0, 1, 2].map(|row| self.rows[(y + row) % 3].as_slice())
    }
}
