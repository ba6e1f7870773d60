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
//! The model's metadata selects the format of the image. A server with the extension `binary_tensor_data` gets the
//! image as bytes, any other server as numbers in JSON.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use agent_runtime::media::{Encoding, RgbImage, encode};
use agent_runtime::prelude::*;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{Finding, Found, Model};

/// Maximum response body, in bytes.
const MAX_RESPONSE_BYTES: usize = 16 << 20;

/// A model on a server.
pub(crate) struct ModelServer {
    http: Client,
    /// URL of the model: `http://host:8000/v2/models/similar`, or with `/versions/3`.
    url: String,
    timeout: Duration,
    image_format: OnceCell<ImageFormat>,
}

/// Format in which the server expects the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ImageFormat {
    /// Pixels as numbers in JSON.
    Numbers,
    /// Raw pixels after the JSON.
    Pixels,
    /// A JPEG file after the JSON.
    File,
}

#[derive(Deserialize)]
struct ServerMetadata {
    #[serde(default)]
    extensions: Vec<String>,
}

#[derive(Deserialize)]
struct ModelMetadata {
    inputs: Vec<TensorMetadata>,
}

#[derive(Deserialize)]
struct TensorMetadata {
    name: String,
    datatype: String,
}

#[derive(Deserialize)]
struct Inferred {
    outputs: Vec<Tensor>,
}

#[derive(Deserialize)]
struct Tensor {
    name: String,
    shape: Vec<usize>,
    data: Vec<f64>,
}

impl ModelServer {
    /// Creates a client of the model at this URL.
    pub(crate) fn new(url: &str, timeout: Duration) -> Result<Self> {
        // The program selects the TLS crypto provider, once.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let advice = "FIND_SIMILAR_URL must be the URL of a model, such as http://localhost:8000/v2/models/similar.";
        let url = Url::parse(url).or_complain(advice)?;
        ensure!(matches!(url.scheme(), "http" | "https") && url.path().contains("/v2/models/"), "{advice}");
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { http, url: url.as_str().trim_end_matches('/').to_owned(), timeout, image_format: OnceCell::new() })
    }

    async fn found(&self, image: Arc<RgbImage>, prompts: Vec<BoundingBox>) -> Result<Vec<Found>> {
        let image_format = *self.image_format.get_or_try_init(|| self.fetch_image_format()).await?;
        let (header, body) = tokio::task::spawn_blocking(move || request(image_format, &image, &prompts)).await??;
        let mut request = self.http.post(format!("{}/infer", self.url));
        if header < body.len() {
            request = request.header("Inference-Header-Content-Length", header);
            request = request.header(CONTENT_TYPE, "application/octet-stream");
        } else {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        boxes(&answer(request.body(body)).await?)
    }

    /// Returns the metadata of the model, which is requested once.
    async fn fetch_image_format(&self) -> Result<ImageFormat> {
        let (server, _) = self.url.split_once("/models/").unwrap_or_default();
        let about_server = answer::<ServerMetadata>(self.http.get(server));
        let about_model = answer::<ModelMetadata>(self.http.get(&self.url));
        let (server, model) = tokio::try_join!(about_server, about_model)?;
        let binary = server.extensions.iter().any(|extension| extension == "binary_tensor_data");
        let datatype = |name| model.inputs.iter().find(|tensor| tensor.name == name).map(|found| &*found.datatype);
        match (datatype("image"), datatype("prompts"), binary) {
            (Some("UINT8"), Some("FP32"), true) => Ok(ImageFormat::Pixels),
            (Some("UINT8"), Some("FP32"), false) => Ok(ImageFormat::Numbers),
            (Some("BYTES"), Some("FP32"), true) => Ok(ImageFormat::File),
            found => Err(invalid_response(format!("inputs `image` and `prompts`, and binary tensors: {found:?}"))),
        }
    }
}

impl Model for ModelServer {
    fn find(&self, image: Arc<RgbImage>, prompts: Vec<BoundingBox>) -> Finding<'_> {
        Box::pin(async move {
            // Dropping the future, at the timeout or when the client disconnects, also closes the connection to the
            // server.
            let in_time = tokio::time::timeout(self.timeout, self.found(image, prompts)).await;
            let late = || format!("The model server did not respond within {} s.", self.timeout.as_secs_f64());
            in_time.map_err(|_| AgentError::new(ErrorStatus::GatewayTimeout, late()))?
        })
    }
}

/// Returns the length of a request's JSON part in bytes, and the body.
fn request(image_format: ImageFormat, image: &RgbImage, prompts: &[BoundingBox]) -> Result<(usize, Vec<u8>)> {
    let numbers: Vec<f64> = prompts.iter().flat_map(|shape| [shape.x, shape.y, shape.width, shape.height]).collect();
    let prompts = json!({"name": "prompts", "datatype": "FP32", "shape": [prompts.len(), 4], "data": numbers});
    let pixels = || json!({"name": "image", "datatype": "UINT8", "shape": [image.height(), image.width(), 3]});
    let (mut tensor, bytes) = match image_format {
        ImageFormat::Numbers => (pixels(), Vec::new()),
        ImageFormat::Pixels => (pixels(), image.as_raw().clone()),
        ImageFormat::File => {
            let file = encode(image, Encoding::jpeg(95))?.bytes;
            // Elements of `BYTES` are prefixed with their length.
            let bytes = [&u32::try_from(file.len())?.to_le_bytes(), &*file].concat();
            (json!({"name": "image", "datatype": "BYTES", "shape": [1]}), bytes)
        }
    };
    if image_format == ImageFormat::Numbers {
        tensor["data"] = json!(image.as_raw());
    } else {
        tensor["parameters"] = json!({"binary_data_size": bytes.len()});
    }
    let outputs = ["boxes", "scores"].map(|name| json!({"name": name, "parameters": {"binary_data": false}}));
    // A server without the extension may not know its parameters.
    let request = match image_format {
        ImageFormat::Numbers => json!({"inputs": [tensor, prompts]}),
        _ => json!({"inputs": [tensor, prompts], "outputs": outputs}),
    };
    let mut body = serde_json::to_vec(&request)?;
    let header = body.len();
    body.extend(bytes);
    Ok((header, body))
}

/// Returns the instances in the tensors of a response.
fn boxes(answer: &Inferred) -> Result<Vec<Found>> {
    let tensor = |name| answer.outputs.iter().find(|tensor| tensor.name == name);
    let (Some(boxes), Some(scores)) = (tensor("boxes"), tensor("scores")) else {
        return Err(invalid_response("outputs `boxes` and `scores` are missing".to_owned()));
    };
    let found = scores.data.len();
    if boxes.shape != [found, 4] || boxes.data.len() != 4 * found {
        return Err(invalid_response(format!("{found} scores, and boxes of the shape {:?}", boxes.shape)));
    }
    let within = |[x, y, width, height]: [f64; 4]| {
        let [left, top, right, bottom] = [x, y, x + width, y + height].map(|edge| edge.clamp(0.0, 1.0));
        BoundingBox { x: left, y: top, width: right - left, height: bottom - top }
    };
    let found = boxes.data.as_chunks().0.iter().zip(&scores.data);
    let found = found.map(|(shape, score)| Found { shape: within(*shape), confidence: score.clamp(0.0, 1.0) });
    Ok(found.filter(|found| found.shape.area() > 0.0 && !found.confidence.is_nan()).collect())
}

/// Sends a request and parses the response.
async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T> {
    let unreachable = |error: reqwest::Error| {
        let message = "The model server cannot be reached.";
        AgentError::new(ErrorStatus::BadGateway, message).with_cause(error.without_url())
    };
    let mut response = request.send().await.map_err(unreachable)?;
    let (status, mut body) = (response.status(), Vec::new());
    while let Some(part) = response.chunk().await.map_err(unreachable)? {
        body.extend(part);
        if body.len() > MAX_RESPONSE_BYTES {
            return Err(invalid_response(format!("more than {MAX_RESPONSE_BYTES} bytes")));
        }
    }
    if !status.is_success() {
        let said = serde_json::from_slice(&body).unwrap_or(Value::Null)["error"].to_string();
        let message = format!("The model server rejected the request: {status}.");
        return Err(AgentError::new(ErrorStatus::BadGateway, message).with_cause(said));
    }
    serde_json::from_slice(&body).map_err(invalid_response)
}

/// Creates the error for a response that does not match the protocol or this agent's tensors.
fn invalid_response(why: impl Into<Box<dyn StdError + Send + Sync>>) -> AgentError {
    let message = "The model server's response does not have the format that find_similar requires.";
    AgentError::new(ErrorStatus::BadGateway, message).with_cause(why)
}
