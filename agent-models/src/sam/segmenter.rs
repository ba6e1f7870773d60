//! The segmenter: an encoder of images, and a decoder of masks.

use std::fmt;
use std::path::Path;

use agent_platform::media::{Cancellation, RgbImage, resize};
use rayon::prelude::*;
use ring::digest::SHA256;

use super::checkpoint::Checkpoint;
use super::decoder::{Decoder, MASKS};
use super::encoder::Encoder;
use super::error::{LoadError, SegmentError};
use super::layers::Map;
use super::mask::Mask;
use super::prompt_encoder::{PromptEncoder, SIDE};
use super::prompts::Prompts;
use super::transformer::Pixels;
use super::weights::Weights;

/// Longer side of the encoder's input, in pixels.
const INPUT_SIDE: u32 = 1024;
/// Columns and rows of the colours in an embedding, as in masks.
const MASK_COLUMNS: u32 = 256;
/// Mean and standard deviation of each colour.
const COLOURS: [(f32, f32); 3] = [(123.675, 58.395), (116.28, 57.12), (103.53, 57.375)];
/// SHA-256 digest of the published weights, `mobile_sam.pt`.
pub const WEIGHTS_SHA256: &str = "6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f";

/// SHA-256 digest of weights.
pub(super) type ModelDigest = [u8; 32];

/// A promptable segmentation model: `MobileSAM`.
///
/// Encoding an image takes most of the time. Predicting masks on the embedding is fast, so keep it for further prompts.
/// All methods block: call them from [`tokio::task::spawn_blocking`] in an agent.
pub struct Segmenter {
    encoder: Encoder,
    prompt_encoder: PromptEncoder,
    decoder: Decoder,
    /// Positional encoding of each pixel in an encoded image.
    positions: Vec<f32>,
    digest: ModelDigest,
}

/// An encoded image.
#[derive(Clone, PartialEq)]
pub struct Embedding {
    pub(super) features: Vec<f32>,
    /// Colours on the grid of masks.
    pub(super) colours: Vec<[u8; 3]>,
    /// Part of the input that the image covers: width and height, 0 to 1.
    pub(super) extent: [f32; 2],
    pub(super) size: (u32, u32),
}

impl Segmenter {
    /// Loads the published weights, `mobile_sam.pt`.
    ///
    /// # Errors
    /// The file cannot be read, or is another one.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        Self::load_with_digest(path, WEIGHTS_SHA256)
    }

    /// Loads weights with this SHA-256 digest, in hexadecimal: the same architecture, trained further.
    ///
    /// # Errors
    /// The file cannot be read, has another digest, or does not hold the weights of this model.
    pub fn load_with_digest(path: &Path, sha256: &str) -> Result<Self, LoadError> {
        let archive = std::fs::read(path).map_err(|error| LoadError::Read { path: path.to_owned(), error })?;
        let mut digest = ModelDigest::default();
        digest.copy_from_slice(ring::digest::digest(&SHA256, &archive).as_ref());
        let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        if !found.eq_ignore_ascii_case(sha256) {
            return Err(LoadError::Digest { expected: sha256.to_owned(), found });
        }
        let checkpoint = Checkpoint::parse(archive)?;
        let weights = Weights::new(&checkpoint);
        let prompt_encoder = PromptEncoder::load(&weights.at("prompt_encoder"))?;
        Ok(Self {
            encoder: Encoder::load(&weights.at("image_encoder"))?,
            decoder: Decoder::load(&weights.at("mask_decoder"))?,
            positions: prompt_encoder.positions(),
            prompt_encoder,
            digest,
        })
    }

    /// Returns the digest of the weights.
    pub(super) fn digest(&self) -> ModelDigest {
        self.digest
    }

    /// Encodes an image.
    ///
    /// # Errors
    /// The image has no pixels.
    pub fn encode(&self, image: &RgbImage) -> Result<Embedding, SegmentError> {
        self.encode_until(image, &Cancellation::default())
    }

    /// Encodes an image, unless the work is cancelled.
    ///
    /// # Errors
    /// The image has no pixels, or the work was cancelled.
    pub fn encode_until(&self, image: &RgbImage, cancellation: &Cancellation) -> Result<Embedding, SegmentError> {
        let size = image.dimensions();
        let (width, height) = input_size(size).ok_or(SegmentError::EmptyImage)?;
        let fitted = resize(image, width, height).map_err(|_| SegmentError::EmptyImage)?;
        let features = self.encoder.run(&input(&fitted.image), cancellation)?.data;
        let side = f64::from(INPUT_SIDE);
        let extent = [width, height].map(|pixels| part(f64::from(pixels) / side));
        Ok(Embedding { features, colours: colours(&fitted.image), extent, size })
    }

    /// Predicts masks of an object, the best first. A single point is ambiguous: its masks are a part, an object and a
    /// whole, in descending order of their predicted quality. For other prompts, the first mask is the one that the
    /// model was trained to predict for them, and ambiguous masks follow.
    ///
    /// # Errors
    /// The prompts are missing, too many, or outside the image.
    pub fn predict(&self, embedding: &Embedding, prompts: &Prompts) -> Result<Vec<Mask>, SegmentError> {
        prompts.check()?;
        let mut features = embedding.features.clone();
        self.prompt_encoder.add_mask(prompts.mask(), &mut features);
        let tokens = self.prompt_encoder.tokens(prompts, embedding.extent);
        let pixels = Pixels { features, positions: &self.positions };
        let masks: Vec<usize> = (usize::from(prompts.is_ambiguous())..MASKS).collect();
        let decoded = self.decoder.run(&tokens, pixels, &masks);
        let masks = decoded.logits.into_iter().zip(decoded.qualities);
        let mut masks: Vec<Mask> =
            masks.map(|(logits, quality)| Mask::new(logits, quality, embedding.extent)).collect();
        let fixed = usize::from(!prompts.is_ambiguous());
        masks[fixed..].sort_by(|one, other| other.quality().total_cmp(&one.quality()));
        Ok(masks)
    }

    /// Predicts masks of several objects at once.
    ///
    /// # Errors
    /// See [`predict`](Self::predict).
    pub fn predict_all(&self, embedding: &Embedding, objects: &[Prompts]) -> Result<Vec<Vec<Mask>>, SegmentError> {
        objects.par_iter().map(|prompts| self.predict(embedding, prompts)).collect()
    }
}

impl Embedding {
    /// Width and height of the image, in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// The features of 64×64 pixels, row by row: 256 channels each. The image covers the upper left part; its longer
    /// side has 64 pixels.
    #[must_use]
    pub fn features(&self) -> &[f32] {
        &self.features
    }

    /// Part of the features that the image covers: width and height, 0 to 1.
    #[must_use]
    pub fn extent(&self) -> [f32; 2] {
        self.extent
    }

    /// Memory of the embedding, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.features) + size_of_val(&*self.colours)
    }

    /// The colours of 256×256 pixels, row by row, with the grid of [`Mask::logits`].
    pub(super) fn colours(&self) -> &[[u8; 3]] {
        &self.colours
    }
}

impl fmt::Debug for Segmenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segmenter").finish_non_exhaustive()
    }
}

impl fmt::Debug for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedding").field("size", &self.size).finish_non_exhaustive()
    }
}

/// Returns the size of an image in the input. `None` for an image without pixels.
fn input_size((width, height): (u32, u32)) -> Option<(u32, u32)> {
    let longer = width.max(height);
    let scaled = |side: u32| {
        let scaled = (u64::from(side) * u64::from(INPUT_SIDE) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(INPUT_SIDE).max(1)
    };
    (width > 0 && height > 0).then(|| (scaled(width), scaled(height)))
}

/// Normalises the pixels, and pads the image to a square.
fn input(image: &RgbImage) -> Map {
    let side = INPUT_SIDE as usize;
    let mut map = Map::zeros(side, side, 3);
    let rows = image.as_raw().chunks_exact(image.width() as usize * 3);
    for (target, row) in map.data.chunks_exact_mut(side * 3).zip(rows) {
        for (target, pixel) in target.chunks_exact_mut(3).zip(row.chunks_exact(3)) {
            for ((target, value), (mean, deviation)) in target.iter_mut().zip(pixel).zip(COLOURS) {
                *target = (f32::from(*value) - mean) / deviation;
            }
        }
    }
    debug_assert_eq!(map.data.len() / 3 / 256, SIDE * SIDE);
    map
}

/// Returns the mean colour of each pixel on the grid of masks. Pixels outside the image are black.
fn colours(image: &RgbImage) -> Vec<[u8; 3]> {
    let pixels = INPUT_SIDE / MASK_COLUMNS;
    let mean = |x: u32, y: u32| {
        let (mut sum, mut count) = ([0_u32; 3], 0);
        for (x, y) in
            (0..pixels).flat_map(|down| (0..pixels).map(move |across| (x * pixels + across, y * pixels + down)))
        {
            if let Some(pixel) = image.get_pixel_checked(x, y) {
                sum.iter_mut().zip(pixel.0).for_each(|(sum, value)| *sum += u32::from(value));
                count += 1;
            }
        }
        sum.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX))
    };
    (0..MASK_COLUMNS).flat_map(|y| (0..MASK_COLUMNS).map(move |x| mean(x, y))).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "a number between 0 and 1")]
fn part(number: f64) -> f32 {
    number as f32
}
