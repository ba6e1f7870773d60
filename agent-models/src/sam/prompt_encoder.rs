//! The prompt encoder: points and boxes as tokens, and masks as features of each pixel.

use std::f32::consts::TAU;

use super::encoder::CHANNELS;
use super::error::LoadError;
use super::layers::{Linear, Norm, gelu};
use super::mask::{Mask, SIDE as MASK_SIDE};
use super::numbers::real;
use super::prompts::{Polarity, Prompts};
use super::weights::Weights;

/// Pixels per side of the encoded image.
pub(super) const SIDE: usize = 64;

/// The prompt encoder.
pub(super) struct PromptEncoder {
    /// Frequencies of the positional encoding: one row for x and one for y.
    frequencies: [Vec<f32>; 2],
    negative: Vec<f32>,
    positive: Vec<f32>,
    corners: [Vec<f32>; 2],
    padding: Vec<f32>,
    no_mask: Vec<f32>,
    masks: MaskEncoder,
}

impl PromptEncoder {
    /// Reads the layers.
    pub(super) fn load(weights: &Weights<'_>) -> Result<Self, LoadError> {
        let frequencies = weights.tensor("pe_layer.positional_encoding_gaussian_matrix", &[2, CHANNELS / 2])?;
        let (x, y) = frequencies.split_at(CHANNELS / 2);
        let token = |name: &str| weights.tensor(&format!("{name}.weight"), &[1, CHANNELS]);
        Ok(Self {
            frequencies: [x.to_vec(), y.to_vec()],
            negative: token("point_embeddings.0")?,
            positive: token("point_embeddings.1")?,
            corners: [token("point_embeddings.2")?, token("point_embeddings.3")?],
            padding: token("not_a_point_embed")?,
            no_mask: token("no_mask_embed")?,
            masks: MaskEncoder::load(&weights.at("mask_downscaling"))?,
        })
    }

    /// Returns the positional encoding of each pixel in the encoded image.
    pub(super) fn positions(&self) -> Vec<f32> {
        let at = |index: usize| (real(index) + 0.5) / real(SIDE);
        (0..SIDE).flat_map(|y| (0..SIDE).flat_map(move |x| self.position(at(x), at(y)))).collect()
    }

    /// Returns one token per point and per corner of the box. `extent` is the part of the input that the image covers.
    pub(super) fn tokens(&self, prompts: &Prompts, extent: [f32; 2]) -> Vec<f32> {
        let mut tokens = Vec::new();
        let mut push = |x: f64, y: f64, kind: &[f32]| {
            let position = self.position(single(x) * extent[0], single(y) * extent[1]);
            tokens.extend(position.iter().zip(kind).map(|(position, kind)| position + kind));
        };
        for (point, polarity) in &prompts.points {
            push(point.x, point.y, if *polarity == Polarity::Positive { &self.positive } else { &self.negative });
        }
        match &prompts.bounding_box {
            Some(shape) => {
                let [first, second] = &self.corners;
                push(shape.x.max(0.0), shape.y.max(0.0), first);
                push((shape.x + shape.width).min(1.0), (shape.y + shape.height).min(1.0), second);
            }
            None => tokens.extend(&self.padding),
        }
        tokens
    }

    /// Adds the mask to the encoded image, or the embedding that stands for no mask.
    pub(super) fn add_mask(&self, mask: Option<&Mask>, features: &mut [f32]) {
        match mask {
            Some(mask) => self.masks.add(mask.logits(), features),
            None => {
                for pixel in features.chunks_exact_mut(CHANNELS) {
                    pixel.iter_mut().zip(&self.no_mask).for_each(|(feature, none)| *feature += none);
                }
            }
        }
    }

    /// Returns the positional encoding of a point whose coordinates range from 0 to 1.
    fn position(&self, x: f32, y: f32) -> Vec<f32> {
        let [across, down] = &self.frequencies;
        let phase = |(across, down): (&f32, &f32)| TAU * ((2.0 * x - 1.0) * across + (2.0 * y - 1.0) * down);
        let phases: Vec<f32> = across.iter().zip(down).map(phase).collect();
        phases.iter().map(|phase| phase.sin()).chain(phases.iter().map(|phase| phase.cos())).collect()
    }
}

/// The layers that reduce a mask to the size of the encoded image.
struct MaskEncoder {
    first: Linear,
    first_norm: Norm,
    second: Linear,
    second_norm: Norm,
    last: Linear,
}

impl MaskEncoder {
    fn load(weights: &Weights<'_>) -> Result<Self, LoadError> {
        let (first, second) = (weights.tensor("0.weight", &[4, 1, 2, 2])?, weights.tensor("3.weight", &[16, 4, 2, 2])?);
        // The inputs of the second layer are ordered by pixel, then by channel.
        let second: Vec<f32> = second
            .chunks_exact(16)
            .flat_map(|kernel| (0..4).flat_map(move |pixel| (0..4).map(move |channel| kernel[channel * 4 + pixel])))
            .collect();
        Ok(Self {
            first: Linear::new(&first, weights.tensor("0.bias", &[4])?),
            first_norm: weights.at("1").norm(4, 1e-6)?,
            second: Linear::new(&second, weights.tensor("3.bias", &[16])?),
            second_norm: weights.at("4").norm(16, 1e-6)?,
            last: Linear::new(
                &weights.tensor("6.weight", &[CHANNELS, 16, 1, 1])?,
                weights.tensor("6.bias", &[CHANNELS])?,
            ),
        })
    }

    fn add(&self, logits: &[f32], features: &mut [f32]) {
        // The 4×4 pixels of each output pixel, as 4 blocks of 2×2.
        let block = |x: usize, y: usize| {
            (0..4).flat_map(move |part| {
                (0..4).map(move |pixel| {
                    let (across, down) = (4 * x + 2 * (part % 2) + pixel % 2, 4 * y + 2 * (part / 2) + pixel / 2);
                    logits.get(down * MASK_SIDE + across).copied().unwrap_or(0.0)
                })
            })
        };
        let blocks: Vec<f32> = (0..SIDE).flat_map(|y| (0..SIDE).flat_map(move |x| block(x, y))).collect();
        let mut hidden = self.first.forward(&blocks);
        self.first_norm.apply(&mut hidden);
        gelu(&mut hidden);
        let mut hidden = self.second.forward(&hidden);
        self.second_norm.apply(&mut hidden);
        gelu(&mut hidden);
        self.last.add(&hidden, features);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates between 0 and 1")]
fn single(number: f64) -> f32 {
    number as f32
}
