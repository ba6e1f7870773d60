//! Responses of agents, and their form on the wire.

mod follow_up;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

pub use crate::reply_form::ReplyForm;
pub(crate) use follow_up::{FollowUp, PriorityStep, Replacement, Written, run_for_task};

use crate::call::EditorCall;
use crate::decision::{AnyDecision, Decisions};
use crate::error::{AgentError, IntoAgentError, IntoMessage};
use crate::requirements::Requirements;

/// Maximum length of a message that the platform shows, in characters. It cuts the rest off.
pub const MAX_SHOWN_MESSAGE: usize = 256;

/// Response of an agent: a message, a decision on where the task goes next, both or neither.
///
/// The platform shows the first 256 characters of a message ([`MAX_SHOWN_MESSAGE`]), so begin with the verdict. Longer messages are
/// sent whole, and the log has a warning the first time that an agent sends one.
///
/// On the wire it is JSON with only what is set: `{"message"?: string, "decision"?: string}` (contract:
/// `docs/contract/agent-protocol.md#responses`). White space around both is removed; what is blank counts as unset.
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
/// #[editor_agent]
/// async fn triage(objects: ObjectHashes) -> AgentResponse<Verdict> {
///     match objects.len() {
///         0 => AgentResponse::message("Nothing is selected.").decide(Verdict::ToReview),
///         n => AgentResponse::message(format!("{n} objects, fine.")).decide(Verdict::Approve),
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentResponse<D = AnyDecision> {
    message: Option<String>,
    decision: Option<D>,
}

impl AgentResponse {
    /// Creates a response with a sentence for the annotator, who sees the first 256 characters of it.
    pub fn message(text: impl IntoMessage) -> Self {
        Self { message: Some(text.into_message()), decision: None }
    }

    /// Neither message nor decision: `{}` on the wire.
    #[must_use]
    pub fn empty() -> Self {
        Self { message: None, decision: None }
    }
}

impl<D> AgentResponse<D> {
    /// Sets the decision: a variant of an enum that derives [`Decisions`], or an [`AnyDecision`]. The return type of the agent names
    /// the enum: `AgentResponse<Verdict>`.
    pub fn decide<E: DecisionOf<R>, R>(self, decision: E) -> AgentResponse<R> {
        AgentResponse { message: self.message, decision: Some(decision.into_decision()) }
    }

    /// Sets the decision, or removes it with `None`.
    pub fn decide_if<E: DecisionOf<R>, R>(self, decision: Option<E>) -> AgentResponse<R> {
        AgentResponse { message: self.message, decision: decision.map(DecisionOf::into_decision) }
    }
}

/// A decision of the type that a response has: the type itself. A trait, so that another type is an error with advice.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a decision of the type `{Self}` cannot be in an `AgentResponse<{R}>`",
    label = "decision of another type",
    note = "for a variant of an enum that derives `Decisions`, let the agent return `AgentResponse<{Self}>`; for text, write `AnyDecision::new(\"...\")?`"
)]
pub trait DecisionOf<R> {
    fn into_decision(self) -> R;
}

impl<D> DecisionOf<D> for D {
    fn into_decision(self) -> D {
        self
    }
}

/// A decision that no response can have. With a second implementation, the compiler takes the type of the response from the return
/// type of the agent instead of from the decision.
#[doc(hidden)]
#[derive(Debug)]
pub struct Undecided<D>(pub D);

#[diagnostic::do_not_recommend]
impl<D> DecisionOf<Undecided<D>> for D {
    fn into_decision(self) -> Undecided<D> {
        Undecided(self)
    }
}

/// Response of an agent that succeeded, as JSON text.
pub struct Reply {
    json: Cow<'static, [u8]>,
    /// In characters.
    message_length: usize,
    follow_up: Option<Box<dyn FollowUp>>,
    priority: Option<PriorityStep>,
}

impl Reply {
    /// `null`: the agent has nothing to say.
    pub const NOTHING: Self = Self { json: Cow::Borrowed(b"null"), message_length: 0, follow_up: None, priority: None };

    fn from_value(value: &impl Serialize) -> Result<Self, AgentError> {
        let json = serde_json::to_vec(value).map_err(AgentError::internal)?;
        Ok(Self { json: Cow::Owned(json), ..Self::NOTHING })
    }

    /// Creates a response whose body has this message.
    pub(crate) fn from_message(message: &str, body: &impl Serialize) -> Result<Self, AgentError> {
        Ok(Self { message_length: message.chars().count(), ..Self::from_value(body)? })
    }

    /// Adds the step that follows once the agent's changes are saved.
    pub(crate) fn with_follow_up(self, follow_up: impl FollowUp) -> Self {
        Self { follow_up: Some(Box::new(follow_up)), ..self }
    }

    /// Sets the priority of the task.
    pub(crate) fn with_priority(self, priority: PriorityStep) -> Self {
        Self { priority: Some(priority), ..self }
    }

    /// The priority of the task, from 0 to 1, if the agent sets it.
    #[must_use]
    pub fn priority(&self) -> Option<f64> {
        self.priority.map(|step| step.priority)
    }

    /// Runs the steps that follow, after the agent's changes were saved. Those of a frame of a task wait for the commit of the task.
    ///
    /// # Errors
    /// The priority cannot be set.
    pub(crate) async fn finish(mut self, call: &EditorCall) -> Result<Self, AgentError> {
        let follow_up = self.follow_up.take();
        if call.is_frame_of_task() {
            if let (Some(follow_up), Some(frames)) = (follow_up, call.task_frames()) {
                follow_up::keep(frames, follow_up);
            }
            return Ok(self);
        }
        if let Some(PriorityStep { priority, set }) = self.priority {
            set(call, priority).await?;
        }
        match follow_up {
            Some(follow_up) => Ok(follow_up.run(call).await.unwrap_or(self)),
            None => Ok(self),
        }
    }

    /// Length of the message for the annotator, in characters. 0 without one.
    #[must_use]
    pub fn message_length(&self) -> usize {
        self.message_length
    }

    /// The JSON text of the response body.
    #[must_use]
    pub fn into_json(self) -> Cow<'static, [u8]> {
        self.json
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("json", &String::from_utf8_lossy(&self.json)).finish_non_exhaustive()
    }
}

/// A return type of an agent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an answer an editor agent can give",
    label = "not an answer",
    note = "return nothing, text (a message; write `format!(\"...\")` for other values), `AgentResponse`, `Findings`, an enum that derives `Decisions`, `Json<_>`, or an `Option<_>` or `Result<_, _>` of one"
)]
pub trait IntoReply {
    /// The decisions this can carry, by name; empty if it carries none or any.
    const DECISIONS: &'static [&'static str] = &[];

    /// The form of the body. It can also be `null`, whatever the form.
    const FORM: ReplyForm = ReplyForm::from_decisions(Self::DECISIONS);

    /// Declares what the response needs, for the start-up checks. Default: nothing.
    fn declare(_requirements: &mut Requirements) {}

    /// The answer for the wire.
    ///
    /// # Errors
    /// What the agent failed with, or a value that cannot be written as JSON.
    fn into_reply(self) -> Result<Reply, AgentError>;
}

/// `null`.
impl IntoReply for () {
    const FORM: ReplyForm = ReplyForm::Nothing;

    fn into_reply(self) -> Result<Reply, AgentError> {
        Ok(Reply::NOTHING)
    }
}

#[derive(Serialize)]
struct OnTheWire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
}

impl<D: Decisions> IntoReply for AgentResponse<D> {
    const DECISIONS: &'static [&'static str] = D::NAMES;
    const FORM: ReplyForm = ReplyForm::Response;

    fn into_reply(self) -> Result<Reply, AgentError> {
        let message = self.message.as_deref().and_then(trimmed);
        let decision = self.decision.as_ref().map(D::name).and_then(trimmed);
        Reply::from_message(message.unwrap_or_default(), &OnTheWire { message, decision })
    }
}

/// The text without the white space around it, if anything is left.
pub(crate) fn trimmed(text: &str) -> Option<&str> {
    // The four ASCII separators count as blank for the Python package, which is what annotators are used to.
    let blank = |c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c);
    Some(text.trim_matches(blank)).filter(|text| !text.is_empty())
}

/// A message.
impl IntoReply for String {
    const FORM: ReplyForm = ReplyForm::Message;

    fn into_reply(self) -> Result<Reply, AgentError> {
        AgentResponse::message(self).into_reply()
    }
}

/// A message.
impl IntoReply for &'static str {
    const FORM: ReplyForm = ReplyForm::Message;

    fn into_reply(self) -> Result<Reply, AgentError> {
        AgentResponse::message(self).into_reply()
    }
}

/// A message.
impl IntoReply for Cow<'static, str> {
    const FORM: ReplyForm = ReplyForm::Message;

    fn into_reply(self) -> Result<Reply, AgentError> {
        AgentResponse::message(self).into_reply()
    }
}

/// `None` is `null`.
impl<T: IntoReply> IntoReply for Option<T> {
    const DECISIONS: &'static [&'static str] = T::DECISIONS;
    const FORM: ReplyForm = T::FORM;

    fn declare(requirements: &mut Requirements) {
        T::declare(requirements);
    }

    fn into_reply(self) -> Result<Reply, AgentError> {
        self.map_or(Ok(Reply::NOTHING), T::into_reply)
    }
}

impl<T: IntoReply, E: IntoAgentError> IntoReply for Result<T, E> {
    const DECISIONS: &'static [&'static str] = T::DECISIONS;
    const FORM: ReplyForm = T::FORM;

    fn declare(requirements: &mut Requirements) {
        T::declare(requirements);
    }

    fn into_reply(self) -> Result<Reply, AgentError> {
        self.map_err(E::into_agent_error)?.into_reply()
    }
}

/// Any JSON, for callers that are not a label editor. The editor itself looks at `message` and `decision` only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json<T>(pub T);

/// Bound of the type in [`Json`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as JSON",
    label = "cannot be serialized",
    note = "add `#[derive(serde::Serialize)]` to `{Self}`"
)]
pub trait JsonBody: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> JsonBody for T {}

impl<T: JsonBody> IntoReply for Json<T> {
    fn into_reply(self) -> Result<Reply, AgentError> {
        Reply::from_value(&self.0)
    }
}
