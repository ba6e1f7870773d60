//! A single attempt of a call: signing, sending, and reading the response.

use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::call::{Call, Endpoint, Scope};
use super::public_addresses;
use super::retry_after::RetryAfter;
use super::server_clock::ServerClock;
use super::trace::TraceId;
use crate::auth::{Credentials, Kind, MessageSignature, legacy_authorization};
use crate::memory::{BytePermit, MemoryAccount, MemoryError};

const CLOUD_TRACE: HeaderName = HeaderName::from_static("x-cloud-trace-context");
const RESOURCE_TYPE: HeaderName = HeaderName::from_static("resourcetype");
const RESOURCE_ID: HeaderName = HeaderName::from_static("resourceid");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A response of any status, with its whole body.
#[derive(Debug)]
pub(super) struct ReceivedResponse {
    pub(super) status: u16,
    pub(super) retry_after: RetryAfter,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
    pub(super) trace: TraceId,
    /// Memory permit of a large body, held until the body is parsed.
    #[expect(dead_code, reason = "held, not read")]
    pub(super) memory: Option<BytePermit>,
}

impl ReceivedResponse {
    /// Creates a response from a body that was read in another way.
    pub(super) fn from_body(status: u16, body: Vec<u8>, trace: TraceId) -> Self {
        Self { status, retry_after: RetryAfter::default(), content_type: None, body, trace, memory: None }
    }
}

/// Failure of an attempt without a response.
#[derive(Debug)]
pub(super) enum AttemptError {
    /// The request was not sent: it is invalid, or its address is not allowed.
    NotSent(Box<dyn std::error::Error + Send + Sync>),
    /// The connection failed.
    NotConnected(reqwest::Error),
    /// The read timeout expired.
    ReadTimeout(reqwest::Error),
    /// The deadline of the call expired.
    DeadlineExceeded,
    /// The connection broke, or the response is not HTTP.
    ConnectionBroken(reqwest::Error),
    /// The body exceeds the limit, in bytes.
    TooLarge(usize),
    /// The memory for the body is not available.
    NoMemory(MemoryError),
}

impl AttemptError {
    /// Returns the kind of failure, for logs and spans.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::NotSent(_) => "not sent",
            Self::NotConnected(_) => "no connection",
            Self::ReadTimeout(_) => "nothing arrived",
            Self::DeadlineExceeded => "out of time",
            Self::ConnectionBroken(_) => "connection broken",
            Self::TooLarge(_) => "answer too large",
            Self::NoMemory(_) => "no memory",
        }
    }
}

/// The response of an attempt, before its body is read.
#[derive(Debug)]
pub(super) struct OpenedResponse {
    pub(super) response: reqwest::Response,
    pub(super) status: u16,
    pub(super) retry_after: RetryAfter,
    content_type: Option<String>,
}

/// Makes one attempt. Errors never show the URL, because it may be a signed one.
pub(super) async fn attempt(
    http: &reqwest::Client,
    credentials: &Credentials,
    call: &Call,
    trace: &TraceId,
    body_limits: (usize, &MemoryAccount),
    clock: &ServerClock,
) -> Result<ReceivedResponse, AttemptError> {
    let opened = open(http, credentials, call, trace, clock).await?;
    opened.read(trace, body_limits).await
}

/// Sends a request, and returns its response without the body.
pub(super) async fn open(
    http: &reqwest::Client,
    credentials: &Credentials,
    call: &Call,
    trace: &TraceId,
    clock: &ServerClock,
) -> Result<OpenedResponse, AttemptError> {
    let headers = headers(credentials, call, trace)?;
    let mut request = http.request(call.method.clone(), call.url.clone()).headers(headers);
    if let Some(body) = &call.body {
        request = request.body(body.clone());
    }
    let response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    // A storage has its own clock, so its `Date` is ignored.
    if !matches!(call.endpoint, Endpoint::Storage) {
        clock.set_by(response.headers());
    }
    let retry_after = RetryAfter::from_headers(response.headers(), SystemTime::now());
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(OpenedResponse { response, status, retry_after, content_type })
}

impl OpenedResponse {
    /// Reads the whole body, up to a limit.
    async fn read(
        self,
        trace: &TraceId,
        body_limits: (usize, &MemoryAccount),
    ) -> Result<ReceivedResponse, AttemptError> {
        let Self { response, status, retry_after, content_type } = self;
        let (body, memory) = read(response, body_limits).await?;
        Ok(ReceivedResponse { status, retry_after, content_type, body, trace: trace.clone(), memory })
    }
}

/// Maximum size of a response that does not draw on the byte budget.
const MAX_UNBUDGETED_SIZE: usize = 256 * 1024;
/// Memory acquired at first for a larger response of unknown length, in bytes. It then doubles without waiting.
const INITIAL_RESERVATION: usize = 4 << 20;

/// Reads and decompresses the whole body up to a limit. A large body acquires memory.
async fn read(
    mut response: reqwest::Response,
    (largest, account): (usize, &MemoryAccount),
) -> Result<(Vec<u8>, Option<BytePermit>), AttemptError> {
    let announced = response.content_length().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced.is_some_and(|length| length > largest) {
        return Err(AttemptError::TooLarge(largest));
    }
    let mut reservation = Reservation { held: MAX_UNBUDGETED_SIZE, largest, permit: None };
    if let Some(length) = announced.filter(|length| *length > MAX_UNBUDGETED_SIZE) {
        reservation.reserve(length, account).await?;
    }
    // Maximum initial capacity: the announced length may be wrong.
    const MAX_INITIAL_CAPACITY: usize = 1 << 20;
    let mut body = Vec::with_capacity(announced.unwrap_or(0).min(MAX_INITIAL_CAPACITY));
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        let length = body.len() + chunk.len();
        if length > largest {
            return Err(AttemptError::TooLarge(largest));
        }
        if length > reservation.held {
            reservation.reserve(length.max(INITIAL_RESERVATION.min(largest)), account).await?;
        }
        body.extend_from_slice(&chunk);
    }
    if let Some(permit) = &mut reservation.permit {
        permit.shrink(body.len() as u64);
    }
    Ok((body, reservation.permit))
}

/// The memory reservation of a body that is still arriving.
struct Reservation {
    /// Reserved bytes.
    held: usize,
    largest: usize,
    permit: Option<BytePermit>,
}

impl Reservation {
    /// Reserves memory for this many bytes. The first reservation may wait; further ones do not.
    async fn reserve(&mut self, length: usize, account: &MemoryAccount) -> Result<(), AttemptError> {
        match &mut self.permit {
            None => {
                self.held = length;
                self.permit = Some(account.acquire(self.held as u64).await.map_err(AttemptError::NoMemory)?);
            }
            Some(permit) => {
                self.held = length.max(self.held.saturating_mul(2)).min(self.largest);
                permit.try_grow(self.held as u64).map_err(AttemptError::NoMemory)?;
            }
        }
        Ok(())
    }
}

pub(super) fn failed(error: reqwest::Error) -> AttemptError {
    let error = error.without_url();
    if error.is_builder() || public_addresses::is_private_address_error(&error) {
        AttemptError::NotSent(error.into())
    } else if error.is_connect() {
        AttemptError::NotConnected(error)
    } else if error.is_timeout() {
        AttemptError::ReadTimeout(error)
    } else {
        AttemptError::ConnectionBroken(error)
    }
}

/// Creates the headers of an attempt (contract: `docs/contract/endpoints.md#headers` and
/// `docs/contract/signatures.md`). Signature and span are new for each attempt.
fn headers(credentials: &Credentials, call: &Call, trace: &TraceId) -> Result<HeaderMap, AttemptError> {
    let mut headers = HeaderMap::new();
    match call.endpoint {
        Endpoint::Storage => {
            // Media is already compressed, and its length must be known.
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            return Ok(headers);
        }
        Endpoint::Legacy(scope) => {
            headers.insert(ACCEPT, JSON);
            let (kind, id) = match scope {
                Scope::Project(project) => ("project", project.to_string()),
                Scope::User => ("", String::new()),
            };
            headers.insert(RESOURCE_TYPE, HeaderValue::from_static(kind));
            headers.insert(RESOURCE_ID, value(id)?);
        }
        Endpoint::V2 => {}
    }
    if call.body.is_some() {
        headers.insert(CONTENT_TYPE, JSON);
    }
    if let Some(value) = trace.header() {
        headers.insert(CLOUD_TRACE, value);
    }
    authenticate(credentials, call, &mut headers)?;
    Ok(headers)
}

fn authenticate(credentials: &Credentials, call: &Call, headers: &mut HeaderMap) -> Result<(), AttemptError> {
    let key = match credentials.kind() {
        Kind::Bearer(token) => {
            let value =
                token.header().ok_or_else(|| AttemptError::NotSent("the bearer token cannot be sent".into()))?;
            headers.insert(AUTHORIZATION, value);
            return Ok(());
        }
        Kind::Key(key) => key,
    };
    if matches!(call.endpoint, Endpoint::Legacy(_)) {
        let authorization = legacy_authorization(key, &call.digest).map_err(not_signed)?;
        let mut authorization = value(authorization)?;
        // The signature can be replayed, so it is sensitive.
        authorization.set_sensitive(true);
        headers.insert(AUTHORIZATION, authorization);
    } else {
        let created = SystemTime::now().duration_since(UNIX_EPOCH).map_err(not_signed)?.as_secs();
        let signature = MessageSignature::new(key, call.method.as_str(), &call.target(), &call.digest, created)
            .map_err(not_signed)?;
        headers.insert(CONTENT_DIGEST, value(signature.content_digest)?);
        headers.insert(SIGNATURE_INPUT, value(signature.signature_input)?);
        headers.insert(SIGNATURE, value(signature.signature)?);
    }
    Ok(())
}

fn value(text: String) -> Result<HeaderValue, AttemptError> {
    HeaderValue::try_from(text).map_err(|error| AttemptError::NotSent(error.into()))
}

fn not_signed(error: impl std::error::Error + Send + Sync + 'static) -> AttemptError {
    AttemptError::NotSent(Box::new(error))
}
