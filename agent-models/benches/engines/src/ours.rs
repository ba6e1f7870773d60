//! The segmenter of this project. Its encoding includes the normalisation of the pixels.

use std::path::Path;

use agent_models::sam::{Embedding, Prompts, Segmenter};
use agent_platform::labels::{BoundingBox, Point};
use agent_platform::media::RgbImage;
use anyhow::{Context, Result};

use crate::engine::{Engine, Picture, Prompt};

pub(crate) struct Ours {
    segmenter: Segmenter,
    image: RgbImage,
    embedding: Option<Embedding>,
}

impl Ours {
    pub(crate) fn load(folder: &Path) -> Result<Self> {
        let segmenter = Segmenter::load(&folder.join("mobile_sam.pt"))?;
        Ok(Self { segmenter, image: RgbImage::default(), embedding: None })
    }
}

impl Engine for Ours {
    fn set_image(&mut self, picture: Picture) -> Result<()> {
        let (width, height) = (u32::try_from(picture.width)?, u32::try_from(picture.height)?);
        self.image = RgbImage::from_raw(width, height, picture.pixels).context("the pixels do not fit the size")?;
        Ok(())
    }

    fn encode(&mut self) -> Result<()> {
        self.embedding = Some(self.segmenter.encode(&self.image)?);
        Ok(())
    }

    fn predict(&mut self, prompt: &Prompt) -> Result<Vec<f32>> {
        let prompts = match prompt {
            Prompt::Point(point) => {
                let [x, y] = point.map(f64::from);
                Prompts::from_point(Point::new(x, y))
            }
            Prompt::Box(sides) => {
                let [x, y, right, bottom] = sides.map(f64::from);
                Prompts::from_box(BoundingBox { x, y, width: right - x, height: bottom - y })
            }
        };
        let embedding = self.embedding.as_ref().context("encode an image first")?;
        let masks = self.segmenter.predict(embedding, &prompts)?;
        Ok(masks.first().context("no mask")?.logits().to_vec())
    }
}
