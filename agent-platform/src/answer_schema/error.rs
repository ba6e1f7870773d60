//! Why an answer is not taken.

use std::fmt;

/// So many problems are told; a model that has them all wrong does not need each.
const TOLD: usize = 8;
/// What a model wrote is repeated up to so many characters.
const REPEATED: usize = 60;

/// Why an answer of a model is not taken, in words that the model can mend it by. Nothing of the answer is used then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The text is not JSON: it ends too early, or there is something around it.
    #[error("the answer is not JSON: {problem}")]
    NotJson {
        /// What the JSON reader says, with line and column.
        problem: String,
    },
    /// The answer is JSON, but not what the schema asks for.
    #[error("{}", listed(problems))]
    Invalid {
        /// What is wrong, in the order of the schema; at least one.
        problems: Vec<AnswerProblem>,
    },
}

/// What is wrong at one place of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerProblem {
    /// The members that lead there, such as `scene.choice.time_of_day`; empty for the whole answer.
    pub path: String,
    /// What must be there, without the path: `must be true or false, not "maybe"`. What the model wrote is cut to 60
    /// characters.
    pub reason: String,
}

impl AnswerError {
    /// For a schema of your own: text that is no JSON.
    #[must_use]
    pub fn not_json(error: &serde_json::Error) -> Self {
        Self::NotJson { problem: error.to_string() }
    }

    /// For a schema of your own: JSON that it does not allow.
    #[must_use]
    pub fn invalid(problems: Vec<AnswerProblem>) -> Self {
        Self::Invalid { problems }
    }
}

impl AnswerProblem {
    /// For a schema of your own: what must be at a path, such as `scene.choice` and `must be a text`.
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

fn listed(problems: &[AnswerProblem]) -> String {
    let mut told: Vec<String> = problems.iter().take(TOLD).map(ToString::to_string).collect();
    if problems.len() > TOLD {
        told.push(format!("and {} more", problems.len() - TOLD));
    }
    told.join("; ")
}

/// A value as it is repeated to the model.
pub(super) fn repeated(value: &serde_json::Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
