//! The image encoder: `TinyViT` with 5 million weights, for images of 1024×1024 pixels.

use agent_platform::media::Cancellation;
use rayon::prelude::*;

use super::error::{LoadError, SegmentError};
use super::layers::{Convolution, Depthwise, Linear, Map, Norm, RowWindow, Stride, WindowAttention, gelu};
use super::weights::Weights;

/// Output rows of an inverted bottleneck that one thread computes in turn.
const BAND: usize = 16;
/// Output rows of a perceptron that are multiplied at once.
const ROWS: usize = 4;
/// Channels of the encoded image.
pub(super) const CHANNELS: usize = 256;

/// The image encoder.
pub(super) struct Encoder {
    stem: [Convolution; 2],
    bottlenecks: Vec<Bottleneck>,
    stages: Vec<Stage>,
    neck: Neck,
}

/// Blocks of attention, and the layer that reduces their output for the next stage.
struct Stage {
    merge: Bottleneck,
    blocks: Vec<Block>,
}

impl Encoder {
    /// Reads the layers.
    pub(super) fn load(weights: &Weights<'_>) -> Result<Self, LoadError> {
        let patches = weights.at("patch_embed.seq");
        let stem =
            [patches.at("0").convolution(3, 32, Stride::Two)?, patches.at("2").convolution(32, 64, Stride::Two)?];
        let first = weights.at("layers.0.blocks");
        let bottlenecks = ["0", "1"].map(|name| Bottleneck::load(&first.at(name), [64, 256, 64], 1, Residual::Added));
        // Stage, inputs, channels, blocks, heads, window, and stride of the layer before.
        let shapes = [(1, 64, 128, 2, 4, 7, 2), (2, 128, 160, 6, 5, 14, 2), (3, 160, 320, 2, 10, 7, 1)];
        let stages = shapes.map(|(stage, inputs, channels, blocks, heads, window, stride)| {
            let merge = weights.at(&format!("layers.{}.downsample", stage - 1));
            let merge = Bottleneck::load(&merge, [inputs, channels, channels], stride, Residual::None)?;
            let block =
                |block| Block::load(&weights.at(&format!("layers.{stage}.blocks.{block}")), channels, heads, window);
            Ok(Stage { merge, blocks: (0..blocks).map(block).collect::<Result<_, _>>()? })
        });
        Ok(Self {
            stem,
            bottlenecks: bottlenecks.into_iter().collect::<Result<_, _>>()?,
            stages: stages.into_iter().collect::<Result<_, LoadError>>()?,
            neck: Neck::load(&weights.at("neck"))?,
        })
    }

    /// Encodes normalised pixels into a map of 1/16 of the size.
    pub(super) fn run(&self, image: &Map, cancellation: &Cancellation) -> Result<Map, SegmentError> {
        let check = || if cancellation.is_cancelled() { Err(SegmentError::Cancelled) } else { Ok(()) };
        let [first, second] = &self.stem;
        let mut map = second.apply(&first.apply(image, gelu), |_| ());
        for layer in &self.bottlenecks {
            check()?;
            map = layer.run(&map);
        }
        for stage in &self.stages {
            map = stage.merge.run(&map);
            for block in &stage.blocks {
                check()?;
                map = block.run(map);
            }
        }
        check()?;
        Ok(self.neck.run(&map))
    }
}

/// Addition of a layer's input to its output.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Residual {
    Added,
    None,
}

/// An inverted bottleneck: a pointwise, a depthwise and a pointwise convolution.
struct Bottleneck {
    expand: Linear,
    depthwise: Depthwise,
    project: Linear,
    residual: Residual,
}

impl Bottleneck {
    fn load(
        weights: &Weights<'_>,
        [inputs, hidden, outputs]: [usize; 3],
        stride: usize,
        residual: Residual,
    ) -> Result<Self, LoadError> {
        Ok(Self {
            expand: weights.at("conv1").pointwise(inputs, hidden)?,
            depthwise: weights.at("conv2").depthwise(hidden, stride)?,
            project: weights.at("conv3").pointwise(hidden, outputs)?,
            residual,
        })
    }

    fn run(&self, input: &Map) -> Map {
        let stride = self.depthwise.stride();
        let mut output =
            Map::zeros(input.width.div_ceil(stride), input.height.div_ceil(stride), self.project.outputs());
        let row_length = output.row_length();
        output.data.par_chunks_mut(BAND * row_length).enumerate().for_each(|(band, rows)| {
            let mut window = RowWindow::new(input.width, input.height, self.depthwise.channels());
            let mut hidden = vec![0.0; input.width.div_ceil(stride) * self.depthwise.channels()];
            for (row, out) in rows.chunks_exact_mut(row_length).enumerate() {
                let y = band * BAND + row;
                let around = window.advance(y * stride, |y, row| {
                    self.expand.apply(input.row(y), row);
                    gelu(row);
                });
                self.depthwise.apply(around, &mut hidden);
                gelu(&mut hidden);
                match self.residual {
                    Residual::Added => {
                        out.copy_from_slice(input.row(y));
                        self.project.add(&hidden, out);
                        gelu(out);
                    }
                    Residual::None => self.project.apply(&hidden, out),
                }
            }
        });
        output
    }
}

/// A block of a transformer: attention, a depthwise convolution, and a perceptron.
struct Block {
    attention: WindowAttention,
    depthwise: Depthwise,
    norm: Norm,
    expand: Linear,
    project: Linear,
}

impl Block {
    fn load(weights: &Weights<'_>, channels: usize, heads: usize, window: usize) -> Result<Self, LoadError> {
        let (attention, perceptron) = (weights.at("attn"), weights.at("mlp"));
        let distances = attention.tensor("attention_biases", &[heads, window * window])?;
        Ok(Self {
            attention: WindowAttention::new(
                attention.at("norm").norm(channels, 1e-5)?,
                attention.at("qkv").linear(channels, 3 * channels)?,
                attention.at("proj").linear(channels, channels)?,
                &distances,
                window,
            ),
            depthwise: weights.at("local_conv").depthwise(channels, 1)?,
            norm: perceptron.at("norm").norm(channels, 1e-5)?,
            expand: perceptron.at("fc1").linear(channels, 4 * channels)?,
            project: perceptron.at("fc2").linear(4 * channels, channels)?,
        })
    }

    fn run(&self, mut input: Map) -> Map {
        self.attention.add(&mut input);
        let mut output = Map::zeros(input.width, input.height, input.channels);
        let row_length = output.row_length();
        output.data.par_chunks_mut(ROWS * row_length).enumerate().for_each(|(band, out)| {
            let mut window = RowWindow::new(input.width, input.height, input.channels);
            for (row, out) in out.chunks_exact_mut(row_length).enumerate() {
                let around = window.advance(band * ROWS + row, |y, row| row.copy_from_slice(input.row(y)));
                self.depthwise.apply(around, out);
            }
            let mut normal = out.to_vec();
            self.norm.apply(&mut normal);
            let mut hidden = self.expand.forward(&normal);
            gelu(&mut hidden);
            self.project.add(&hidden, out);
        });
        output
    }
}

/// The convolutions after the last block.
struct Neck {
    reduce: Linear,
    norms: [Norm; 2],
    convolution: Convolution,
}

impl Neck {
    fn load(weights: &Weights<'_>) -> Result<Self, LoadError> {
        let zeros = || vec![0.0; CHANNELS];
        let convolution = weights.tensor("2.weight", &[CHANNELS, CHANNELS, 3, 3])?;
        Ok(Self {
            reduce: Linear::new(&weights.tensor("0.weight", &[CHANNELS, 320, 1, 1])?, zeros()),
            norms: [weights.at("1").norm(CHANNELS, 1e-6)?, weights.at("3").norm(CHANNELS, 1e-6)?],
            convolution: Convolution::new(&convolution, zeros(), Stride::One),
        })
    }

    fn run(&self, map: &Map) -> Map {
        let mut data = self.reduce.forward(&map.data);
        let [first, second] = &self.norms;
        data.par_chunks_mut(64 * CHANNELS).for_each(|rows| first.apply(rows));
        let map = Map { channels: CHANNELS, data, ..*map };
        self.convolution.apply(&map, |rows| second.apply(rows))
    }
}
