//! One try of a call: signed, sent, and its answer read.

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

/// What came back: any status, with its whole body.
#[derive(Debug)]
pub(super) struct ReceivedResponse {
    pub(super) status: u16,
    pub(super) retry_after: RetryAfter,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
    pub(super) trace: TraceId,
    /// The memory of a large body, until what it says has been read.
    #[expect(dead_code, reason = "held, not read")]
    pub(super) memory: Option<BytePermit>,
}

/// Why nothing came back.
#[derive(Debug)]
pub(super) enum Failed {
    /// The request was not made: a bug, or an address that cannot be asked.
    NotSent(Box<dyn std::error::Error + Send + Sync>),
    /// There was no connection.
    NotConnected(reqwest::Error),
    /// Nothing arrived for as long as one read may take.
    Silence(reqwest::Error),
    /// The call took as long as it may take in all.
    OutOfTime,
    /// The connection broke, or what arrived is no HTTP.
    Broken(reqwest::Error),
    /// The body is longer than this client takes, in bytes.
    TooLarge(usize),
    /// There is no memory for the body.
    NoMemory(MemoryError),
}

/// Tries a call once. Nothing in the errors shows a URL: it may be a signed one.
pub(super) async fn attempt(
    http: &reqwest::Client,
    credentials: &Credentials,
    call: &Call,
    trace: &TraceId,
    body_limits: (usize, &MemoryAccount),
    clock: &ServerClock,
) -> Result<ReceivedResponse, Failed> {
    let headers = headers(credentials, call, trace)?;
    let mut request = http.request(call.method.clone(), call.url.clone()).headers(headers);
    if let Some(body) = &call.body {
        request = request.body(body.clone());
    }
    let response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    // The clock of a storage is another one.
    if !matches!(call.endpoint, Endpoint::Storage) {
        clock.set_by(response.headers());
    }
    let retry_after = RetryAfter::from_headers(response.headers(), SystemTime::now());
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (body, memory) = read(response, body_limits).await?;
    Ok(ReceivedResponse { status, retry_after, content_type, body, trace: trace.clone(), memory })
}

/// Size up to which a response takes no part in the byte budget.
const SMALL: usize = 256 * 1024;
/// Memory acquired for a larger response of unknown length, in bytes. What exceeds it doubles, without waiting.
const FIRST_STEP: usize = 4 << 20;

/// Reads the whole body, decompressed, up to a limit, with the memory that it takes if it is large.
async fn read(
    mut response: reqwest::Response,
    (largest, account): (usize, &MemoryAccount),
) -> Result<(Vec<u8>, Option<BytePermit>), Failed> {
    let announced = response.content_length().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced.is_some_and(|length| length > largest) {
        return Err(Failed::TooLarge(largest));
    }
    let mut room = Room { held: SMALL, largest, permit: None };
    if let Some(length) = announced.filter(|length| *length > SMALL) {
        room.take(length, account).await?;
    }
    // A server that announces much and sends little must not make this client reserve much.
    const RESERVED_AT_ONCE: usize = 1 << 20;
    let mut body = Vec::with_capacity(announced.unwrap_or(0).min(RESERVED_AT_ONCE));
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        let length = body.len() + chunk.len();
        if length > largest {
            return Err(Failed::TooLarge(largest));
        }
        if length > room.held {
            room.take(length.max(FIRST_STEP.min(largest)), account).await?;
        }
        body.extend_from_slice(&chunk);
    }
    if let Some(permit) = &mut room.permit {
        permit.shrink(body.len() as u64);
    }
    Ok((body, room.permit))
}

/// The memory of a body that is still arriving.
struct Room {
    /// Bytes that the body may have so far.
    held: usize,
    largest: usize,
    permit: Option<BytePermit>,
}

impl Room {
    /// Makes room for this many bytes: waits for the first memory, and grows without waiting.
    async fn take(&mut self, length: usize, account: &MemoryAccount) -> Result<(), Failed> {
        match &mut self.permit {
            None => {
                self.held = length;
                self.permit = Some(account.acquire(self.held as u64).await.map_err(Failed::NoMemory)?);
            }
            Some(permit) => {
                self.held = length.max(self.held.saturating_mul(2)).min(self.largest);
                permit.try_grow(self.held as u64).map_err(Failed::NoMemory)?;
            }
        }
        Ok(())
    }
}

pub(super) fn failed(error: reqwest::Error) -> Failed {
    let error = error.without_url();
    if error.is_builder() || public_addresses::refused(&error) {
        Failed::NotSent(error.into())
    } else if error.is_connect() {
        Failed::NotConnected(error)
    } else if error.is_timeout() {
        Failed::Silence(error)
    } else {
        Failed::Broken(error)
    }
}

/// The headers of one try (contract: `docs/contract/endpoints.md#headers` and `docs/contract/signatures.md`). The
/// signature and the span are new each time.
fn headers(credentials: &Credentials, call: &Call, trace: &TraceId) -> Result<HeaderMap, Failed> {
    let mut headers = HeaderMap::new();
    match call.endpoint {
        Endpoint::Storage => {
            // Media is as small as it gets, and its length should be known.
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

fn authenticate(credentials: &Credentials, call: &Call, headers: &mut HeaderMap) -> Result<(), Failed> {
    let key = match credentials.kind() {
        Kind::Bearer(token) => {
            let value = token.header().ok_or_else(|| Failed::NotSent("the bearer token cannot be sent".into()))?;
            headers.insert(AUTHORIZATION, value);
            return Ok(());
        }
        Kind::Key(key) => key,
    };
    if matches!(call.endpoint, Endpoint::Legacy(_)) {
        let authorization = legacy_authorization(key, &call.digest).map_err(not_signed)?;
        let mut authorization = value(authorization)?;
        // It can be replayed, so it is as good as a secret.
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

fn value(text: String) -> Result<HeaderValue, Failed> {
    HeaderValue::try_from(text).map_err(|error| Failed::NotSent(error.into()))
}

fn not_signed(error: impl std::error::Error + Send + Sync + 'static) -> Failed {
    Failed::NotSent(Box::new(error))
}
