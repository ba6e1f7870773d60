//! The agent's own complaint, made from a failure or returned by `bail!`.

use std::convert::Infallible;
use std::error::Error as StdError;

use super::{AgentError, IntoAgentError, Result};

/// A sentence for the annotator as an argument: text, such as `"..."` or `format!("...")`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sentence for the annotator",
    label = "not text",
    note = "write text, or make it with `format!(\"{{}}\", ...)`"
)]
pub trait IntoMessage {
    /// Converts the argument.
    fn into_message(self) -> String;
}

#[diagnostic::do_not_recommend]
impl<T: Into<String>> IntoMessage for T {
    fn into_message(self) -> String {
        self.into()
    }
}

/// Turns a failure into the agent's own complaint, for `Result` and `Option` alike.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// fn first(hashes: &[String]) -> agent_runtime::Result<&String> {
///     hashes.first().or_complain("Select an object first.")
/// }
/// assert_eq!(first(&[]).unwrap_err().message(), "Select an object first.");
/// ```
pub trait OrComplain<T> {
    /// The error of a `Result`: anything that an agent can fail with.
    type Failure: 'static;

    /// Returns the value, or an error with status 400 and this sentence for the annotator. The failure is its private cause.
    ///
    /// # Errors
    /// The complaint, if there is no value.
    fn or_complain(self, message: impl IntoMessage) -> Result<T>
    where
        Self::Failure: IntoAgentError;
}

impl<T> OrComplain<T> for Option<T> {
    type Failure = Infallible;

    fn or_complain(self, message: impl IntoMessage) -> Result<T> {
        self.ok_or_else(|| AgentError::complaint(message))
    }
}

impl<T, E: 'static> OrComplain<T> for std::result::Result<T, E> {
    type Failure = E;

    fn or_complain(self, message: impl IntoMessage) -> Result<T>
    where
        E: IntoAgentError,
    {
        self.map_err(|error| AgentError::complaint(message).with_cause(error.into_cause()))
    }
}

/// A return type of a function that uses `bail!` or `ensure!`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`bail!` and `ensure!` return an error, and this function returns `{Self}`",
    label = "returns an error for the annotator",
    note = "let the function return a `Result`: write `-> Result<{Self}>`, and wrap its value in `Ok(...)`"
)]
pub trait BailReturn {
    fn from_complaint(complaint: AgentError) -> Self;
}

impl<T, E: BailError> BailReturn for std::result::Result<T, E> {
    fn from_complaint(complaint: AgentError) -> Self {
        Err(E::from_complaint(complaint))
    }
}

/// An error type of a function that uses `bail!` or `ensure!`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`bail!` and `ensure!` return an `AgentError`, which does not convert to `{Self}`",
    label = "returns an error for the annotator",
    note = "let the function return `agent_runtime::Result<_>`, or write `impl From<AgentError> for {Self}`"
)]
pub trait BailError {
    fn from_complaint(complaint: AgentError) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<AgentError>> BailError for E {
    fn from_complaint(complaint: AgentError) -> Self {
        complaint.into()
    }
}

// No `From`: with it, an `AgentError` would convert to itself in two ways.
#[diagnostic::do_not_recommend]
impl BailError for Box<dyn StdError + Send + Sync> {
    fn from_complaint(complaint: AgentError) -> Self {
        complaint.into_cause()
    }
}

/// Returns the value with which `bail!` ends a function.
#[doc(hidden)]
#[must_use]
pub fn return_of_bail<R: BailReturn>(complaint: AgentError) -> R {
    R::from_complaint(complaint)
}
