//! The protocol over gRPC: unary calls over the HTTP/2 client that HTTP uses as well.

mod convert;
mod dialect;
mod messages;
mod status;
mod typed;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use agent_platform::memory::ByteBudget;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use http_body_util::BodyExt;
use prost::Message;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, TE};
use reqwest::{Client, StatusCode};

use super::address::ModelAddress;
use super::counts::Counters;
use super::error::ServedError;
use super::memory::ResponseBuffer;
use super::message::{InferRequest, InferResponse};
use super::metadata::ModelMetadata;
use super::retry::Attempts;
use super::settings::Settings;
use dialect::Dialect;
use messages::{InferResponse as InferResponseMessage, MetadataResponse, ModelRequest, ReadyResponse};

/// The method of an inference.
const INFER: &str = "ModelInfer";
/// Length of the prefix of a message: a flag of compression, and the length.
const PREFIX_BYTES: usize = 5;
/// A model on a server, over gRPC.
pub(super) struct GrpcModel {
    client: Client,
    headers: HeaderMap,
    address: ModelAddress,
    max_response_bytes: usize,
    retries: u32,
    counters: Arc<Counters>,
    /// Set if the last call that succeeded was in this dialect.
    is_torch_serve: AtomicBool,
    /// The budget of metadata.
    memory: ByteBudget,
}

impl GrpcModel {
    pub(super) fn new(
        address: ModelAddress,
        settings: &Settings,
        counters: Arc<Counters>,
    ) -> Result<Self, ServedError> {
        let invalid = ServedError::InvalidSettings;
        let builder = agent_platform::client::http_client_for(&address.server);
        let builder = builder.map_err(|error| invalid(error.to_string()))?.connect_timeout(settings.connect_timeout);
        let client = builder.http2_prior_knowledge().no_gzip().build();
        let client = client.map_err(|error| invalid(error.without_url().to_string()))?;
        let Settings { max_response_bytes, retries, .. } = *settings;
        let mut headers = settings.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert(TE, HeaderValue::from_static("trailers"));
        let is_torch_serve = AtomicBool::new(false);
        Ok(Self {
            client,
            headers,
            address,
            max_response_bytes,
            retries,
            counters,
            is_torch_serve,
            memory: settings.memory.clone(),
        })
    }

    pub(super) async fn infer(
        &self,
        request: &InferRequest,
        budget: &ByteBudget,
    ) -> Result<InferResponse, ServedError> {
        let message = |dialect| framed(&convert::request(self.model(), request, dialect)?);
        let response: InferResponseMessage = self.call(INFER, self.retries, budget, message).await?;
        self.counters.received(response.encoded_len());
        convert::response(response)
    }

    pub(super) async fn metadata(&self) -> Result<ModelMetadata, ServedError> {
        let response: MetadataResponse =
            self.call("ModelMetadata", self.retries, &self.memory, |_| framed(&self.model())).await?;
        convert::metadata(response)
    }

    /// Returns `true` if the server says that the model is ready.
    pub(super) async fn is_ready(&self) -> bool {
        let response: Result<ReadyResponse, _> =
            self.call("ModelReady", 0, &self.memory, |_| framed(&self.model())).await;
        response.is_ok_and(|response| response.ready)
    }

    fn model(&self) -> ModelRequest {
        let version = self.address.version.clone().unwrap_or_default();
        ModelRequest { name: self.address.model.clone(), version }
    }

    /// Makes a call with retries, in the dialect of the server.
    async fn call<R: Message + Default>(
        &self,
        method: &str,
        retries: u32,
        budget: &ByteBudget,
        encode: impl Fn(Dialect) -> Result<Bytes, ServedError>,
    ) -> Result<R, ServedError> {
        let mut attempts = Attempts::new(retries);
        let mut dialect = self.dialect();
        let mut message = encode(dialect)?;
        let mut switched = false;
        loop {
            let timer = (method == INFER).then(|| self.counters.sent(message.len()));
            let result = self.call_once(dialect, method, message.clone(), budget).await;
            drop(timer);
            match result {
                Ok(response) => {
                    self.is_torch_serve.store(dialect == Dialect::TorchServe, Ordering::Relaxed);
                    return Ok(response);
                }
                Err(error) if !switched && status::is_unimplemented(&error) => {
                    switched = true;
                    dialect = dialect.other();
                    message = encode(dialect)?;
                }
                Err(error) => attempts.wait_after(error).await?,
            }
        }
    }

    /// Returns the maximum size of an encoded request, in bytes.
    pub(super) fn max_request_bytes(&self, request: &InferRequest) -> usize {
        // A typed `UINT8` takes 4 bytes in memory and up to 2 in the message.
        let factor = if self.dialect().has_raw_tensors() { 1 } else { 6 };
        request.inputs.iter().map(|tensor| tensor.data().len().saturating_mul(factor)).sum()
    }

    /// Returns the error with the limit of a message without its prefix.
    fn too_large(&self, error: ServedError) -> ServedError {
        match error {
            ServedError::ResponseTooLarge { .. } => ServedError::ResponseTooLarge { limit: self.max_response_bytes },
            error => error,
        }
    }

    fn dialect(&self) -> Dialect {
        if self.is_torch_serve.load(Ordering::Relaxed) { Dialect::TorchServe } else { Dialect::Standard }
    }

    /// Makes a unary call.
    async fn call_once<R: Message + Default>(
        &self,
        dialect: Dialect,
        method: &str,
        message: Bytes,
        budget: &ByteBudget,
    ) -> Result<R, ServedError> {
        let url = format!("{}/{}/{method}", self.address.server, dialect.service());
        let request = self.client.post(url).headers(self.headers.clone()).body(message);
        let response = http::Response::from(request.send().await.map_err(ServedError::from_connection)?);
        match response.status() {
            StatusCode::OK => {}
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                return Err(ServedError::Overloaded { retry_after: None });
            }
            status => return Err(ServedError::rejected(status.to_string(), "")),
        }
        let (head, mut stream) = response.into_parts();
        let limit = self.max_response_bytes.saturating_add(PREFIX_BYTES);
        let (mut body, mut trailers) = (ResponseBuffer::new(0, limit, budget)?, None);
        while let Some(frame) = stream.frame().await {
            match frame.map_err(ServedError::from_connection)?.into_data() {
                Ok(data) => body.push(&data).map_err(|error| self.too_large(error))?,
                Err(frame) => trailers = frame.into_trailers().ok(),
            }
        }
        // A response without a message has its status in the headers.
        status::check(&trailers.unwrap_or(head.headers), &self.address.model)?;
        let invalid = |error: prost::DecodeError| ServedError::invalid_response(format!("it is not Protobuf: {error}"));
        R::decode(unframed(body.freeze())?).map_err(invalid)
    }
}

/// Encodes a message with its prefix.
fn framed(message: &impl Message) -> Result<Bytes, ServedError> {
    let length = message.encoded_len();
    let announced = u32::try_from(length).map_err(|_| ServedError::invalid_request("it exceeds 4 GiB"))?;
    let mut frame = BytesMut::with_capacity(PREFIX_BYTES + length);
    frame.put_u8(0);
    frame.put_u32(announced);
    message.encode(&mut frame).map_err(|error| ServedError::invalid_request(error.to_string()))?;
    Ok(frame.freeze())
}

/// Returns the only message of a response.
fn unframed(mut body: Bytes) -> Result<Bytes, ServedError> {
    if body.len() < PREFIX_BYTES {
        return Err(ServedError::invalid_response("it has no message"));
    }
    let (compressed, length) = (body.get_u8(), body.get_u32());
    if compressed != 0 {
        return Err(ServedError::invalid_response("it is compressed, which was not requested"));
    }
    if usize::try_from(length) != Ok(body.len()) {
        let reason = format!("its message should be {length} bytes long, of {} bytes", body.len());
        return Err(ServedError::invalid_response(reason));
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_framed() {
        let model = ModelRequest { name: "sam".to_owned(), version: String::new() };
        let frame = framed(&model).unwrap();
        assert_eq!(&frame[..], [0, 0, 0, 0, 5, 0x0a, 3, b's', b'a', b'm']);
        assert_eq!(ModelRequest::decode(unframed(frame.clone()).unwrap()).unwrap(), model);
        for invalid in [
            frame.slice(..4),
            frame.slice(..9),
            [&frame[..], b"!"].concat().into(),
            [&[1], &frame[1..]].concat().into(),
        ] {
            assert!(matches!(unframed(invalid), Err(ServedError::InvalidResponse(_))));
        }
    }
}
