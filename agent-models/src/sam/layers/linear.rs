//! Matrix products.

use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::NdTensorView;

/// A linear layer with its weights packed for multiplication: `y = x W + b`.
pub(in crate::sam) struct Linear {
    weights: PackedBMatrix<f32>,
    bias: Vec<f32>,
    inputs: usize,
}

impl Linear {
    /// Creates a layer of weights with one row per output.
    pub(in crate::sam) fn new(weights: &[f32], bias: Vec<f32>) -> Self {
        let outputs = bias.len();
        let inputs = weights.len() / outputs.max(1);
        let view = NdTensorView::from_data([outputs, inputs], weights);
        Self { weights: GemmExecutor::default().prepack_b(view.transposed()), bias, inputs }
    }

    /// Creates a layer of weights with one row per input.
    pub(in crate::sam) fn from_columns(weights: &[f32], bias: Vec<f32>) -> Self {
        let outputs = bias.len();
        let inputs = weights.len() / outputs.max(1);
        let view = NdTensorView::from_data([inputs, outputs], weights);
        Self { weights: GemmExecutor::default().prepack_b(view), bias, inputs }
    }

    /// Number of outputs.
    pub(in crate::sam) fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// Applies the layer to each row of `x`.
    pub(in crate::sam) fn apply(&self, x: &[f32], y: &mut [f32]) {
        self.run(x, y, 0.0);
    }

    /// Applies the layer to each row of `x` and adds the result to `y`.
    pub(in crate::sam) fn add(&self, x: &[f32], y: &mut [f32]) {
        self.run(x, y, 1.0);
    }

    /// Applies the layer to each row of `x`.
    pub(in crate::sam) fn forward(&self, x: &[f32]) -> Vec<f32> {
        let mut y = vec![0.0; x.len() / self.inputs * self.outputs()];
        self.apply(x, &mut y);
        y
    }

    fn run(&self, x: &[f32], y: &mut [f32], beta: f32) {
        let x = NdTensorView::from_data([x.len() / self.inputs, self.inputs], x);
        let options = GemmOptions { beta, bias: Some(BiasVector::Row(&self.bias)), ..Default::default() };
        let (a, b) = (GemmInputA::Unpacked(x), GemmInputB::Packed(&self.weights));
        let result = GemmExecutor::default().gemm(y, a, b, options);
        debug_assert!(result.is_ok(), "the layer has {} inputs: {result:?}", self.inputs);
    }
}

/// A matrix in a slice: `rows × columns`, with the distance of rows.
pub(in crate::sam) type Strided<'a> = (&'a [f32], [usize; 2], usize);

fn view<'a>((data, shape, stride): Strided<'a>) -> Option<NdTensorView<'a, f32, 2>> {
    NdTensorView::from_data_with_strides(shape, data, [stride, 1]).ok()
}

/// Computes `y = scale · a b + add · y`.
pub(in crate::sam) fn multiply(a: Strided<'_>, b: Strided<'_>, y: &mut [f32], scale: f32, add: f32) {
    let (Some(a), Some(b)) = (view(a), view(b)) else { return debug_assert!(false, "a matrix is too short") };
    product(a, b, y, scale, add);
}

/// Computes `y = scale · a bᵀ + add · y`.
pub(in crate::sam) fn multiply_transposed(a: Strided<'_>, b: Strided<'_>, y: &mut [f32], scale: f32, add: f32) {
    let (Some(a), Some(b)) = (view(a), view(b)) else { return debug_assert!(false, "a matrix is too short") };
    product(a, b.transposed(), y, scale, add);
}

fn product(a: NdTensorView<'_, f32, 2>, b: NdTensorView<'_, f32, 2>, y: &mut [f32], scale: f32, add: f32) {
    let options = GemmOptions { alpha: scale, beta: add, ..Default::default() };
    let result = GemmExecutor::<f32>::default().gemm(y, GemmInputA::Unpacked(a), GemmInputB::Unpacked(b), options);
    debug_assert!(result.is_ok(), "the shapes do not match: {result:?}");
}
