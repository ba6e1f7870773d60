//! One line of a diagnosis.

use serde::Serialize;

use crate::cli::failure::sentence;
use crate::cli::terminal::{BAD, GOOD, NOTE, styled};

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Note,
    /// Not as it should be.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) state: State,
    pub(super) what: String,
    /// What was found, and what to do about it.
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

    /// The finding as a line, with so many columns for what it is about.
    pub(super) fn line(&self, width: usize) -> String {
        let (style, word) = match self.state {
            State::Ok => (GOOD, "ok   "),
            State::Note => (NOTE, "note "),
            State::Wrong => (BAD, "wrong"),
        };
        format!("{}  {:width$}  {}", styled(style, word), self.what, self.found)
    }
}
