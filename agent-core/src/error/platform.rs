//! Conversion of errors of the platform client and of label rows into errors of a call.

use std::error::Error as StdError;
use std::time::Duration;

use agent_platform::client::Error;
use agent_platform::labels::{EditError, ReadError};

use super::{AgentError, ErrorStatus};

/// When to try again if the platform does not say.
const SOON: Duration = Duration::from_secs(1);

/// Returns the status and message of an error of the platform client or of a label row, without a cause. `None` for other errors.
pub(super) fn known_error(cause: &(dyn StdError + Send + Sync + 'static)) -> Option<AgentError> {
    if let Some(error) = cause.downcast_ref::<Error>() {
        return Some(of_platform(error));
    }
    if let Some(error) = cause.downcast_ref::<ReadError>() {
        return Some(of_read(error));
    }
    cause.downcast_ref::<EditError>().map(of_edit)
}

/// Applies the status table of the README: the sender and the reason of the error decide the status. The platform's own message is
/// public where it is meant for the caller.
pub(super) fn of_platform(error: &Error) -> AgentError {
    use ErrorStatus as Status;
    let told = |status, before: &str| {
        let message = match error.message().trim() {
            // Not words, but data for programs.
            data if data.starts_with(['[', '{']) => "The platform refused this",
            words => words,
        };
        AgentError::new(status, sentence(&format!("{before}{message}")))
    };
    match error {
        Error::Authentication(_) | Error::SshKeyNotFound(_) | Error::DuplicateSshKey(_) => {
            let message = "The platform does not accept the key of this agent. Please tell whoever runs the agent.";
            AgentError::new(Status::Forbidden, message)
        }
        _ if error.is_refusal() => told(Status::Forbidden, ""),
        Error::ResourceNotFound(_) => told(Status::NotFound, ""),
        Error::RateLimitExceeded(_) => {
            let limited = "The platform takes no more requests for now. Please try again in a moment.";
            AgentError::new(Status::ServiceUnavailable, limited).with_retry_after(error.retry_after().unwrap_or(SOON))
        }
        Error::Connection(_) => {
            let message = "The platform cannot be reached. Please try again in a moment.";
            AgentError::new(Status::ServiceUnavailable, message).with_retry_after(error.retry_after().unwrap_or(SOON))
        }
        Error::Timeout(_) => AgentError::new(Status::GatewayTimeout, "The platform did not answer in time."),
        Error::Interrupted(_) => AgentError::new(Status::BadGateway, "The connection to the platform broke off."),
        Error::NotJson(_) | Error::NoContent(_) | Error::UnexpectedAnswer(_) | Error::NotAcknowledged(_) => {
            AgentError::new(Status::BadGateway, "The platform's answer makes no sense.")
        }
        Error::AnswerTooLarge(_) => {
            AgentError::new(Status::BadGateway, "The platform's response is larger than this agent reads.")
        }
        Error::NoMemory(_) => {
            let message = "The agent has no memory left for the platform's response. Please try again in a moment.";
            AgentError::new(Status::ServiceUnavailable, message).with_retry_after(SOON)
        }
        Error::Request(_) => AgentError::unexplained(),
        Error::ReadOnly(_) => {
            let message = "The agent wanted to change something on the platform, which it may not do here: in a dry run it only reads.";
            AgentError::new(Status::Forbidden, message)
        }
        Error::Unknown(_) | Error::GenericServer(_) => {
            let status = match error.status() {
                Some(503) => Status::ServiceUnavailable,
                Some(504) => Status::GatewayTimeout,
                _ => Status::BadGateway,
            };
            let failed = told(status, "The platform failed: ");
            match status {
                Status::ServiceUnavailable => failed.with_retry_after(error.retry_after().unwrap_or(SOON)),
                _ => failed,
            }
        }
        _ => told(Status::BadGateway, "The platform did not accept this: "),
    }
}

pub(super) fn of_read(error: &ReadError) -> AgentError {
    let status = match error {
        ReadError::NoObject { .. }
        | ReadError::NoClassification { .. }
        | ReadError::NoSpace { .. }
        | ReadError::NotOnFrame { .. } => ErrorStatus::NotFound,
        _ => ErrorStatus::BadRequest,
    };
    AgentError::new(status, sentence(&error.to_string()))
}

pub(super) fn of_edit(error: &EditError) -> AgentError {
    match error {
        EditError::Read(error) => of_read(error),
        EditError::Json(_) => AgentError::unexplained(),
        refused => AgentError::complaint(sentence(&refused.to_string())),
    }
}

/// The text as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let mut sentence: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    sentence.push_str(letters.as_str());
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
