//! The way in which a run calls its agent.

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::call_mode::CallMode;

/// Sends the calls of a run to one agent, over HTTP or in-process.
pub trait AgentTransport: Send + Sync + fmt::Debug {
    /// Calls the agent once, without a retry.
    fn call<'c>(&'c self, call: AgentCall<'c>) -> BoxFuture<'c, Result<AgentResponse, TransportError>>;
}

/// A call of an agent.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct AgentCall<'c> {
    /// The project.
    pub project: Uuid,
    /// The data hash.
    pub data: &'c str,
    /// The frame, from 0.
    pub frame: u64,
    /// Hashes of the selected objects; `None`: the call has no selection.
    pub objects: Option<&'c [String]>,
    /// Effect of the call.
    pub mode: CallMode,
    /// Timeout of the call.
    pub timeout: Duration,
}

/// A response of an agent.
#[derive(Debug)]
pub struct AgentResponse {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Retry-After`; empty if it is missing.
    pub retry_after: String,
    /// The body.
    pub body: Vec<u8>,
}

/// A call without a response.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// The error, a clause.
    pub message: String,
    /// Effect that the call may have had.
    pub kind: TransportErrorKind,
}

/// Effect that a call without a response may have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportErrorKind {
    /// The agent has not received the call.
    NotSent,
    /// The agent may have received the call, and saved.
    NoResponse,
    /// The response is invalid, and would be again.
    InvalidResponse,
}
