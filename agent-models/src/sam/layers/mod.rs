//! Layers of neural networks, on row-major matrices: one row per pixel or token, one column per channel.

mod attention;
mod convolution;
mod depthwise;
mod linear;
mod map;
mod norm;

pub(super) use attention::WindowAttention;
pub(super) use convolution::{Convolution, Stride};
pub(super) use depthwise::{Depthwise, RowWindow};
pub(super) use linear::{Linear, multiply, multiply_transposed};
pub(super) use map::Map;
pub(super) use norm::{Norm, exp, gelu, relu, softmax};
