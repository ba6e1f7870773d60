//! A client of model servers with the Open Inference Protocol, version 2, such as Triton and `KServe`.
//!
//! The model has these tensors:
//!
//! | | name | datatype | shape | |
//! |---|---|---|---|---|
//! | in | `image` | `UINT8` | height, width, 3 | red, green and blue, row by row from the top |
//! | | or | `BYTES` | 1 | a JPEG file |
//! | in | `prompts` | `FP32` | prompts, 4 | left, top, width and height, relative to the image |
//! | out | `boxes` | `FP32` | found, 4 | the same for each instance found; the model omits instances of low confidence |
//! | out | `scores` | `FP32` | found | confidence, 0 to 1 |
//!
//! The model's metadata selects the format of the image.

use std::sync::Arc;
use std::time::Duration;

use agent_models::served::{Datatype, InferRequest, InferResponse, ServedModel, Tensor};
use agent_runtime::media::{Encoding, RgbImage, encode};
use agent_runtime::prelude::*;
use tokio::sync::OnceCell;

use super::{Finding, Found, Model};

/// A model on a server.
pub(crate) struct ModelServer {
    model: ServedModel,
    image_format: OnceCell<ImageFormat>,
}

/// Format in which the server expects the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ImageFormat {
    /// Pixels.
    Pixels,
    /// A JPEG file.
    File,
}

impl ModelServer {
    /// Creates a client of the model at this URL. The timeout is that of one request.
    pub(crate) fn new(url: &str, timeout: Duration) -> Result<Self> {
        let advice = "FIND_SIMILAR_URL must be the URL of a model, such as http://localhost:8000/v2/models/similar.";
        let model = ServedModel::builder(url).timeout(timeout).build().or_complain(advice)?;
        Ok(Self { model, image_format: OnceCell::new() })
    }

    async fn found(&self, image: Arc<RgbImage>, prompts: Vec<BoundingBox>) -> Result<Vec<Found>> {
        let image_format = *self.image_format.get_or_try_init(|| self.fetch_image_format()).await?;
        let request = tokio::task::spawn_blocking(move || request(image_format, &image, &prompts)).await??;
        boxes(&self.model.infer(request).await?)
    }

    /// Returns the format of the image by the metadata of the model, which is requested once.
    async fn fetch_image_format(&self) -> Result<ImageFormat> {
        let metadata = self.model.metadata().await?;
        let datatype = |name| metadata.input(name).map(|tensor| tensor.datatype);
        match (datatype("image"), datatype("prompts")) {
            (Some(Datatype::Uint8), Some(Datatype::Fp32)) => Ok(ImageFormat::Pixels),
            (Some(Datatype::Bytes), Some(Datatype::Fp32)) => Ok(ImageFormat::File),
            found => {
                let message = "The model on the server does not have the inputs that find_similar requires.";
                Err(AgentError::new(ErrorStatus::BadGateway, message)
                    .with_cause(format!("image and prompts: {found:?}")))
            }
        }
    }
}

impl Model for ModelServer {
    fn find(&self, image: Arc<RgbImage>, prompts: Vec<BoundingBox>) -> Finding<'_> {
        // Dropping the future, at the timeout or when the client disconnects, also closes the connection to the server.
        Box::pin(self.found(image, prompts))
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the model takes numbers of 32 bits")]
fn request(image_format: ImageFormat, image: &RgbImage, prompts: &[BoundingBox]) -> Result<InferRequest> {
    let numbers = prompts.iter().flat_map(|shape| [shape.x, shape.y, shape.width, shape.height]);
    let numbers: Vec<f32> = numbers.map(|number| number as f32).collect();
    let image = match image_format {
        ImageFormat::Pixels => {
            let [height, width] = [image.height(), image.width()].map(usize::try_from);
            Tensor::from_u8("image", [height?, width?, 3], image.as_raw().clone())?
        }
        ImageFormat::File => Tensor::from_elements("image", [1], &[encode(image, Encoding::jpeg(95))?.bytes])?,
    };
    // Further prompts on the same frame do not send it again.
    let image = image.sent_once();
    let prompts = Tensor::from_f32("prompts", [prompts.len(), 4], &numbers)?;
    Ok(InferRequest::new([image, prompts]).with_outputs(["boxes", "scores"]))
}

/// Returns the instances in the tensors of a response.
fn boxes(response: &InferResponse) -> Result<Vec<Found>> {
    let scores = response.f32("scores", &[-1])?;
    let boxes = response.f32("boxes", &[isize::try_from(scores.len())?, 4])?;
    let within = |shape: &[f32; 4]| {
        let [x, y, width, height] = shape.map(f64::from);
        let [left, top, right, bottom] = [x, y, x + width, y + height].map(|edge| edge.clamp(0.0, 1.0));
        BoundingBox { x: left, y: top, width: right - left, height: bottom - top }
    };
    let found = boxes.as_chunks().0.iter().zip(scores);
    let found =
        found.map(|(shape, score)| Found { shape: within(shape), confidence: f64::from(score.clamp(0.0, 1.0)) });
    Ok(found.filter(|found| found.shape.area() > 0.0).collect())
}
