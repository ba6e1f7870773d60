//! The interface of all engines, and the conversions between pictures, prompts and tensors.

use anyhow::{Result, bail};

/// Pixels per side of the input.
pub(crate) const SIDE: usize = 1024;
/// Logits of one mask.
pub(crate) const LOGITS: usize = 256 * 256;
/// Masks that the decoder returns.
pub(crate) const MASKS: usize = 4;
/// Mean and standard deviation of each colour.
const COLOURS: [(f32, f32); 3] = [(123.675, 58.395), (116.28, 57.12), (103.53, 57.375)];

/// An engine with the model.
pub(crate) trait Engine {
    /// Sets the image, as the input of the engine. Not measured.
    fn set_image(&mut self, picture: Picture) -> Result<()>;

    /// Encodes the image.
    fn encode(&mut self) -> Result<()>;

    /// Predicts the mask of a prompt: for a point, the one with the highest quality of three, and for a box the one that
    /// the model was trained to predict. Returns its logits.
    fn predict(&mut self, prompt: &Prompt) -> Result<Vec<f32>>;
}

/// An image whose longer side is that of the input.
pub(crate) struct Picture {
    /// Red, green and blue of each pixel, row by row.
    pub(crate) pixels: Vec<u8>,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Picture {
    /// Returns the normalised pixels of each channel, padded with zeros.
    pub(crate) fn to_tensor(&self) -> Vec<f32> {
        let mut tensor = vec![0.0; 3 * SIDE * SIDE];
        for ((channel, values), (mean, deviation)) in tensor.chunks_exact_mut(SIDE * SIDE).enumerate().zip(COLOURS) {
            let rows = self.pixels.chunks_exact(self.width * 3);
            for (row, pixels) in values.chunks_exact_mut(SIDE).zip(rows) {
                for (value, pixel) in row.iter_mut().zip(pixels.chunks_exact(3)) {
                    *value = (f32::from(pixel[channel]) - mean) / deviation;
                }
            }
        }
        tensor
    }

    /// Width and height as parts of the input.
    #[expect(clippy::cast_precision_loss, reason = "at most 1024 pixels")]
    pub(crate) fn extent(&self) -> [f32; 2] {
        [self.width, self.height].map(|side| side as f32 / SIDE as f32)
    }
}

/// A prompt, relative to the image.
pub(crate) enum Prompt {
    Point([f32; 2]),
    /// Left, top, right, bottom.
    Box([f32; 4]),
}

impl Prompt {
    /// Reads 2 or 4 numbers.
    pub(crate) fn parse(words: &[&str]) -> Result<Self> {
        let numbers = words.iter().map(|word| word.parse()).collect::<Result<Vec<f32>, _>>()?;
        match *numbers.as_slice() {
            [x, y] => Ok(Self::Point([x, y])),
            [left, top, right, bottom] => Ok(Self::Box([left, top, right, bottom])),
            _ => bail!("a prompt has 2 or 4 numbers"),
        }
    }

    /// Returns two points in pixels of the input, and their labels: the point and the absence of another, or two corners.
    pub(crate) fn to_points(&self, extent: [f32; 2]) -> ([f32; 4], [f32; 2]) {
        // The model adds half a pixel.
        let pixel = |at: f32, axis: usize| at * extent[axis] * 1024.0 - 0.5;
        match *self {
            Self::Point([x, y]) => ([pixel(x, 0), pixel(y, 1), 0.0, 0.0], [1.0, -1.0]),
            Self::Box([left, top, right, bottom]) => {
                ([pixel(left, 0), pixel(top, 1), pixel(right, 0), pixel(bottom, 1)], [2.0, 3.0])
            }
        }
    }

    /// Returns the first of four masks.
    pub(crate) fn first_mask(&self, masks: &[f32], qualities: &[f32]) -> Vec<f32> {
        let index = match self {
            Self::Point(_) => (1..MASKS).max_by(|one, other| qualities[*one].total_cmp(&qualities[*other])),
            Self::Box(_) => None,
        };
        masks[index.unwrap_or(0) * LOGITS..][..LOGITS].to_vec()
    }
}
