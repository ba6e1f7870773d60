//! The forms of response bodies, for the description of agents.

/// The form of a response body, for the description of an agent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyForm {
    /// `null`.
    Nothing,
    /// An object that can have a `message`.
    Message,
    /// An object that can have a `message` and a `decision`.
    Response,
    /// An object that has a `message` and `findings`, and can have a `decision`.
    Findings,
    /// Any JSON.
    #[default]
    Any,
}

impl ReplyForm {
    pub(crate) const fn from_decisions(names: &[&str]) -> Self {
        if names.is_empty() { Self::Any } else { Self::Response }
    }
}
