//! Conversion of errors of the platform client and of label rows into errors of a call.

use std::error::Error as StdError;
use std::time::Duration;

use agent_platform::client::Error;
use agent_platform::labels::{EditError, ReadError};

use super::{AgentError, ErrorStatus};

/// When to try again if the platform does not say.
const SOON: Duration = Duration::from_secs(1);

/// The error for the annotator, if the cause is one of the platform crate's; else the cause again.
pub(crate) fn refusal(cause: Box<dyn StdError + Send + Sync>) -> Result<AgentError, Box<dyn StdError + Send + Sync>> {
    let cause = match cause.downcast::<Error>() {
        Ok(error) => return Ok(of_platform(*error)),
        Err(cause) => cause,
    };
    let cause = match cause.downcast::<ReadError>() {
        Ok(error) => return Ok(of_read(*error)),
        Err(cause) => cause,
    };
    cause.downcast::<EditError>().map(|error| of_edit(*error))
}

/// The status table of the README: who refuses and why decides the status; the platform's own words are told where they
/// are meant for whoever calls.
fn of_platform(error: Error) -> AgentError {
    use ErrorStatus as Status;
    let told = |status, before: &str| {
        let message = match error.message().trim() {
            // Not words, but data for programs.
            data if data.starts_with(['[', '{']) => "The platform refused this",
            words => words,
        };
        AgentError::new(status, sentence(&format!("{before}{message}")))
    };
    let answer = match &error {
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
        Error::Request(_) => return AgentError::internal(error),
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
    };
    answer.with_cause(error)
}

fn of_read(error: ReadError) -> AgentError {
    let status = match &error {
        ReadError::NoObject { .. }
        | ReadError::NoClassification { .. }
        | ReadError::NoSpace { .. }
        | ReadError::NotOnFrame { .. } => ErrorStatus::NotFound,
        _ => ErrorStatus::BadRequest,
    };
    AgentError::new(status, sentence(&error.to_string())).with_cause(error)
}

fn of_edit(error: EditError) -> AgentError {
    match error {
        EditError::Read(error) => of_read(error),
        EditError::Json(error) => AgentError::internal(error),
        refused => AgentError::complaint(sentence(&refused.to_string())).with_cause(refused),
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
