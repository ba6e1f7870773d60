//! Layers of a checkpoint.

use super::checkpoint::Checkpoint;
use super::error::LoadError;
use super::layers::{Convolution, Depthwise, Linear, Norm, Stride};

/// The part of a checkpoint whose names begin with a prefix.
#[derive(Clone)]
pub(super) struct Weights<'c> {
    checkpoint: &'c Checkpoint,
    prefix: String,
}

impl<'c> Weights<'c> {
    /// Creates a view of the whole checkpoint.
    pub(super) fn new(checkpoint: &'c Checkpoint) -> Self {
        Self { checkpoint, prefix: String::new() }
    }

    /// Returns the part under a name.
    pub(super) fn at(&self, name: &str) -> Self {
        Self { checkpoint: self.checkpoint, prefix: format!("{}{name}.", self.prefix) }
    }

    /// Returns a tensor.
    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        self.checkpoint.tensor(&format!("{}{name}", self.prefix), shape)
    }

    /// Returns a linear layer.
    pub(super) fn linear(&self, inputs: usize, outputs: usize) -> Result<Linear, LoadError> {
        Ok(Linear::new(&self.tensor("weight", &[outputs, inputs])?, self.tensor("bias", &[outputs])?))
    }

    /// Returns a layer normalisation.
    pub(super) fn norm(&self, channels: usize, epsilon: f32) -> Result<Norm, LoadError> {
        Ok(Norm { scale: self.tensor("weight", &[channels])?, bias: self.tensor("bias", &[channels])?, epsilon })
    }

    /// Returns a convolution with a kernel of 1×1, with its batch normalisation.
    pub(super) fn pointwise(&self, inputs: usize, outputs: usize) -> Result<Linear, LoadError> {
        let (weights, bias) = self.folded(&[outputs, inputs, 1, 1])?;
        Ok(Linear::new(&weights, bias))
    }

    /// Returns a depthwise convolution with its batch normalisation.
    pub(super) fn depthwise(&self, channels: usize, stride: usize) -> Result<Depthwise, LoadError> {
        let (weights, bias) = self.folded(&[channels, 1, 3, 3])?;
        Ok(Depthwise::new(&weights, bias, stride))
    }

    /// Returns a dense convolution with its batch normalisation.
    pub(super) fn convolution(&self, inputs: usize, outputs: usize, stride: Stride) -> Result<Convolution, LoadError> {
        let (weights, bias) = self.folded(&[outputs, inputs, 3, 3])?;
        Ok(Convolution::new(&weights, bias, stride))
    }

    /// Folds a batch normalisation into the convolution before it.
    fn folded(&self, shape: &[usize]) -> Result<(Vec<f32>, Vec<f32>), LoadError> {
        let outputs = shape.first().copied().unwrap_or(0);
        let mut weights = self.tensor("c.weight", shape)?;
        let norm = self.at("bn");
        let (scale, bias) = (norm.tensor("weight", &[outputs])?, norm.tensor("bias", &[outputs])?);
        let (mean, variance) = (norm.tensor("running_mean", &[outputs])?, norm.tensor("running_var", &[outputs])?);
        let factors: Vec<f32> =
            scale.iter().zip(&variance).map(|(scale, variance)| scale / (variance + 1e-5).sqrt()).collect();
        let kernel = weights.len() / outputs.max(1);
        for (kernel, factor) in weights.chunks_exact_mut(kernel.max(1)).zip(&factors) {
            kernel.iter_mut().for_each(|weight| *weight *= factor);
        }
        let bias = bias.iter().zip(&mean).zip(&factors).map(|((bias, mean), factor)| bias - mean * factor);
        Ok((weights, bias.collect()))
    }
}
