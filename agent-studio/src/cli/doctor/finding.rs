//! Results of the checks.

use serde::Serialize;

use crate::cli::failure::sentence;
use crate::cli::terminal::{BAD, GOOD, NOTE, styled};

/// State of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum State {
    /// The check passed.
    Ok,
    /// Worth knowing, but not an error.
    Note,
    /// The check failed.
    Wrong,
}

/// The result of one check.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) state: State,
    /// Subject of the check.
    pub(super) what: String,
    /// The result, and what to do about it.
    pub(super) found: String,
}

impl Finding {
    pub(super) fn ok(what: impl Into<String>, found: &str) -> Self {
        Self { state: State::Ok, what: what.into(), found: sentence(found) }
    }

    pub(super) fn note(what: impl Into<String>, found: &str) -> Self {
        Self { state: State::Note, what: what.into(), found: sentence(found) }
    }

    pub(super) fn wrong(what: impl Into<String>, found: &str) -> Self {
        Self { state: State::Wrong, what: what.into(), found: sentence(found) }
    }

    /// Formats the finding as a line. `width` is the width of the subject's column.
    pub(super) fn line(&self, width: usize) -> String {
        let (style, word) = match self.state {
            State::Ok => (GOOD, "ok   "),
            State::Note => (NOTE, "note "),
            State::Wrong => (BAD, "wrong"),
        };
        format!("{}  {:width$}  {}", styled(style, word), self.what, self.found)
    }
}
