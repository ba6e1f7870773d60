//! A call before it is sent: endpoint, request, and whether it may be retried.

use bytes::Bytes;
use reqwest::{Method, Url};

use super::error::Error;
use super::failure::Failure;
use super::trace::TraceId;
use crate::auth::BodyDigest;
use crate::hash::ProjectHash;

/// The endpoint family of a call. It determines the signature scheme and the headers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Endpoint {
    /// `/public` and `/public/user`, with a scope.
    Legacy(Scope),
    /// `/v2/public/...`.
    V2,
    /// A signed URL of a storage. Neither credentials nor the trace are sent there.
    Storage,
}

/// Scope of a legacy call: its headers `ResourceType` and `ResourceID`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    Project(ProjectHash),
    User,
}

/// Effect of a call. It decides about retries once the call may have reached the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// The call changes nothing: it can be retried, and a read-only client sends it.
    Read,
    /// The call sets a value: it can be retried.
    Idempotent,
    /// The call has further effects: it is only retried if the platform certainly did not execute it.
    NonIdempotent,
}

impl Effect {
    /// Returns `true` if sending the call twice has the effect of sending it once.
    pub(super) fn is_idempotent(self) -> bool {
        self != Self::NonIdempotent
    }
}

/// A call. Its contents are the same for every attempt.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) endpoint: Endpoint,
    pub(super) body: Option<Bytes>,
    pub(super) digest: BodyDigest,
    pub(super) effect: Effect,
    /// `true` if the response may contain secrets such as tokens and signed URLs, so that errors must not quote it.
    pub(super) secret_answer: bool,
}

impl Call {
    pub(super) fn new(endpoint: Endpoint, method: Method, url: Url, effect: Effect) -> Self {
        Self { method, url, endpoint, body: None, digest: BodyDigest::new(b""), effect, secret_answer: false }
    }

    pub(super) fn with_body(mut self, body: Vec<u8>) -> Self {
        self.digest = BodyDigest::new(&body);
        self.body = Some(Bytes::from(body));
        self
    }

    pub(super) fn with_secret_answer(mut self, secret: bool) -> Self {
        self.secret_answer = secret;
        self
    }

    /// Returns the path and query as they are sent and as a v2 signature covers them.
    pub(super) fn target(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }

    /// Describes the call for messages and logs, without its query, which may contain a signature. For signed URLs,
    /// only the host is shown: user names, buckets and paths are not for annotators or logs.
    pub(super) fn description(&self) -> String {
        if matches!(self.endpoint, Endpoint::Storage) {
            return match self.url.host_str() {
                Some(host) => format!("{} a file from {}://{host}", self.method, self.url.scheme()),
                None => format!("{} a file from an address without a host", self.method),
            };
        }
        let mut url = self.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        format!("{} {url}", self.method)
    }

    /// Returns `true` if the call may be retried after an error with this status.
    ///
    /// 413 and 429 guarantee that nothing was done. 500, 502 and 503 may come from a server that had started to process
    /// the call.
    pub(super) fn may_retry_after_status(&self, status: u16) -> bool {
        match status {
            413 | 429 => true,
            500 | 502 | 503 => self.effect.is_idempotent(),
            _ => false,
        }
    }

    /// Creates an error of this call with a message of this crate.
    pub(super) fn error(&self, name: fn(Box<Failure>) -> Error, message: impl Into<String>, trace: &TraceId) -> Error {
        name(Box::new(Failure::new(message, trace)))
    }

    /// Quotes the beginning of a response body for an error, unless it may contain secrets.
    pub(super) fn quote_body(&self, body: &[u8]) -> String {
        const MAX_CHARS: usize = 200;
        if self.secret_answer {
            return format!("({} bytes, not shown)", body.len());
        }
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        match text.char_indices().nth(MAX_CHARS) {
            Some((end, _)) => format!("{}...", &text[..end]),
            None => text.to_owned(),
        }
    }
}
