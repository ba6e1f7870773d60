//! The transformer between the tokens of a prompt and the pixels of an encoded image.
//!
//! Products with the weights of a projection are moved from the pixels to the tokens: `(p W) kᵀ = p (k Wᵀ)ᵀ`. There are
//! 4,096 pixels and about 7 tokens.

use rayon::prelude::*;

use super::encoder::CHANNELS;
use super::error::LoadError;
use super::layers::{Linear, Norm, multiply, multiply_transposed, relu, softmax};
use super::numbers::real;
use super::weights::Weights;

/// Attention heads.
const HEADS: usize = 8;
/// Pixels that are processed at once.
const CHUNK: usize = 256;

/// The transformer.
pub(super) struct Transformer {
    layers: Vec<Layer>,
    last: Attention,
    norm: Norm,
}

struct Layer {
    own: Attention,
    to_image: Attention,
    expand: Linear,
    project: Linear,
    to_tokens: Attention,
    norms: [Norm; 4],
}

/// The pixels of an encoded image with their positional encoding.
pub(super) struct Pixels<'p> {
    pub(super) features: Vec<f32>,
    pub(super) positions: &'p [f32],
}

impl Transformer {
    /// Reads the layers.
    pub(super) fn load(weights: &Weights<'_>) -> Result<Self, LoadError> {
        let layer = |name| {
            let weights = weights.at(name);
            let norm = |name| weights.at(name).norm(CHANNELS, 1e-5);
            Ok(Layer {
                own: Attention::load(&weights.at("self_attn"), CHANNELS)?,
                to_image: Attention::load(&weights.at("cross_attn_token_to_image"), CHANNELS / 2)?,
                expand: weights.at("mlp.lin1").linear(CHANNELS, 2048)?,
                project: weights.at("mlp.lin2").linear(2048, CHANNELS)?,
                to_tokens: Attention::load(&weights.at("cross_attn_image_to_token"), CHANNELS / 2)?,
                norms: [norm("norm1")?, norm("norm2")?, norm("norm3")?, norm("norm4")?],
            })
        };
        Ok(Self {
            layers: ["layers.0", "layers.1"].map(layer).into_iter().collect::<Result<_, LoadError>>()?,
            last: Attention::load(&weights.at("final_attn_token_to_image"), CHANNELS / 2)?,
            norm: weights.at("norm_final_attn").norm(CHANNELS, 1e-5)?,
        })
    }

    /// Updates the pixels, and returns the updated tokens.
    pub(super) fn run(&self, tokens: &[f32], pixels: &mut Pixels<'_>) -> Vec<f32> {
        let mut queries = tokens.to_vec();
        for (index, layer) in self.layers.iter().enumerate() {
            let [first, second, third, fourth] = &layer.norms;
            if index == 0 {
                queries = layer.own.tokens(&queries, &queries);
            } else {
                let attended = layer.own.tokens(&sum(&queries, tokens), &queries);
                queries = sum(&queries, &attended);
            }
            first.apply(&mut queries);
            let attended = layer.to_image.pool(&sum(&queries, tokens), pixels);
            queries = sum(&queries, &attended);
            second.apply(&mut queries);
            let mut hidden = layer.expand.forward(&queries);
            relu(&mut hidden);
            layer.project.add(&hidden, &mut queries);
            third.apply(&mut queries);
            layer.to_tokens.spread(&sum(&queries, tokens), &queries, pixels, fourth);
        }
        let attended = self.last.pool(&sum(&queries, tokens), pixels);
        queries = sum(&queries, &attended);
        self.norm.apply(&mut queries);
        queries
    }
}

/// A projection with its weights in rows of inputs, one row per output.
struct Projection {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Projection {
    fn load(weights: &Weights<'_>, inputs: usize, outputs: usize) -> Result<Self, LoadError> {
        Ok(Self { weights: weights.tensor("weight", &[outputs, inputs])?, bias: weights.tensor("bias", &[outputs])? })
    }

    fn apply(&self, x: &[f32]) -> Vec<f32> {
        let outputs = self.bias.len();
        let inputs = self.weights.len() / outputs;
        let rows = x.len() / inputs;
        let mut y = self.bias.repeat(rows);
        multiply_transposed((x, [rows, inputs], inputs), (&self.weights, [outputs, inputs], inputs), &mut y, 1.0, 1.0);
        y
    }
}

/// Multi-head attention.
struct Attention {
    query: Projection,
    key: Projection,
    value: Projection,
    output: Projection,
    /// Channels per head.
    length: usize,
}

impl Attention {
    fn load(weights: &Weights<'_>, inner: usize) -> Result<Self, LoadError> {
        let projection = |name| Projection::load(&weights.at(name), CHANNELS, inner);
        Ok(Self {
            query: projection("q_proj")?,
            key: projection("k_proj")?,
            value: projection("v_proj")?,
            output: Projection::load(&weights.at("out_proj"), inner, CHANNELS)?,
            length: inner / HEADS,
        })
    }

    fn scale(&self) -> f32 {
        real(self.length).sqrt().recip()
    }

    /// Computes the attention of tokens to tokens. `places` are the tokens with their positional encoding.
    fn tokens(&self, places: &[f32], values: &[f32]) -> Vec<f32> {
        let (queries, keys, values) = (self.query.apply(places), self.key.apply(places), self.value.apply(values));
        let (inner, tokens) = (self.length * HEADS, places.len() / CHANNELS);
        let (mut weights, mut attended) = (vec![0.0; tokens * tokens], vec![0.0; tokens * self.length]);
        let mut all = vec![0.0; tokens * inner];
        for head in 0..HEADS {
            let from = head * self.length;
            let part = |matrix| head_of(matrix, from, tokens, self.length, inner);
            multiply_transposed(part(&queries), part(&keys), &mut weights, self.scale(), 0.0);
            softmax(&mut weights, tokens);
            multiply((&weights, [tokens, tokens], tokens), part(&values), &mut attended, 1.0, 0.0);
            for (all, attended) in all.chunks_exact_mut(inner).zip(attended.chunks_exact(self.length)) {
                all[from..][..self.length].copy_from_slice(attended);
            }
        }
        self.output.apply(&all)
    }

    /// Multiplies the part of each head by the transposed weights of a projection. Returns one row of channels per head
    /// and token.
    fn through(&self, tokens: &[f32], projection: &Projection) -> Vec<f32> {
        let inner = self.length * HEADS;
        let count = tokens.len() / inner;
        let mut rows = vec![0.0; HEADS * count * CHANNELS];
        for (head, rows) in rows.chunks_exact_mut(count * CHANNELS).enumerate() {
            let from = head * self.length;
            let weights = &projection.weights[from * CHANNELS..][..self.length * CHANNELS];
            let part = head_of(tokens, from, count, self.length, inner);
            multiply(part, (weights, [self.length, CHANNELS], CHANNELS), rows, 1.0, 0.0);
        }
        rows
    }

    /// Computes the attention of tokens to pixels.
    fn pool(&self, tokens: &[f32], pixels: &Pixels<'_>) -> Vec<f32> {
        let count = tokens.len() / CHANNELS;
        let queries = self.through(&self.query.apply(tokens), &self.key);
        let chunks = pixels.features.par_chunks(CHUNK * CHANNELS).zip(pixels.positions.par_chunks(CHUNK * CHANNELS));
        let pools: Vec<Pool> = chunks
            .map(|(features, positions)| Pool::new(&queries, &sum(features, positions), features, self.scale()))
            .collect();
        let pooled = Pool::merge(&pools, HEADS * count);
        let inner = self.length * HEADS;
        let mut all = self.value.bias.repeat(count);
        for (head, pooled) in pooled.chunks_exact(count * CHANNELS).enumerate() {
            let from = head * self.length;
            let weights = &self.value.weights[from * CHANNELS..][..self.length * CHANNELS];
            let mut values = vec![0.0; count * self.length];
            let pooled = (pooled, [count, CHANNELS], CHANNELS);
            multiply_transposed(pooled, (weights, [self.length, CHANNELS], CHANNELS), &mut values, 1.0, 0.0);
            for (all, values) in all.chunks_exact_mut(inner).zip(values.chunks_exact(self.length)) {
                all[from..][..self.length].iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            }
        }
        self.output.apply(&all)
    }

    /// Adds the attention of pixels to tokens to the pixels, and normalises them.
    fn spread(&self, places: &[f32], values: &[f32], pixels: &mut Pixels<'_>, norm: &Norm) {
        let count = values.len() / CHANNELS;
        let (inner, rows) = (self.length * HEADS, HEADS * count);
        let keys = self.key.apply(places);
        let constants: Vec<f32> = (0..HEADS)
            .flat_map(|head| {
                let part = head * self.length..(head + 1) * self.length;
                let bias = &self.query.bias[part.clone()];
                keys.chunks_exact(inner).map(move |key| dot(&key[part.clone()], bias)).collect::<Vec<f32>>()
            })
            .collect();
        // The scale is applied to the keys, so that the constants are scaled as well.
        let scale = self.scale();
        let scaled = |values: Vec<f32>| values.into_iter().map(|value| value * scale).collect::<Vec<f32>>();
        let scores = Linear::new(&scaled(self.through(&keys, &self.query)), scaled(constants));
        let values = Linear::from_columns(&self.outputs(&self.value.apply(values)), self.output.bias.clone());
        let positions = pixels.positions.par_chunks(CHUNK * CHANNELS);
        pixels.features.par_chunks_mut(CHUNK * CHANNELS).zip(positions).for_each_init(
            || vec![0.0; CHUNK * rows],
            |weights, (features, positions)| {
                let weights = &mut weights[..features.len() / CHANNELS * rows];
                scores.apply(&sum(features, positions), weights);
                softmax(weights, count);
                values.add(weights, features);
                norm.apply(features);
            },
        );
    }

    /// Returns the output of each head and token on its own, without the bias: one row of channels each.
    fn outputs(&self, values: &[f32]) -> Vec<f32> {
        let inner = self.length * HEADS;
        let count = values.len() / inner;
        let mut rows = vec![0.0; HEADS * count * CHANNELS];
        for (head, rows) in rows.chunks_exact_mut(count * CHANNELS).enumerate() {
            let from = head * self.length;
            let weights = &self.output.weights[from..];
            let part = head_of(values, from, count, self.length, inner);
            multiply_transposed(part, (weights, [CHANNELS, self.length], inner), rows, 1.0, 0.0);
        }
        rows
    }
}

/// The attention to some of the pixels.
struct Pool {
    max: Vec<f32>,
    total: Vec<f32>,
    sums: Vec<f32>,
}

impl Pool {
    fn new(queries: &[f32], keys: &[f32], values: &[f32], scale: f32) -> Self {
        let (rows, count) = (queries.len() / CHANNELS, keys.len() / CHANNELS);
        let mut weights = vec![0.0; rows * count];
        let (queries, keys) = ((queries, [rows, CHANNELS], CHANNELS), (keys, [count, CHANNELS], CHANNELS));
        multiply_transposed(queries, keys, &mut weights, scale, 0.0);
        let mut pool = Self { max: Vec::new(), total: Vec::new(), sums: vec![0.0; rows * CHANNELS] };
        for row in weights.chunks_exact_mut(count) {
            let max = row.iter().copied().fold(f32::MIN, f32::max);
            row.iter_mut().for_each(|value| *value -= max);
            super::layers::exp(row);
            pool.max.push(max);
            pool.total.push(row.iter().sum());
        }
        multiply((&weights, [rows, count], count), (values, [count, CHANNELS], CHANNELS), &mut pool.sums, 1.0, 0.0);
        pool
    }

    /// Returns the mean of the pixels for each of `rows` queries.
    fn merge(pools: &[Self], rows: usize) -> Vec<f32> {
        let mut merged = vec![0.0; rows * CHANNELS];
        for (row, merged) in merged.chunks_exact_mut(CHANNELS).enumerate() {
            let max = pools.iter().map(|pool| pool.max[row]).fold(f32::MIN, f32::max);
            let total: f32 = pools.iter().map(|pool| pool.total[row] * (pool.max[row] - max).exp()).sum();
            for pool in pools {
                let factor = (pool.max[row] - max).exp() / total;
                let sums = &pool.sums[row * CHANNELS..][..CHANNELS];
                merged.iter_mut().zip(sums).for_each(|(merged, sum)| *merged += sum * factor);
            }
        }
        merged
    }
}

/// Returns the columns of one head.
fn head_of(matrix: &[f32], from: usize, rows: usize, length: usize, stride: usize) -> (&[f32], [usize; 2], usize) {
    (&matrix[from..from + (rows - 1) * stride + length], [rows, length], stride)
}

fn sum(one: &[f32], other: &[f32]) -> Vec<f32> {
    one.iter().zip(other).map(|(one, other)| one + other).collect()
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
