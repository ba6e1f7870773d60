//! The protocol over HTTP.

mod decode;
mod encode;
mod refusal;

use std::sync::Arc;

use agent_platform::memory::ByteBudget;
use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::address::ModelAddress;
use super::counts::Counters;
use super::error::ServedError;
use super::memory::ResponseBuffer;
use super::message::{InferRequest, InferResponse};
use super::metadata::{ModelMetadata, TensorMetadata};
use super::retry::Attempts;
use super::settings::Settings;
use encode::TensorFormat;

/// The length of the JSON of a body in which raw tensors follow.
const JSON_LENGTH: &str = "inference-header-content-length";
/// Size of a request from which it is encoded on a thread for blocking work, in bytes.
const MIN_BLOCKING_BYTES: usize = 64 << 10;

/// A model on a server, over HTTP.
pub(super) struct HttpModel {
    client: Client,
    headers: HeaderMap,
    address: ModelAddress,
    max_response_bytes: usize,
    retries: u32,
    counters: Arc<Counters>,
    /// Detected in the first request.
    tensor_format: OnceCell<TensorFormat>,
    /// The budget of metadata.
    memory: ByteBudget,
}

#[derive(Deserialize)]
struct ServerMetadata {
    #[serde(default)]
    extensions: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    // Older versions of MLServer write null.
    inputs: Option<Vec<Tensor>>,
    outputs: Option<Vec<Tensor>>,
}

#[derive(Deserialize)]
struct Tensor {
    name: String,
    datatype: String,
    shape: Option<Vec<i64>>,
}

#[derive(Deserialize)]
struct Ready {
    ready: bool,
}

/// A successful response.
struct Received {
    headers: HeaderMap,
    body: Bytes,
}

impl HttpModel {
    pub(super) fn new(
        address: ModelAddress,
        settings: &Settings,
        counters: Arc<Counters>,
    ) -> Result<Self, ServedError> {
        let invalid = |error: String| ServedError::InvalidSettings(error);
        let builder = agent_platform::client::http_client_for(&address.server);
        let builder = builder.map_err(|error| invalid(error.to_string()))?.connect_timeout(settings.connect_timeout);
        let client = builder.build().map_err(|error| invalid(error.without_url().to_string()))?;
        let Settings { max_response_bytes, retries, .. } = *settings;
        let (headers, memory) = (settings.headers.clone(), settings.memory.clone());
        Ok(Self {
            client,
            headers,
            address,
            max_response_bytes,
            retries,
            counters,
            tensor_format: OnceCell::new(),
            memory,
        })
    }

    pub(super) async fn infer(
        &self,
        request: &InferRequest,
        budget: &ByteBudget,
    ) -> Result<InferResponse, ServedError> {
        let mut attempts = Attempts::new(self.retries);
        let format = self.tensor_format(&mut attempts).await?;
        let body = encoded(request, format).await?;
        let (json_length, body) = (body.json_length, Bytes::from(body.bytes));
        loop {
            let url = format!("{}/infer", self.address.model_url());
            let request = self.client.post(url).headers(self.headers.clone()).body(body.clone());
            let request = match format {
                TensorFormat::Json => request.header(CONTENT_TYPE, "application/json"),
                TensorFormat::Binary => {
                    request.header(CONTENT_TYPE, "application/octet-stream").header(JSON_LENGTH, json_length)
                }
            };
            let timer = self.counters.sent(body.len());
            let received = self.send(request, budget).await;
            drop(timer);
            match received {
                Ok(Received { headers, body }) => {
                    self.counters.received(body.len());
                    let length = headers.get(JSON_LENGTH).map(|value| value.to_str().unwrap_or_default().parse());
                    let invalid =
                        |_| ServedError::invalid_response(format!("its header {JSON_LENGTH} is not a number"));
                    return decode::decode(body, length.transpose().map_err(invalid)?, budget);
                }
                Err(error) => attempts.wait_after(error).await?,
            }
        }
    }

    /// Returns the maximum size of an encoded request, in bytes.
    pub(super) fn max_request_bytes(&self, request: &InferRequest) -> usize {
        // Unknown before the first request.
        let format = self.tensor_format.get().copied().unwrap_or(TensorFormat::Json);
        request.inputs.iter().map(|tensor| encode::max_bytes(tensor, format)).sum()
    }

    /// Returns whether the server says that the model is ready.
    pub(super) async fn is_ready(&self) -> bool {
        let received = self.send(self.get(&format!("{}/ready", self.address.model_url())), &self.memory).await;
        // TorchServe responds with 200 in either case. Other servers send no body, or another one.
        received.is_ok_and(|received| serde_json::from_slice::<Ready>(&received.body).map_or(true, |body| body.ready))
    }

    pub(super) async fn metadata(&self) -> Result<ModelMetadata, ServedError> {
        let mut attempts = Attempts::new(self.retries);
        loop {
            match self.fetch::<Metadata>(&self.address.model_url()).await {
                Ok(Metadata { inputs, outputs }) => {
                    return Ok(ModelMetadata::new(
                        tensors(inputs.unwrap_or_default())?,
                        tensors(outputs.unwrap_or_default())?,
                    ));
                }
                Err(error) => attempts.wait_after(error).await?,
            }
        }
    }

    /// Returns the format of tensors, by the extensions of the server.
    async fn tensor_format(&self, attempts: &mut Attempts) -> Result<TensorFormat, ServedError> {
        loop {
            let format = self.tensor_format.get_or_try_init(async || {
                let extensions = match self.fetch::<ServerMetadata>(&format!("{}/v2", self.address.server)).await {
                    Ok(server) => server.extensions,
                    // A proxy may expose the model only.
                    Err(ServedError::UnknownModel { .. } | ServedError::Rejected { .. }) => Vec::new(),
                    Err(error) => return Err(error),
                };
                let binary = extensions.iter().any(|extension| extension == "binary_tensor_data");
                Ok(if binary { TensorFormat::Binary } else { TensorFormat::Json })
            });
            match format.await {
                Ok(format) => return Ok(*format),
                Err(error) => attempts.wait_after(error).await?,
            }
        }
    }

    fn get(&self, url: &str) -> RequestBuilder {
        self.client.get(url).headers(self.headers.clone())
    }

    async fn fetch<T: DeserializeOwned>(&self, url: &str) -> Result<T, ServedError> {
        let body = self.send(self.get(url), &self.memory).await?.body;
        serde_json::from_slice(&body).map_err(|error| decode::not_json(&body, &error))
    }

    /// Sends a request, and reads the response within the limit.
    async fn send(&self, request: RequestBuilder, budget: &ByteBudget) -> Result<Received, ServedError> {
        let mut response = request.send().await.map_err(ServedError::from_connection)?;
        let status = response.status();
        if !status.is_success() {
            return Err(refusal::read(response, &self.address.model).await);
        }
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let mut body = ResponseBuffer::new(announced, self.max_response_bytes, budget)?;
        let headers = std::mem::take(response.headers_mut());
        while let Some(part) = response.chunk().await.map_err(ServedError::from_connection)? {
            body.push(&part)?;
        }
        Ok(Received { headers, body: body.freeze() })
    }
}

/// Encodes a request, on a thread for blocking work if it is large.
async fn encoded(request: &InferRequest, format: TensorFormat) -> Result<encode::Body, ServedError> {
    let bytes: usize = request.inputs.iter().map(|tensor| tensor.data().len()).sum();
    if bytes < MIN_BLOCKING_BYTES {
        return encode::encode(request, format);
    }
    let request = request.clone();
    let encoding = tokio::task::spawn_blocking(move || encode::encode(&request, format));
    encoding.await.map_err(|error| ServedError::invalid_request(error.to_string()))?
}

fn tensors(tensors: Vec<Tensor>) -> Result<Vec<TensorMetadata>, ServedError> {
    let parsed = tensors.into_iter().map(|Tensor { name, datatype, shape }| {
        Ok(TensorMetadata { name, datatype: datatype.parse()?, shape: shape.unwrap_or_default() })
    });
    parsed.collect()
}
