//! Errors of calls to the platform.

use std::time::Duration;

use super::failure::Failure;
use super::trace::TraceId;

/// The result of a call to the platform.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Declares the error type: variants with the same contents, and the methods common to all.
macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Error of a call to the platform.
        ///
        /// The first group of variants are errors reported by the platform, in either endpoint family (contract:
        /// `docs/contract/endpoints.md#v2-responses` and `docs/contract/endpoints.md#legacy-envelope`). The second
        /// group are failures of the transport. `Display` shows the message and the trace ID to report;
        /// [`message`](Self::message) alone is meant for annotators.
        #[derive(Debug, thiserror::Error)]
        #[non_exhaustive]
        pub enum Error {
            $($(#[$doc])* #[error(transparent)] $name(Box<Failure>),)*
        }

        impl Error {
            fn failure(&self) -> &Failure {
                match self { $(Self::$name(failure))|* => failure }
            }

            pub(super) fn failure_mut(&mut self) -> &mut Failure {
                match self { $(Self::$name(failure))|* => failure }
            }

            /// Returns the name of the variant, for example `RateLimitExceeded`, for logs and metrics.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)* }
            }
        }
    };
}

errors! {
    /// The key or token is not valid here. The message ends with a hint at the region.
    Authentication,
    /// Access is denied, or the resource does not exist for the caller.
    Authorisation,
    /// The key is not registered with any user in this region.
    SshKeyNotFound,
    /// The key is registered more than once.
    DuplicateSshKey,
    /// The resource does not exist.
    ResourceNotFound,
    /// The platform does not support the call.
    MethodNotAllowed,
    /// Rate limit exceeded; see [`Error::retry_after`].
    RateLimitExceeded,
    /// The arguments are invalid.
    InvalidArguments,
    /// The key does not permit the operation.
    OperationNotAllowed,
    /// A label row was rejected: an object or classification is missing from its answers.
    AnswerDictionary,
    /// A label row was rejected: it is inconsistent with itself or with its data.
    CorruptedLabel,
    /// A feature node hash is not in the project's ontology.
    FeatureDoesNotExist,
    /// The resource already exists.
    ResourceExists,
    /// The request is too large.
    PayloadTooLarge,
    /// Too many label rows in one request; see [`Error::label_limit`].
    MultiLabelLimit,
    /// The project type does not support the operation.
    WrongProjectType,
    /// A time has an invalid format.
    InvalidDateFormat,
    /// The file type is not supported.
    FileTypeNotSupported,
    /// The files are too large.
    FileSizeNotSupported,
    /// The model weights do not belong to the model.
    ModelWeightsInconsistent,
    /// The features do not belong to the model.
    ModelFeaturesInconsistent,
    /// The dataset does not accept uploads.
    UploadOperationNotSupported,
    /// A frame range is outside the video.
    DetectionRangeInvalid,
    /// The platform failed, or responded with an unspecific status.
    Unknown,
    /// The platform reported an error that is unknown to this version.
    GenericServer,

    /// The connection failed. The request did not reach the platform.
    Connection,
    /// The response did not arrive in time.
    Timeout,
    /// The connection broke before the response was complete.
    Interrupted,
    /// The response is not JSON.
    NotJson,
    /// The response is empty although content was expected.
    NoContent,
    /// The response is JSON, but has an unexpected structure.
    UnexpectedAnswer,
    /// The platform accepted the request but did not acknowledge its execution.
    NotAcknowledged,
    /// The response is larger than the client's limit.
    AnswerTooLarge,
    /// The memory for the response is in use by other calls; retry later.
    NoMemory,
    /// The downloaded file cannot be written to disk.
    NotKept,
    /// The request is invalid and was not sent.
    Request,
    /// The request would have changed something, and the client only reads: it was not sent. See
    /// [`PlatformClient::read_only`](super::PlatformClient::read_only).
    ReadOnly,
}

impl Error {
    /// Returns the message alone: the platform's own words where available.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.failure().message
    }

    /// Returns the trace ID of the request, by which the platform's operators can find it.
    #[must_use]
    pub fn trace_id(&self) -> &TraceId {
        &self.failure().trace
    }

    /// Returns the HTTP status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.failure().status
    }

    /// Returns `true` if the same call may succeed later, because the call itself is valid.
    ///
    /// It does not state whether a retry is safe; see [`may_have_acted`](Self::may_have_acted).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.failure().retryable
    }

    /// Returns `true` if the platform may have executed the call in spite of the error: the request may have reached
    /// it, and no response says that nothing was done.
    ///
    /// After such an error of a save, read the label row again before saving again.
    #[must_use]
    pub fn may_have_acted(&self) -> bool {
        self.failure().may_have_acted
    }

    /// Returns the wait requested by the platform.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.failure().retry_after
    }

    /// Returns the maximum number of label rows per request. Only known for [`Error::MultiLabelLimit`].
    #[must_use]
    pub fn label_limit(&self) -> Option<u64> {
        self.failure().label_limit
    }

    /// Returns `true` if access was denied: 401 or 403, in either endpoint family.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Authentication(_)
                | Self::Authorisation(_)
                | Self::SshKeyNotFound(_)
                | Self::DuplicateSshKey(_)
                | Self::OperationNotAllowed(_)
        )
    }
}
