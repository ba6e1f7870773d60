//! `rten` with the ONNX graphs.

use std::path::Path;

use anyhow::{Context, Result};
use rten::{Model, Value};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};

use crate::engine::{Engine, Picture, Prompt, SIDE};

pub(crate) struct Rten {
    encoder: Model,
    decoder: Model,
    image: Tensor<f32>,
    extent: [f32; 2],
    embedding: Option<Tensor<f32>>,
}

impl Rten {
    pub(crate) fn load(folder: &Path) -> Result<Self> {
        // With its weights in the order in which the products read them, as in the segmenter of this project.
        let load = |name| rten::ModelOptions::with_all_ops().prepack_weights(true).load_file(folder.join(name));
        Ok(Self {
            encoder: load("encoder.onnx")?,
            decoder: load("decoder.onnx")?,
            image: Tensor::zeros(&[0]),
            extent: [1.0; 2],
            embedding: None,
        })
    }
}

impl Engine for Rten {
    fn set_image(&mut self, picture: Picture) -> Result<()> {
        self.image = Tensor::from_data(&[1, 3, SIDE, SIDE], picture.to_tensor());
        self.extent = picture.extent();
        Ok(())
    }

    fn encode(&mut self) -> Result<()> {
        self.embedding = Some(self.encoder.run_one(self.image.view().into(), None)?.try_into()?);
        Ok(())
    }

    fn predict(&mut self, prompt: &Prompt) -> Result<Vec<f32>> {
        let (points, labels) = prompt.to_points(self.extent);
        let embedding = self.embedding.as_ref().context("encode an image first")?;
        let (points, labels) =
            (NdTensor::from_data([1, 2, 2], points.to_vec()), NdTensor::from_data([1, 2], labels.to_vec()));
        let input = |name| self.decoder.node_id(name);
        let inputs = vec![
            (input("embedding")?, embedding.view().into()),
            (input("points")?, points.view().into()),
            (input("labels")?, labels.view().into()),
        ];
        let [masks, qualities]: [Value; 2] =
            self.decoder.run_n(inputs, [input("masks")?, input("qualities")?], None)?;
        let (masks, qualities): (Tensor<f32>, Tensor<f32>) = (masks.try_into()?, qualities.try_into()?);
        Ok(prompt.first_mask(&masks.to_vec(), &qualities.to_vec()))
    }
}
