//! Trace ids.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use reqwest::header::HeaderValue;

/// Maximum length of a trace id, in bytes.
const MAX_LENGTH: usize = 64;

/// Error of parsing a trace id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Invalid trace id. It has 1 to {MAX_LENGTH} letters, digits, `-` and `_`.")]
pub struct InvalidTraceId;

/// The trace id of one call of an agent. Cheap to clone.
///
/// Requests carry it as `X-Cloud-Trace-Context: TRACE/SPAN;o=1`, each with a span of its own (contract:
/// `docs/contract/endpoints.md#trace-context`). It is no secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TraceId(Arc<str>);

impl TraceId {
    /// Creates a random trace id of 32 lower-case hex digits. It tells calls apart, and is not a secret.
    #[must_use]
    pub fn fresh() -> Self {
        let mut digits = [0; 32];
        let id = uuid::Uuid::from_u128(fastrand::u128(..)).as_simple().encode_lower(&mut digits);
        Self(Arc::from(&*id))
    }

    /// Parses the trace id of an `X-Cloud-Trace-Context` header: everything up to the first `/`.
    ///
    /// # Errors
    /// The id is not 1 to 64 letters, digits, `-` and `_`: anything else could break a header or a log line.
    pub fn parse(text: &str) -> Result<Self, InvalidTraceId> {
        let id = text.split('/').next().unwrap_or_default();
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let valid = !id.is_empty() && id.len() <= MAX_LENGTH && id.bytes().all(safe);
        valid.then(|| Self(Arc::from(id))).ok_or(InvalidTraceId)
    }

    /// Returns the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the header of one request: this trace with a random span.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(format!("{}/{};o=1", self.0, fastrand::u64(1..))).ok()
    }
}

impl FromStr for TraceId {
    type Err = InvalidTraceId;

    fn from_str(text: &str) -> Result<Self, InvalidTraceId> {
        Self::parse(text)
    }
}

impl AsRef<str> for TraceId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for TraceId {
    fn eq(&self, text: &str) -> bool {
        *self.0 == *text
    }
}

impl PartialEq<&str> for TraceId {
    fn eq(&self, text: &&str) -> bool {
        *self.0 == **text
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
