//! What every error of the platform carries.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::trace::TraceId;

/// Longest text of the platform that a message quotes, in characters.
pub(super) const MAX_QUOTED: usize = 1000;
/// Longest message, in characters: a quoted text and what is said around it.
const MAX_MESSAGE: usize = 2000;

/// Cuts a text after this many characters, and marks the cut.
pub(super) fn clipped(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push_str("...");
    }
    text
}

/// What went wrong, where, and what follows from it.
///
/// It shows the message and the trace id; it never holds a key, a token, a signed URL or a body that may hold one.
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
            message: clipped(message.into(), MAX_MESSAGE),
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
