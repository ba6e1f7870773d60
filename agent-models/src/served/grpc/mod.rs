//! The protocol over gRPC: unary calls over the HTTP/2 client that HTTP uses as well.

mod convert;
mod messages;

use std::sync::Arc;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http_body_util::BodyExt;
use prost::Message;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, TE};
use reqwest::{Client, StatusCode};

use super::address::ModelAddress;
use super::counts::Counters;
use super::error::ServedError;
use super::message::{InferRequest, InferResponse};
use super::metadata::ModelMetadata;
use super::retry::Attempts;
use super::settings::Settings;
use messages::{InferResponse as InferResponseMessage, MetadataResponse, ModelRequest, ReadyResponse};

/// Path of the service.
const SERVICE: &str = "inference.GRPCInferenceService";
/// Length of the prefix of a message: a flag of compression, and the length.
const PREFIX_BYTES: usize = 5;
/// Names of the status codes, from 0.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// A model on a server, over gRPC.
pub(super) struct GrpcModel {
    client: Client,
    headers: HeaderMap,
    address: ModelAddress,
    max_response_bytes: usize,
    retries: u32,
    counters: Arc<Counters>,
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
        Ok(Self { client, headers, address, max_response_bytes, retries, counters })
    }

    pub(super) async fn infer(&self, request: &InferRequest) -> Result<InferResponse, ServedError> {
        let message = framed(&convert::request(self.model(), request)?)?;
        let mut attempts = Attempts::new(self.retries);
        loop {
            self.counters.sent(message.len());
            match self.call::<InferResponseMessage>("ModelInfer", message.clone()).await {
                Ok(response) => {
                    self.counters.received(response.encoded_len());
                    return convert::response(response);
                }
                Err(error) => attempts.wait_after(error).await?,
            }
        }
    }

    pub(super) async fn metadata(&self) -> Result<ModelMetadata, ServedError> {
        let message = framed(&self.model())?;
        let mut attempts = Attempts::new(self.retries);
        loop {
            match self.call::<MetadataResponse>("ModelMetadata", message.clone()).await {
                Ok(response) => return convert::metadata(response),
                Err(error) => attempts.wait_after(error).await?,
            }
        }
    }

    /// Returns `true` if the server says that the model is ready.
    pub(super) async fn is_ready(&self) -> bool {
        let Ok(message) = framed(&self.model()) else { return false };
        self.call::<ReadyResponse>("ModelReady", message).await.is_ok_and(|response| response.ready)
    }

    fn model(&self) -> ModelRequest {
        let version = self.address.version.clone().unwrap_or_default();
        ModelRequest { name: self.address.model.clone(), version }
    }

    /// Makes a unary call.
    async fn call<R: Message + Default>(&self, method: &str, message: Bytes) -> Result<R, ServedError> {
        let url = format!("{}/{SERVICE}/{method}", self.address.server);
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
        let limit = self.max_response_bytes;
        let (mut body, mut trailers) = (BytesMut::new(), None);
        while let Some(frame) = stream.frame().await {
            match frame.map_err(ServedError::from_connection)?.into_data() {
                Ok(data) if body.len() + data.len() > limit + PREFIX_BYTES => {
                    return Err(ServedError::ResponseTooLarge { limit });
                }
                Ok(data) => body.extend_from_slice(&data),
                Err(frame) => trailers = frame.into_trailers().ok(),
            }
        }
        // A response without a message has its status in the headers.
        self.check_status(&trailers.unwrap_or(head.headers))?;
        let invalid = |error: prost::DecodeError| ServedError::invalid_response(format!("it is not Protobuf: {error}"));
        R::decode(unframed(body.freeze())?).map_err(invalid)
    }

    /// Checks the status of a call.
    fn check_status(&self, trailers: &HeaderMap) -> Result<(), ServedError> {
        let code = trailers.get("grpc-status").and_then(|code| code.to_str().ok()?.parse::<usize>().ok());
        let code = code.ok_or_else(|| ServedError::invalid_response("it is not that of a gRPC server"))?;
        let message = trailers.get("grpc-message").map(|text| String::from_utf8_lossy(text.as_bytes()).into_owned());
        match CODES.get(code).copied().unwrap_or("UNKNOWN") {
            "OK" => Ok(()),
            "NOT_FOUND" => Err(ServedError::UnknownModel { model: self.address.model.clone() }),
            "UNAVAILABLE" | "RESOURCE_EXHAUSTED" => Err(ServedError::Overloaded { retry_after: None }),
            name => Err(ServedError::rejected(name, &message.unwrap_or_default())),
        }
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

    #[test]
    fn status_codes_are_typed() {
        let address = ModelAddress::parse("grpc://127.0.0.1:1/v2/models/sam").unwrap_or_else(|_| unreachable!());
        let settings = Settings::default();
        let model = GrpcModel::new(address, &settings, Arc::default()).unwrap_or_else(|_| unreachable!());
        let check = |code: Option<&'static str>| {
            let header =
                code.map(|code| (http::HeaderName::from_static("grpc-status"), HeaderValue::from_static(code)));
            model.check_status(&header.into_iter().collect())
        };
        assert!(check(Some("0")).is_ok());
        assert!(matches!(check(Some("14")), Err(ServedError::Overloaded { .. })));
        assert!(matches!(check(Some("5")), Err(ServedError::UnknownModel { .. })));
        assert!(matches!(check(Some("3")), Err(ServedError::Rejected { status, .. }) if status == "INVALID_ARGUMENT"));
        assert!(matches!(check(None), Err(ServedError::InvalidResponse(_))));
    }
}
