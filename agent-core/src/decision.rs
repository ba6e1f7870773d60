//! Decisions: the name of the workflow pathway that a task takes next.

/// The longest decision, in Unicode code points (contract: `docs/contract/agent-protocol.md#decision`).
pub const LONGEST_DECISION: usize = 256;

/// The decisions an agent can make, as a type: `#[derive(Decisions)]` on an enum implements it, and makes the enum an
/// answer that an agent can return.
///
/// A variant's name is its pathway's, unless `#[decision("...")]` says otherwise. Names that occur twice, are blank or
/// longer than 256 code points do not compile. The agent's listing shows them.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// #[derive(Decisions)]
/// enum Verdict {
///     Approve,
///     #[decision("To review")]
///     ToReview,
/// }
///
/// assert_eq!(Verdict::NAMES, ["Approve", "To review"]);
/// assert_eq!(Verdict::ToReview.name(), "To review");
///
/// #[editor_agent]
/// async fn approve_everything() -> Verdict {
///     Verdict::Approve
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a decision an editor agent can make",
    label = "not a decision",
    note = "use an enum with `#[derive(Decisions)]`, or `AnyDecision::new(\"...\")` for free text"
)]
pub trait Decisions {
    /// Every decision that can be made; empty if it is free text.
    const NAMES: &'static [&'static str];

    /// This decision.
    fn name(&self) -> &str;
}

/// A decision in free text, at most 256 code points without the white space around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyDecision(String);

/// The text is longer than a decision may be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a decision has at most {LONGEST_DECISION} characters, this one has {length}")]
pub struct DecisionTooLong {
    /// The text's length in code points.
    pub length: usize,
}

impl AnyDecision {
    /// A decision for the pathway of this name. Blank text counts as no decision.
    ///
    /// # Errors
    /// Text of more than 256 code points, not counting the white space around it.
    pub fn new(name: impl AsRef<str>) -> Result<Self, DecisionTooLong> {
        let name = name.as_ref().trim();
        let length = name.chars().count();
        if length > LONGEST_DECISION { Err(DecisionTooLong { length }) } else { Ok(Self(name.to_owned())) }
    }
}

impl Decisions for AnyDecision {
    const NAMES: &'static [&'static str] = &[];

    fn name(&self) -> &str {
        &self.0
    }
}
