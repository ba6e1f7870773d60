//! Errors of a call: a public message for the annotator, and a private cause for the log.

#[cfg(feature = "anyhow")]
mod anyhow_error;
mod complaint;
mod conversion;
mod platform;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde::Serialize;

pub use complaint::{BailError, BailReturn, IntoMessage, OrComplain, return_of_bail};
pub use conversion::IntoAgentError;

/// The result of an agent and of everything an agent calls here.
pub type Result<T, E = AgentError> = std::result::Result<T, E>;

/// The statuses an error can have: an agent cannot fail with a success.
///
/// The meanings are those of the status table in the README.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorStatus {
    /// 400: the agent's own complaint, or a body that is not JSON.
    BadRequest,
    /// 401: the call is not signed, or not by someone who may.
    Unauthorized,
    /// 403: the platform refuses the agent.
    Forbidden,
    /// 404: the path, data unit, object or label row is not there.
    NotFound,
    /// 405: agents are called with `POST`.
    MethodNotAllowed,
    /// 408: the request did not arrive in time.
    RequestTimeout,
    /// 409: somebody else changed the label row meanwhile.
    Conflict,
    /// 413: the body is larger than the server takes.
    PayloadTooLarge,
    /// 415: the body is not sent as JSON.
    UnsupportedMediaType,
    /// 422: the body is JSON but not what an editor sends.
    UnprocessableEntity,
    /// 500: a bug.
    Internal,
    /// 501: the server does not do that.
    NotImplemented,
    /// 502: the platform, or a service the agent uses, answered nonsense.
    BadGateway,
    /// 503: too many calls at once, or the server is stopping.
    ServiceUnavailable,
    /// 504: the agent, or a service it uses, did not finish in time.
    GatewayTimeout,
}

impl ErrorStatus {
    /// The HTTP status code, 400 to 504.
    #[must_use]
    pub const fn code(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict => StatusCode::CONFLICT,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::UnprocessableEntity => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotImplemented => StatusCode::NOT_IMPLEMENTED,
            Self::BadGateway => StatusCode::BAD_GATEWAY,
            Self::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::GatewayTimeout => StatusCode::GATEWAY_TIMEOUT,
        }
    }
}

/// One thing that is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field as it is written on the wire, e.g. `frame` or `objectHashes[2]`.
    pub field: String,
    /// The problem, as a sentence without the field's name.
    pub message: String,
}

/// Why an agent could not do its work.
///
/// It has a public side, which the annotator sees (the status and the message), and a private one, which only the log
/// sees (the cause). The agent's own complaints are made with `bail!`, `ensure!` and
/// [`agent_error!`](crate::agent_error): status 400, and the sentence goes to the annotator as it is. What the platform
/// or a label row refuses becomes one with `?`, with the status that fits and the reason. Any other `std::error::Error`
/// becomes one with `?` too: status 500, and the annotator learns only that something went wrong, with the trace id to
/// report. So does what converts to a `Box<dyn std::error::Error + Send + Sync>`:
///
/// | error | with `?` |
/// |---|---|
/// | `Box<dyn Error + Send + Sync>` | the error in it; an error of the platform or of a label row keeps its status |
/// | `anyhow::Error` | likewise, below any `.context(...)`; an `AgentError` in it comes out again (feature `anyhow`, on by default in `agent-runtime`) |
/// | `String`, `&'static str` | status 500; the text is the private cause, since text of a library may name hosts, paths or secrets |
///
/// A sentence for the annotator is therefore written with `bail!`, `ensure!`, `agent_error!` or `.or_complain(...)`, never as an
/// error of text.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// fn vertices(text: &str) -> agent_runtime::Result<u32> {
///     let vertices: u32 = text.parse()?; // a 500 with a private cause
///     ensure!(vertices >= 3, "A polygon needs three vertices, this one has {vertices}.");
///     Ok(vertices)
/// }
///
/// assert_eq!(vertices("2").unwrap_err().message(), "A polygon needs three vertices, this one has 2.");
/// assert_eq!(vertices("x").unwrap_err().status(), ErrorStatus::Internal);
/// ```
///
/// It is deliberately not a `std::error::Error` itself: that is what lets `?` take every other error. It converts to an
/// `anyhow::Error` (feature `anyhow`) and to a `Box<dyn Error>`.
#[derive(Clone)]
pub struct AgentError(Box<Inner>);

#[derive(Clone)]
struct Inner {
    status: ErrorStatus,
    message: String,
    cause: Option<Arc<dyn StdError + Send + Sync>>,
    fields: Vec<FieldError>,
    retry_after: Option<Duration>,
    trace_id: Option<String>,
    repeatable: bool,
    partial: bool,
    absent: bool,
}

impl AgentError {
    /// The agent's own complaint: status 400, and the annotator reads `message`.
    pub fn complaint(message: impl IntoMessage) -> Self {
        Self::new(ErrorStatus::BadRequest, message)
    }

    /// An error with a status of its own. `message` is public.
    pub fn new(status: ErrorStatus, message: impl IntoMessage) -> Self {
        Self(Box::new(Inner {
            status,
            message: message.into_message(),
            cause: None,
            fields: Vec::new(),
            retry_after: None,
            trace_id: None,
            repeatable: false,
            partial: false,
            absent: false,
        }))
    }

    /// A bug: status 500. `cause` is for the log alone.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::unexplained().with_cause(cause)
    }

    /// An error with status 500, before its cause is attached.
    fn unexplained() -> Self {
        Self::new(ErrorStatus::Internal, "Something went wrong in the agent.")
    }

    /// The value of an extractor does not exist: status 404. An `Option<_>` parameter is `None` then, unlike for other errors
    /// with this status.
    pub(crate) fn absent(message: impl IntoMessage) -> Self {
        let mut error = Self::new(ErrorStatus::NotFound, message);
        error.0.absent = true;
        error
    }

    /// Attaches the private cause. It is logged, and never sent unless the server shows internals on purpose.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.cause = Some(Arc::from(cause.into()));
        self
    }

    /// Attaches what is wrong field by field; sent as `errors`.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    /// Attaches when it may be tried again; sent as `Retry-After`, in whole seconds, rounded up.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Attaches the trace id of the call, unless it has one already.
    #[must_use]
    pub fn with_trace_id(mut self, trace_id: &str) -> Self {
        self.0.trace_id.get_or_insert_with(|| trace_id.to_owned());
        self
    }

    /// Marks the error as repeatable: nothing was written, so the agent may run again from its beginning.
    #[must_use]
    pub(crate) fn repeatable(mut self) -> Self {
        self.0.repeatable = true;
        self
    }

    /// Marks the error as the failure of a commit after another commit has succeeded. The message for the annotator begins with
    /// `saved`. The agent must not run again.
    #[must_use]
    pub(crate) fn after_partial_commit(mut self, saved: &str) -> Self {
        self.0.repeatable = false;
        self.0.partial = true;
        self.0.message = format!("{saved} {}", self.0.message);
        self
    }

    /// Returns `true` if the agent can run again: nothing was written.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        self.0.repeatable
    }

    /// Returns `true` if an earlier transaction of the call was committed before this one failed: the agent must not run again.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.0.partial
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> ErrorStatus {
        self.0.status
    }

    /// The public message: what the annotator reads.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The private cause, if there is one.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }

    /// Returns the problems of the request, field by field. Empty for other errors.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// When it may be tried again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The trace id of the call that failed; known once the runtime has seen the error.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// Returns `true` if the status is 404.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.status == ErrorStatus::NotFound
    }

    /// Turns the error of an absent value into `None`.
    pub(crate) fn or_absent<T>(result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.0.absent => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The causes in one line, outermost first, joined with `: `. Empty without a cause.
    pub fn chain(&self) -> String {
        let mut text = String::new();
        let mut next = self.cause().map(|cause| cause as &dyn StdError);
        while let Some(cause) = next {
            let line = cause.to_string();
            // Many errors repeat their source in their own text.
            if !text.contains(&line) {
                if !text.is_empty() {
                    text.push_str(": ");
                }
                text.push_str(&line);
            }
            next = cause.source();
        }
        text
    }
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0.message, self.0.status.code().as_u16())?;
        let chain = self.chain();
        if chain.is_empty() { Ok(()) } else { write!(f, ": {chain}") }
    }
}
