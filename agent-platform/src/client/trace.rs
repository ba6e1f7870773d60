//! The trace that a request to the platform belongs to.

use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;

/// The longest trace id that is taken over, in bytes.
const LONGEST: usize = 64;

/// The trace id of one call of an agent. Cheap to clone.
///
/// Requests carry it as `X-Cloud-Trace-Context: TRACE/SPAN;o=1`, each with a span of its own (contract:
/// `docs/contract/endpoints.md#trace-context`). It is no secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TraceId(Arc<str>);

impl TraceId {
    /// A fresh trace: 32 lower-case hex digits.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Arc::from(format!("{:032x}", fastrand::u128(..))))
    }

    /// A trace that a caller brought: everything up to the first `/` of an `X-Cloud-Trace-Context` header.
    ///
    /// `None` unless it is 1 to 64 letters, digits, `-` and `_`: anything else could break a header or a log line.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let id = text.split('/').next().unwrap_or_default();
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (!id.is_empty() && id.len() <= LONGEST && id.bytes().all(safe)).then(|| Self(Arc::from(id)))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The header of one request: this trace with a fresh random span. Always the same trace and never the same span.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(format!("{}/{};o=1", self.0, fastrand::u64(1..))).ok()
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
