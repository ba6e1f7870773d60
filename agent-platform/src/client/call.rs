//! One call, before it is sent: what is asked, of which endpoint, and whether it may be repeated.

use bytes::Bytes;
use reqwest::{Method, Url};
use uuid::Uuid;

use super::error::Error;
use super::failure::Failure;
use super::trace::TraceId;
use crate::auth::BodyDigest;

/// Which endpoint is called, and so how the request is signed and its headers look.
#[derive(Debug, Clone, Copy)]
pub(super) enum Endpoint {
    /// `/public` and `/public/user`, for the thing in scope.
    Legacy(Scope),
    /// `/v2/public/...`.
    V2,
    /// A signed URL of a storage: neither authentication nor trace may go there.
    Storage,
}

/// What a legacy call is about: its headers `ResourceType` and `ResourceID`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    Project(Uuid),
    User,
}

/// Whether a call may be repeated once it may have reached the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It reads, or sets what is the same when set twice: repeating is harmless.
    Harmless,
    /// It changes something: it is repeated only if it certainly was not carried out.
    Changes,
}

/// A call. Everything in it stays the same however often it is tried.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) endpoint: Endpoint,
    pub(super) body: Option<Bytes>,
    pub(super) digest: BodyDigest,
    pub(super) effect: Effect,
    /// Whether the answer may hold secrets, such as tokens and signed URLs, so that no error may quote it.
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

    /// The path and the query as they are sent, which is what a v2 signature covers.
    pub(super) fn target(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }

    /// Returns the call for a message or a log line: without its query, which may hold a signature. Of a signed URL only
    /// the host: user names, buckets and paths are not for annotators or logs.
    pub(super) fn shown(&self) -> String {
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

    /// Whether a failing answer with this status allows another try.
    ///
    /// 413 and 429 say that nothing was done. 500, 502 and 503 may stem from a server that had begun to work.
    pub(super) fn may_repeat_after_status(&self, status: u16) -> bool {
        match status {
            413 | 429 => true,
            500 | 502 | 503 => self.effect == Effect::Harmless,
            _ => false,
        }
    }

    /// An error of this call whose message is not the platform's own.
    pub(super) fn fails(&self, name: fn(Box<Failure>) -> Error, message: impl Into<String>, trace: &TraceId) -> Error {
        name(Box::new(Failure::new(message, trace)))
    }

    /// What an error may show of an answer's body: its beginning, unless it may hold secrets.
    pub(super) fn quoted(&self, body: &[u8]) -> String {
        const MOST: usize = 200;
        if self.secret_answer {
            return format!("({} bytes, not shown)", body.len());
        }
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        match text.char_indices().nth(MOST) {
            Some((end, _)) => format!("{}...", &text[..end]),
            None => text.to_owned(),
        }
    }
}
