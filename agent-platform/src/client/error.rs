//! Every way in which a call to the platform can fail.

use std::time::Duration;

use super::failure::Failure;
use super::trace::TraceId;

/// The result of a call to the platform.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Declares the errors, each with the same contents, and what can be asked of all of them.
macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Why a call to the platform failed.
        ///
        /// The first group is what the platform says, in either of its endpoint families (contract:
        /// `docs/contract/endpoints.md#v2-responses` and `docs/contract/endpoints.md#legacy-envelope`); the second is
        /// what happens on the way. Shown, an error is its message and the trace id to report;
        /// [`message`](Self::message) alone is what an annotator should read.
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

            /// The error's name, e.g. `RateLimitExceeded`: for logs and counters.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)* }
            }
        }
    };
}

errors! {
    /// The platform does not know who calls: the key or token is not valid here. The message ends with a hint at the region.
    Authentication,
    /// The caller may not do that, or the thing is not there for the caller.
    Authorisation,
    /// The key is not registered with any user of this region.
    SshKeyNotFound,
    /// The key is registered more than once.
    DuplicateSshKey,
    /// The thing asked for is not there.
    ResourceNotFound,
    /// The platform has no such call.
    MethodNotAllowed,
    /// Too many calls; see [`Error::retry_after`].
    RateLimitExceeded,
    /// The platform does not take the arguments.
    InvalidArguments,
    /// The key may not do that.
    OperationNotAllowed,
    /// A label row was refused: an object or classification is missing from its answers.
    AnswerDictionary,
    /// A label row was refused: it contradicts itself or its data.
    CorruptedLabel,
    /// A feature node hash is not in the project's ontology.
    FeatureDoesNotExist,
    /// What should be created is there already.
    ResourceExists,
    /// The request is larger than the platform takes.
    PayloadTooLarge,
    /// More label rows were asked for at once than the platform gives; see [`Error::label_limit`].
    MultiLabelLimit,
    /// Projects of this type have no such operation.
    WrongProjectType,
    /// A time is not written as the platform expects it.
    InvalidDateFormat,
    /// The platform does not take files of this type.
    FileTypeNotSupported,
    /// The files are larger than the platform takes.
    FileSizeNotSupported,
    /// Model weights do not belong to the model.
    ModelWeightsInconsistent,
    /// Features do not belong to the model.
    ModelFeaturesInconsistent,
    /// Nothing can be uploaded to this dataset.
    UploadOperationNotSupported,
    /// A range of frames lies outside the video.
    DetectionRangeInvalid,
    /// The platform failed, or answered with a status that says nothing else.
    Unknown,
    /// The platform reported an error that this version does not know.
    GenericServer,

    /// No connection could be made: the request did not reach the platform.
    Connection,
    /// No answer within the time allowed.
    Timeout,
    /// The connection broke before the whole answer was there.
    Interrupted,
    /// The answer is not JSON.
    NotJson,
    /// The answer is empty where something was expected.
    NoContent,
    /// The answer is JSON, but not what the call is answered with.
    UnexpectedAnswer,
    /// The platform took the request, but did not acknowledge that it did anything.
    NotAcknowledged,
    /// The answer is larger than this client takes.
    AnswerTooLarge,
    /// The memory for the response is in use by others; the request may be made again later.
    NoMemory,
    /// What arrived cannot be written to this machine's disk.
    NotKept,
    /// The request could not be made: it was not sent.
    Request,
}

impl Error {
    /// The message alone: the platform's own words where it said any.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.failure().message
    }

    /// The trace id that the request carried; the platform's operators can find the request by it.
    #[must_use]
    pub fn trace_id(&self) -> &TraceId {
        &self.failure().trace
    }

    /// The HTTP status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.failure().status
    }

    /// Whether the same call may succeed later: nothing is wrong with the call itself.
    ///
    /// It says nothing of whether repeating is harmless; see [`may_have_acted`](Self::may_have_acted) for that.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.failure().retryable
    }

    /// Whether the platform may have done what it was asked, in spite of the error: the request, or a part of it, may
    /// have reached it, and no answer says that nothing was done.
    ///
    /// After a save that failed so, read the label row again before saving again.
    #[must_use]
    pub fn may_have_acted(&self) -> bool {
        self.failure().may_have_acted
    }

    /// When the platform wants to be asked again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.failure().retry_after
    }

    /// How many label rows may be asked for at once; known for [`Error::MultiLabelLimit`] alone.
    #[must_use]
    pub fn label_limit(&self) -> Option<u64> {
        self.failure().label_limit
    }

    /// Whether the caller is refused: 401 or 403, in either family.
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
