//! The static data of an agent: its name, path, and the keys of its attribute.

mod label_row_request;

use std::fmt;
use std::time::Duration;

pub use label_row_request::{LabelRowRequest, OnConflict};

use crate::signature_policy::SignedCalls;

/// The definition of an agent: everything that is known about it except its parameters and its code.
///
/// Written by `#[editor_agent]`; read by the server's table, its listing and its page, and by the calls of the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentDefinition {
    /// The name. Default: the name of the function.
    pub name: &'static str,
    /// The path that the agent is served at, such as `/simplify-polygons`. Starts with `/`, never ends with it.
    pub path: &'static str,
    /// The description for people. May be empty. Default: the doc comment.
    pub description: &'static str,
    /// The timeout of one call. Default: that of the server.
    pub timeout: AgentTimeout,
    /// Maximum number of concurrent calls of this agent: `concurrency` on the attribute. `None` for the server's limit alone.
    pub concurrency: Option<usize>,
    /// The label row that the agent works on, and what is read with it. Default: the whole row on `main`.
    pub label_row: LabelRowRequest,
    /// Treatment of a label row that somebody else saves meanwhile. Default: `Refuse`.
    pub on_conflict: OnConflict,
    /// Target of the findings that the agent returns. `None`: that of the server.
    pub findings: Option<FindingsTarget>,
    /// The signature policy.
    pub signed_calls: SignedCalls,
    /// The location of the function.
    pub location: SourceLocation,
    /// The crate of the function, and its version: `my-agents 0.1.0`.
    pub package: &'static str,
}

impl AgentDefinition {
    /// Returns the first paragraph of the description, on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let lines = self.description.lines().map(str::trim);
        lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Target of the findings that an agent returns, besides its response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingsTarget {
    /// `findings = "response"`, the default: they are in the response only.
    #[default]
    Response,
    /// `findings = "issues"`: they are also issues of the platform.
    Issues,
}

impl FindingsTarget {
    /// Parses `response` or `issues`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "response" => Some(Self::Response),
            "issues" => Some(Self::Issues),
            _ => None,
        }
    }
}

/// Timeout of a call or of a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentTimeout {
    /// The default of the server.
    ServerDefault,
    /// `timeout = "..."` on the attribute, in milliseconds.
    Millis(u64),
    /// `no_timeout` on the attribute.
    Never,
}

impl AgentTimeout {
    /// Returns the timeout on a server with this default.
    #[must_use]
    pub fn limit(self, server_default: Duration) -> Option<Duration> {
        match self {
            Self::ServerDefault => Some(server_default),
            Self::Millis(millis) => Some(Duration::from_millis(millis)),
            Self::Never => None,
        }
    }
}

/// Location of a function in the source, for errors at start-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLocation {
    /// The file, as the compiler was given it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
