//! Conversions from and to `anyhow::Error`.

use std::any::Any;

use agent_platform::client::Error as PlatformError;
use agent_platform::labels::{EditError, ReadError};

use super::{AgentError, platform};

/// The message becomes the outermost context, the cause the error below it. `downcast_ref::<AgentError>()` finds the error.
impl From<AgentError> for anyhow::Error {
    fn from(error: AgentError) -> Self {
        match error.0.cause.clone() {
            Some(cause) => Self::new(cause).context(error),
            None => Self::msg(error),
        }
    }
}

/// Converts an error if it is an `anyhow::Error`; returns any other again.
pub(super) fn convert<E: 'static>(error: E) -> Result<AgentError, E> {
    let mut slot = Some(error);
    if let Some(found) = (&mut slot as &mut dyn Any).downcast_mut::<Option<anyhow::Error>>()
        && let Some(error) = found.take()
    {
        return Ok(from_anyhow(error));
    }
    slot.map_or_else(|| Ok(AgentError::unexplained()), Err)
}

/// An error of the agent, of the platform or of a label row keeps its status and message, whatever context it has.
fn from_anyhow(error: anyhow::Error) -> AgentError {
    if let Some(found) = error.downcast_ref::<AgentError>() {
        let found = found.clone();
        let has_context = error.to_string() != found.message();
        return if has_context { found.with_cause(error) } else { found };
    }
    let platform = || error.downcast_ref::<PlatformError>().map(platform::of_platform);
    let read = || error.downcast_ref::<ReadError>().map(platform::of_read);
    let edit = || error.downcast_ref::<EditError>().map(platform::of_edit);
    let known = platform().or_else(read).or_else(edit);
    known.unwrap_or_else(AgentError::unexplained).with_cause(error)
}
