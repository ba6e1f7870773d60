//! The implementation of the model in `candle-transformers`, with the checkpoint.

use std::path::Path;

use anyhow::{Context, Result};
use candle_core::{DType, Device, Tensor};
use candle_nn::{Module, VarBuilder};
use candle_transformers::models::segment_anything::mask_decoder::MaskDecoder;
use candle_transformers::models::segment_anything::prompt_encoder::PromptEncoder;
use candle_transformers::models::segment_anything::tiny_vit::{TinyViT, tiny_vit_5m};

use crate::engine::{Engine, Picture, Prompt, SIDE};

/// Channels of the encoded image.
const CHANNELS: usize = 256;
/// Pixels per side of the encoded image.
const GRID: usize = 64;

/// The parts of `candle_transformers::models::segment_anything::sam::Sam`, which accepts no boxes.
pub(crate) struct Candle {
    image_encoder: TinyViT,
    prompt_encoder: PromptEncoder,
    mask_decoder: MaskDecoder,
    /// Encoded positions of the pixels of the encoded image.
    positions: Tensor,
    image: Tensor,
    extent: [f32; 2],
    embedding: Option<Tensor>,
}

impl Candle {
    pub(crate) fn load(folder: &Path) -> Result<Self> {
        let weights = VarBuilder::from_pth(folder.join("mobile_sam.pt"), DType::F32, &Device::Cpu)?;
        let prompt_encoder =
            PromptEncoder::new(CHANNELS, (GRID, GRID), (SIDE, SIDE), 16, weights.pp("prompt_encoder"))?;
        Ok(Self {
            image_encoder: tiny_vit_5m(weights.pp("image_encoder"))?,
            mask_decoder: MaskDecoder::new(CHANNELS, 3, 3, CHANNELS, weights.pp("mask_decoder"))?,
            positions: prompt_encoder.get_dense_pe()?,
            prompt_encoder,
            image: Tensor::zeros((1, 3, SIDE, SIDE), DType::F32, &Device::Cpu)?,
            extent: [1.0; 2],
            embedding: None,
        })
    }
}

impl Engine for Candle {
    fn set_image(&mut self, picture: Picture) -> Result<()> {
        self.image = Tensor::from_vec(picture.to_tensor(), (1, 3, SIDE, SIDE), &Device::Cpu)?;
        self.extent = picture.extent();
        Ok(())
    }

    fn encode(&mut self) -> Result<()> {
        self.embedding = Some(self.image_encoder.forward(&self.image)?);
        Ok(())
    }

    fn predict(&mut self, prompt: &Prompt) -> Result<Vec<f32>> {
        let embedding = self.embedding.as_ref().context("encode an image first")?;
        let ([left, top, right, bottom], _) = prompt.to_points(self.extent);
        let is_point = matches!(prompt, Prompt::Point(_));
        let (tokens, dense) = if is_point {
            let point = Tensor::new(&[[[left, top]]], &Device::Cpu)?;
            let label = Tensor::new(&[[1.0_f32]], &Device::Cpu)?;
            self.prompt_encoder.forward(Some((&point, &label)), None, None)?
        } else {
            let corners = Tensor::new(&[[left, top, right, bottom]], &Device::Cpu)?;
            let (tokens, dense) = self.prompt_encoder.forward(None, Some(&corners), None)?;
            // The encoder joins both corners to one token.
            (tokens.reshape((1, 2, CHANNELS))?, dense)
        };
        let (masks, qualities) = self.mask_decoder.forward(embedding, &self.positions, &tokens, &dense, is_point)?;
        let best = qualities.argmax(1)?.to_vec1::<u32>()?[0];
        Ok(masks.get(0)?.get(best as usize)?.flatten_all()?.to_vec1()?)
    }
}
