//! The mask decoder.

use rayon::prelude::*;

use super::encoder::CHANNELS;
use super::error::LoadError;
use super::layers::{Linear, Norm, gelu, multiply_transposed, relu};
use super::mask::SIDE as MASK_SIDE;
use super::prompt_encoder::SIDE;
use super::transformer::{Pixels, Transformer};
use super::weights::Weights;

/// Masks per prompt: one for prompts without ambiguity, and three for ambiguous ones.
pub(super) const MASKS: usize = 4;

/// The mask decoder.
pub(super) struct Decoder {
    transformer: Transformer,
    /// The tokens of the quality and of each mask.
    tokens: Vec<f32>,
    upscaling: Upscaling,
    masks: Vec<[Linear; 3]>,
    quality: [Linear; 3],
}

/// The masks for a prompt.
pub(super) struct Decoded {
    /// Logits of each mask, at a quarter of the input's size.
    pub(super) logits: Vec<Vec<f32>>,
    /// Predicted intersection over union of each mask with the object.
    pub(super) qualities: Vec<f32>,
}

impl Decoder {
    /// Reads the layers.
    pub(super) fn load(weights: &Weights<'_>) -> Result<Self, LoadError> {
        let mut tokens = weights.tensor("iou_token.weight", &[1, CHANNELS])?;
        tokens.extend(weights.tensor("mask_tokens.weight", &[MASKS, CHANNELS])?);
        let perceptron = |name: &str, outputs| -> Result<[Linear; 3], LoadError> {
            let weights = weights.at(name);
            Ok([
                weights.at("layers.0").linear(CHANNELS, CHANNELS)?,
                weights.at("layers.1").linear(CHANNELS, CHANNELS)?,
                weights.at("layers.2").linear(CHANNELS, outputs)?,
            ])
        };
        let masks = (0..MASKS).map(|mask| perceptron(&format!("output_hypernetworks_mlps.{mask}"), 32));
        Ok(Self {
            transformer: Transformer::load(&weights.at("transformer"))?,
            tokens,
            upscaling: Upscaling::load(&weights.at("output_upscaling"))?,
            masks: masks.collect::<Result<_, _>>()?,
            quality: perceptron("iou_prediction_head", MASKS)?,
        })
    }

    /// Decodes some of the masks for the tokens of a prompt.
    pub(super) fn run(&self, prompt: &[f32], mut pixels: Pixels<'_>, masks: &[usize]) -> Decoded {
        let mut tokens = self.tokens.clone();
        tokens.extend(prompt);
        let tokens = self.transformer.run(&tokens, &mut pixels);
        let token = |index: usize| &tokens[index * CHANNELS..][..CHANNELS];
        let kernels: Vec<f32> = masks.iter().flat_map(|mask| perceive(&self.masks[*mask], token(mask + 1))).collect();
        let qualities = perceive(&self.quality, token(0));
        Decoded {
            logits: self.upscaling.run(&pixels.features, &kernels, masks.len()),
            qualities: masks.iter().map(|mask| qualities[*mask]).collect(),
        }
    }
}

/// Applies a perceptron with two hidden layers.
fn perceive([first, second, third]: &[Linear; 3], token: &[f32]) -> Vec<f32> {
    let mut hidden = first.forward(token);
    relu(&mut hidden);
    let mut hidden = second.forward(&hidden);
    relu(&mut hidden);
    third.forward(&hidden)
}

/// Two transposed convolutions with kernels of 2×2, each of which doubles the size.
struct Upscaling {
    first: Linear,
    norm: Norm,
    second: Linear,
}

impl Upscaling {
    fn load(weights: &Weights<'_>) -> Result<Self, LoadError> {
        let layer = |name, inputs: usize, outputs: usize| -> Result<Linear, LoadError> {
            let weights = weights.at(name);
            // One row per pixel of the kernel and output.
            let kernels = weights.tensor("weight", &[inputs, outputs, 2, 2])?;
            let rows = (0..4).flat_map(|pixel| (0..outputs).map(move |output| output * 4 + pixel));
            let columns = |row: usize| kernels.iter().skip(row).step_by(outputs * 4).copied();
            let ordered: Vec<f32> = rows.flat_map(columns).collect();
            Ok(Linear::new(&ordered, weights.tensor("bias", &[outputs])?.repeat(4)))
        };
        Ok(Self {
            first: layer("0", CHANNELS, CHANNELS / 4)?,
            norm: weights.at("1").norm(CHANNELS / 4, 1e-6)?,
            second: layer("3", CHANNELS / 4, CHANNELS / 8)?,
        })
    }

    /// Upscales the pixels and multiplies them by the kernel of each mask.
    fn run(&self, features: &[f32], kernels: &[f32], count: usize) -> Vec<Vec<f32>> {
        let length = CHANNELS / 8;
        // Of each row of pixels, four rows of each mask.
        let rows: Vec<Vec<f32>> = features
            .par_chunks(SIDE * CHANNELS)
            .map(|features| {
                let mut first = self.first.forward(features);
                self.norm.apply(&mut first);
                gelu(&mut first);
                let mut second = self.second.forward(&first);
                gelu(&mut second);
                let pixels = second.len() / length;
                let mut products = vec![0.0; count * pixels];
                let kernels = (kernels, [count, length], length);
                multiply_transposed(kernels, (&second, [pixels, length], length), &mut products, 1.0, 0.0);
                products
            })
            .collect();
        let mut masks = vec![vec![0.0; MASK_SIDE * MASK_SIDE]; count];
        for (y, products) in rows.iter().enumerate() {
            for (mask, products) in masks.iter_mut().zip(products.chunks_exact(SIDE * 16)) {
                for (index, logit) in products.iter().enumerate() {
                    // The pixel, its quarter, and the quarter of that.
                    let (x, part, pixel) = (index / 16, index / 4 % 4, index % 4);
                    let (across, down) = (x * 4 + part % 2 * 2 + pixel % 2, y * 4 + part / 2 * 2 + pixel / 2);
                    mask[down * MASK_SIDE + across] = *logit;
                }
            }
        }
        masks
    }
}
