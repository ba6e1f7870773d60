//! `tract` with the ONNX graphs.

use std::path::Path;
use std::thread::available_parallelism;

use anyhow::{Context, Result};
use tract_onnx::prelude::*;

use crate::engine::{Engine, Picture, Prompt, SIDE};

pub(crate) struct Tract {
    encoder: Arc<TypedRunnableModel>,
    decoder: Arc<TypedRunnableModel>,
    image: TValue,
    extent: [f32; 2],
    embedding: Option<TValue>,
}

impl Tract {
    pub(crate) fn load(folder: &Path) -> Result<Self> {
        // A thread per core, as in the other engines. Default: one thread.
        multithread::set_default_executor(multithread::Executor::multithread(available_parallelism()?.get()));
        // The graphs have fixed shapes.
        let load = |name| onnx().model_for_path(folder.join(name))?.into_optimized()?.into_runnable();
        Ok(Self {
            encoder: load("encoder.onnx")?,
            decoder: load("decoder.onnx")?,
            image: Tensor::zero::<f32>(&[1, 3, SIDE, SIDE])?.into_tvalue(),
            extent: [1.0; 2],
            embedding: None,
        })
    }
}

impl Engine for Tract {
    fn set_image(&mut self, picture: Picture) -> Result<()> {
        self.image = Tensor::from_shape(&[1, 3, SIDE, SIDE], &picture.to_tensor())?.into_tvalue();
        self.extent = picture.extent();
        Ok(())
    }

    fn encode(&mut self) -> Result<()> {
        self.embedding = self.encoder.run(tvec!(self.image.clone()))?.pop();
        Ok(())
    }

    fn predict(&mut self, prompt: &Prompt) -> Result<Vec<f32>> {
        let (points, labels) = prompt.to_points(self.extent);
        let embedding = self.embedding.clone().context("encode an image first")?;
        let points = Tensor::from_shape(&[1, 2, 2], &points)?.into_tvalue();
        let labels = Tensor::from_shape(&[1, 2], &labels)?.into_tvalue();
        let outputs = self.decoder.run(tvec!(embedding, points, labels))?;
        let [masks, qualities] = outputs.as_slice() else { anyhow::bail!("the decoder must have two outputs") };
        let (masks, qualities) = (masks.try_as_plain_ram()?, qualities.try_as_plain_ram()?);
        Ok(prompt.first_mask(masks.as_slice()?, qualities.as_slice()?))
    }
}
