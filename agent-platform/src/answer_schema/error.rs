//! Errors of answers.

use std::fmt;

/// Maximum number of problems in the error message. A model that gets everything wrong does not need all of them.
const MAX_LISTED_PROBLEMS: usize = 8;
/// Maximum number of characters quoted from the model's answer.
const MAX_QUOTED_CHARS: usize = 60;

/// Error of parsing a model's answer. The message tells the model how to correct it. No part of a rejected answer is
/// used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The text is not JSON: it is truncated, or surrounded by other text.
    #[error("the answer is not JSON: {problem}")]
    NotJson {
        /// Error message of the JSON parser, with line and column.
        problem: String,
    },
    /// The answer is JSON but does not match the schema.
    #[error("{}", join_problems(problems))]
    Invalid {
        /// The problems in the order of the schema; at least one.
        problems: Vec<AnswerProblem>,
    },
}

/// A problem at one place of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerProblem {
    /// Path of member names, such as `scene.choice.time_of_day`; empty for the whole answer.
    pub path: String,
    /// The requirement, without the path: `must be true or false, not "maybe"`. The quoted value is truncated to 60
    /// characters.
    pub reason: String,
}

impl AnswerError {
    /// Creates the error for text that is not JSON. For custom schemas.
    #[must_use]
    pub fn not_json(error: &serde_json::Error) -> Self {
        Self::NotJson { problem: error.to_string() }
    }

    /// Creates the error for JSON that does not match the schema. For custom schemas.
    #[must_use]
    pub fn invalid(problems: Vec<AnswerProblem>) -> Self {
        Self::Invalid { problems }
    }
}

impl AnswerProblem {
    /// Creates a problem from a path and a requirement, such as `scene.choice` and `must be a text`. For custom
    /// schemas.
    #[must_use]
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }
}

impl fmt::Display for AnswerProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the answer" } else { &self.path };
        write!(f, "{path} {}", self.reason)
    }
}

fn join_problems(problems: &[AnswerProblem]) -> String {
    let mut messages: Vec<String> = problems.iter().take(MAX_LISTED_PROBLEMS).map(ToString::to_string).collect();
    if problems.len() > MAX_LISTED_PROBLEMS {
        messages.push(format!("and {} more", problems.len() - MAX_LISTED_PROBLEMS));
    }
    messages.join("; ")
}

/// Formats a value for the error message, truncated to [`MAX_QUOTED_CHARS`].
pub(super) fn excerpt(value: &serde_json::Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
