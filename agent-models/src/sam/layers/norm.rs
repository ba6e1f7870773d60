//! Normalisation and activations.

use rten_simd::{SimdOp, SimdUnaryOp};
use rten_vecmath::{Exp, Gelu, Normalize, NormalizeOptions, Softmax, Sum, SumSquareSub};

use crate::sam::numbers::real;

/// A layer normalisation over the channels.
pub(in crate::sam) struct Norm {
    pub(in crate::sam) scale: Vec<f32>,
    pub(in crate::sam) bias: Vec<f32>,
    pub(in crate::sam) epsilon: f32,
}

impl Norm {
    /// Normalises each row in place.
    pub(in crate::sam) fn apply(&self, rows: &mut [f32]) {
        let count = real(self.scale.len());
        for row in rows.chunks_exact_mut(self.scale.len()) {
            let mean = Sum::new(row).dispatch() / count;
            let variance = SumSquareSub::new(row, mean).dispatch() / count;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: (variance + self.epsilon).sqrt().recip(),
                element_scale: Some(&self.scale),
                element_bias: Some(&self.bias),
                ..Default::default()
            };
            Normalize::new_mut(row, options).dispatch();
        }
    }
}

/// Applies the Gaussian error linear unit.
pub(in crate::sam) fn gelu(values: &mut [f32]) {
    Gelu {}.map_mut(values);
}

/// Applies the rectified linear unit.
pub(in crate::sam) fn relu(values: &mut [f32]) {
    values.iter_mut().for_each(|value| *value = value.max(0.0));
}

/// Applies the exponential function.
pub(in crate::sam) fn exp(values: &mut [f32]) {
    Exp {}.map_mut(values);
}

/// Applies softmax to each row of `length` values.
pub(in crate::sam) fn softmax(rows: &mut [f32], length: usize) {
    for row in rows.chunks_exact_mut(length) {
        Softmax::new_mut(row).dispatch();
    }
}
