//! A model on a server that speaks the Open Inference Protocol, version 2, as Triton, `KServe` and others do.
//!
//! The model takes and gives these tensors:
//!
//! | | name | datatype | shape | |
//! |---|---|---|---|---|
//! | in | `image` | `UINT8` | height, width, 3 | red, green and blue, row by row from the top |
//! | | or | `BYTES` | 1 | a JPEG file |
//! | in | `prompts` | `FP32` | prompts, 4 | left, top, width and height, relative to the image |
//! | out | `boxes` | `FP32` | found, 4 | the same of each thing found; what the model is not sure enough of, it leaves out |
//! | out | `scores` | `FP32` | found | how sure it is, 0 to 1 |
//!
//! Which of the two images it takes, it says where the protocol has it: in the model's metadata. A server with the extension
//! `binary_tensor_data` gets the image as bytes, another as numbers in JSON.

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

/// Answers are not read beyond these bytes.
const LONGEST_ANSWER: usize = 16 << 20;

/// A model on a server.
pub(crate) struct ModelServer {
    http: Client,
    /// Of the model: `http://host:8000/v2/models/similar`, or with `/versions/3`.
    url: String,
    timeout: Duration,
    takes: OnceCell<Takes>,
}

/// How a server takes the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Pixels as numbers in JSON.
    Numbers,
    /// Pixels behind the JSON, as they are.
    Pixels,
    /// A file behind the JSON.
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
    /// The model at this address, which must answer within `timeout`.
    pub(crate) fn new(url: &str, timeout: Duration) -> Result<Self> {
        // What encrypts connections is the program's choice; it is made once.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let advice = "FIND_SIMILAR_URL must be a model's address, such as http://localhost:8000/v2/models/similar.";
        let url = Url::parse(url).or_complain(advice)?;
        ensure!(matches!(url.scheme(), "http" | "https") && url.path().contains("/v2/models/"), "{advice}");
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { http, url: url.as_str().trim_end_matches('/').to_owned(), timeout, takes: OnceCell::new() })
    }

    async fn found(&self, image: Arc<RgbImage>, prompts: Vec<BoundingBox>) -> Result<Vec<Found>> {
        let takes = *self.takes.get_or_try_init(|| self.ask_what_it_takes()).await?;
        let (header, body) = tokio::task::spawn_blocking(move || request(takes, &image, &prompts)).await??;
        let mut request = self.http.post(format!("{}/infer", self.url));
        if header < body.len() {
            request = request.header("Inference-Header-Content-Length", header);
            request = request.header(CONTENT_TYPE, "application/octet-stream");
        } else {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        boxes(&answer(request.body(body)).await?)
    }

    /// Asks once: what a model takes does not change.
    async fn ask_what_it_takes(&self) -> Result<Takes> {
        let (server, _) = self.url.split_once("/models/").unwrap_or_default();
        let about_server = answer::<ServerMetadata>(self.http.get(server));
        let about_model = answer::<ModelMetadata>(self.http.get(&self.url));
        let (server, model) = tokio::try_join!(about_server, about_model)?;
        let binary = server.extensions.iter().any(|extension| extension == "binary_tensor_data");
        let datatype = |name| model.inputs.iter().find(|tensor| tensor.name == name).map(|found| &*found.datatype);
        match (datatype("image"), datatype("prompts"), binary) {
            (Some("UINT8"), Some("FP32"), true) => Ok(Takes::Pixels),
            (Some("UINT8"), Some("FP32"), false) => Ok(Takes::Numbers),
            (Some("BYTES"), Some("FP32"), true) => Ok(Takes::File),
            found => Err(nonsense(format!("inputs `image` and `prompts`, and binary tensors: {found:?}"))),
        }
    }
}

impl Model for ModelServer {
    fn find(&self, image: Arc<RgbImage>, prompts: Vec<BoundingBox>) -> Finding<'_> {
        Box::pin(async move {
            // What is dropped at the end of the time, or when the annotator leaves, is the connection to the server, too.
            let in_time = tokio::time::timeout(self.timeout, self.found(image, prompts)).await;
            let late = || format!("The model server did not answer within {} s.", self.timeout.as_secs_f64());
            in_time.map_err(|_| AgentError::new(ErrorStatus::GatewayTimeout, late()))?
        })
    }
}

/// The body of a request, and how many bytes of it are JSON. The image is in it once.
fn request(takes: Takes, image: &RgbImage, prompts: &[BoundingBox]) -> Result<(usize, Vec<u8>)> {
    let numbers: Vec<f64> = prompts.iter().flat_map(|shape| [shape.x, shape.y, shape.width, shape.height]).collect();
    let prompts = json!({"name": "prompts", "datatype": "FP32", "shape": [prompts.len(), 4], "data": numbers});
    let pixels = || json!({"name": "image", "datatype": "UINT8", "shape": [image.height(), image.width(), 3]});
    let (mut tensor, bytes) = match takes {
        Takes::Numbers => (pixels(), Vec::new()),
        Takes::Pixels => (pixels(), image.as_raw().clone()),
        Takes::File => {
            let file = encode(image, Encoding::jpeg(95))?.bytes;
            // Elements of `BYTES` have their length before them.
            let bytes = [&u32::try_from(file.len())?.to_le_bytes(), &*file].concat();
            (json!({"name": "image", "datatype": "BYTES", "shape": [1]}), bytes)
        }
    };
    if takes == Takes::Numbers {
        tensor["data"] = json!(image.as_raw());
    } else {
        tensor["parameters"] = json!({"binary_data_size": bytes.len()});
    }
    let outputs = ["boxes", "scores"].map(|name| json!({"name": name, "parameters": {"binary_data": false}}));
    // A server without the extension need not know its parameters.
    let request = match takes {
        Takes::Numbers => json!({"inputs": [tensor, prompts]}),
        _ => json!({"inputs": [tensor, prompts], "outputs": outputs}),
    };
    let mut body = serde_json::to_vec(&request)?;
    let header = body.len();
    body.extend(bytes);
    Ok((header, body))
}

/// What is found, from the tensors of an answer.
fn boxes(answer: &Inferred) -> Result<Vec<Found>> {
    let tensor = |name| answer.outputs.iter().find(|tensor| tensor.name == name);
    let (Some(boxes), Some(scores)) = (tensor("boxes"), tensor("scores")) else {
        return Err(nonsense("outputs `boxes` and `scores` are missing".to_owned()));
    };
    let found = scores.data.len();
    if boxes.shape != [found, 4] || boxes.data.len() != 4 * found {
        return Err(nonsense(format!("{found} scores, and boxes of the shape {:?}", boxes.shape)));
    }
    let within = |[x, y, width, height]: [f64; 4]| {
        let [left, top, right, bottom] = [x, y, x + width, y + height].map(|edge| edge.clamp(0.0, 1.0));
        BoundingBox { x: left, y: top, width: right - left, height: bottom - top }
    };
    let found = boxes.data.as_chunks().0.iter().zip(&scores.data);
    let found = found.map(|(shape, score)| Found { shape: within(*shape), confidence: score.clamp(0.0, 1.0) });
    Ok(found.filter(|found| found.shape.area() > 0.0 && !found.confidence.is_nan()).collect())
}

/// Sends a request and reads the answer.
async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T> {
    let unreachable = |error: reqwest::Error| {
        let message = "The model server cannot be reached.";
        AgentError::new(ErrorStatus::BadGateway, message).with_cause(error.without_url())
    };
    let mut response = request.send().await.map_err(unreachable)?;
    let (status, mut body) = (response.status(), Vec::new());
    while let Some(part) = response.chunk().await.map_err(unreachable)? {
        body.extend(part);
        if body.len() > LONGEST_ANSWER {
            return Err(nonsense(format!("more than {LONGEST_ANSWER} bytes")));
        }
    }
    if !status.is_success() {
        let said = serde_json::from_slice(&body).unwrap_or(Value::Null)["error"].to_string();
        let message = format!("The model server refused: {status}.");
        return Err(AgentError::new(ErrorStatus::BadGateway, message).with_cause(said));
    }
    serde_json::from_slice(&body).map_err(nonsense)
}

/// An answer that is not as the protocol, or this agent, has it.
fn nonsense(why: impl Into<Box<dyn StdError + Send + Sync>>) -> AgentError {
    let message = "The model server does not answer as find_similar needs it.";
    AgentError::new(ErrorStatus::BadGateway, message).with_cause(why)
}
