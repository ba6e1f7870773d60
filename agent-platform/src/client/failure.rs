//! Contents common to all errors of the platform.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::trace::TraceId;

/// Maximum length of a quoted text of the platform, in characters.
pub(super) const MAX_QUOTED: usize = 1000;
/// Maximum length of a message, in characters: a quoted text and the text around it.
const MAX_MESSAGE: usize = 2000;

/// Truncates a text to this many characters and marks the cut.
pub(super) fn truncated(mut text: String, max: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(max) {
        text.truncate(end);
        text.push_str("...");
    }
    text
}

/// Details of a failed call: message, trace and consequences.
///
/// `Debug` and `Display` show the message and the trace ID. They never show a key, a token, a signed URL or a body that
/// may contain one.
#[derive(Debug)]
pub struct Failure {
    pub(super) message: String,
    pub(super) trace: TraceId,
    pub(super) status: Option<u16>,
    pub(super) retry_after: Option<Duration>,
    pub(super) label_limit: Option<u64>,
    pub(super) retryable: bool,
    pub(super) may_have_acted: bool,
    pub(super) cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>, trace: &TraceId) -> Self {
        Self {
            message: truncated(message.into(), MAX_MESSAGE),
            trace: trace.clone(),
            status: None,
            retry_after: None,
            label_limit: None,
            retryable: false,
            may_have_acted: false,
            cause: None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (trace {})", self.message, self.trace)
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}
