//! Findings: the response of a validator, with a verdict and a list of problems at objects, frames and places.

mod finding;
mod issues;
mod message;

use std::any::Any;
use std::fmt;

use serde::Serialize;

pub use finding::{Finding, Severity};

use agent_platform::labels::Ranges;

use crate::call::EditorCall;
use crate::decision::{AnyDecision, Decisions};
use crate::error::{AgentError, IntoMessage};
use crate::requirements::Requirements;
use crate::response::{DecisionOf, FollowUp, IntoReply, MAX_SHOWN_MESSAGE, Replacement, Reply, ReplyForm, trimmed};

/// Response of a validator: a verdict and a list of [`Finding`]s.
///
/// The response body has a `message` of at most 256 characters with the verdict, the number of findings and the first of them, and
/// all of them as `findings` (contract: `docs/contract/agent-protocol.md#findings`). Errors come first. The platform shows the
/// message; the page of `agent-studio` also lists the findings and shows each at its place.
///
/// With `findings = "issues"` on the attribute, or `AGENT_FINDINGS=issues` for the whole server, the findings also become issues
/// of the platform, once the agent has returned and its changes are saved. The next run of the agent on the same data creates no
/// second issue for a finding that is still there, and deletes the issue of a finding that is gone, unless somebody has replied to
/// the issue or resolved it. If the issues cannot be created, the message and the log say so, and the call succeeds.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// /// Reports objects without an answer.
/// #[editor_agent]
/// async fn validate(row: LabelRow) -> Findings {
///     let unanswered = row.objects().filter(|object| object.answers().is_empty());
///     unanswered.map(|object| Finding::error("The object has no answer").on_object(object.hash())).collect()
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Findings<D = AnyDecision> {
    verdict: Option<String>,
    list: Vec<Finding>,
    decision: Option<D>,
    /// The frames that were checked. `None`: all.
    checked: Option<Ranges>,
}

impl Findings {
    /// Creates a response without findings.
    #[must_use]
    pub fn new() -> Self {
        Self { verdict: None, list: Vec::new(), decision: None, checked: None }
    }
}

impl<D> Findings<D> {
    /// Sets the verdict, which begins the message. Default: the number of findings alone, or "No findings".
    #[must_use]
    pub fn with_verdict(self, verdict: impl IntoMessage) -> Self {
        Self { verdict: Some(verdict.into_message()), ..self }
    }

    /// Declares that only these frames were checked: issues on other frames are not deleted. Default: the whole data unit.
    #[must_use]
    pub fn with_checked_frames(self, frames: impl Into<Ranges>) -> Self {
        Self { checked: Some(frames.into()), ..self }
    }

    /// Sets the decision, as [`AgentResponse::decide`](crate::response::AgentResponse::decide) does.
    #[must_use]
    pub fn decide<E: DecisionOf<R>, R>(self, decision: E) -> Findings<R> {
        let Self { verdict, list, checked, .. } = self;
        Findings { verdict, list, checked, decision: Some(decision.into_decision()) }
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// Returns the findings, in the order in which they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.list.iter()
    }

    /// Returns the number of findings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns `true` if there are no findings.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl Default for Findings {
    fn default() -> Self {
        Self::new()
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Self {
        Self { list: findings.into_iter().collect(), ..Self::new() }
    }
}

impl<D> Extend<Finding> for Findings<D> {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        self.list.extend(findings);
    }
}

impl<'a, D> IntoIterator for &'a Findings<D> {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<D> IntoIterator for Findings<D> {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<D: Decisions> IntoReply for Findings<D> {
    const DECISIONS: &'static [&'static str] = D::NAMES;
    const FORM: ReplyForm = ReplyForm::Findings;

    fn declare(requirements: &mut Requirements) {
        requirements.issues(&crate::platform::PlatformService);
    }

    fn into_reply(self) -> Result<Reply, AgentError> {
        let decision = self.decision.as_ref().map(D::name).and_then(trimmed).map(str::to_owned);
        let mut list = self.list;
        // The sort is stable: findings of one severity keep their order.
        list.sort_by_key(Finding::severity);
        let report = Report { verdict: self.verdict, list, decision, checked: self.checked };
        Ok(report.reply(None)?.with_follow_up(report))
    }
}

/// Findings in the order in which they are reported.
struct Report {
    verdict: Option<String>,
    list: Vec<Finding>,
    decision: Option<String>,
    checked: Option<Ranges>,
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").field("list", &self.list).finish_non_exhaustive()
    }
}

impl FollowUp for Report {
    /// Adds the findings of a later frame: together they are checked and published once.
    fn absorb(&mut self, later: Box<dyn Any>) {
        let Ok(later) = later.downcast::<Self>() else { return };
        let Self { list, checked, .. } = *later;
        self.list.extend(list);
        self.list.sort_by_key(Finding::severity);
        self.checked = self.checked.take().zip(checked).map(|(earlier, later)| earlier.union(&later));
    }

    fn run<'call>(self: Box<Self>, call: &'call EditorCall) -> Replacement<'call> {
        Box::pin(self.publish(call))
    }
}

#[derive(Serialize)]
struct Body<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
    findings: &'a [Finding],
}

impl Report {
    /// Returns the response. `problem` is a sentence about the issues that ends the message.
    fn reply(&self, problem: Option<&str>) -> Result<Reply, AgentError> {
        let verdict = self.verdict.as_deref().and_then(trimmed);
        let message = message::compose(verdict, &self.list, problem, MAX_SHOWN_MESSAGE);
        let body = Body { message: &message, decision: self.decision.as_deref(), findings: &self.list };
        Reply::from_message(&message, &body)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::response::AgentResponse;

    fn body(response: impl IntoReply) -> Value {
        serde_json::from_slice(&response.into_reply().unwrap().into_json()).unwrap()
    }

    #[test]
    fn body_has_message_decision_and_findings() {
        let mut findings = Findings::new().with_verdict("Not ready.");
        findings.push(Finding::warning("Coin 7 is small.").on_object("aBcD1234").on_frames(3));
        findings.push(Finding::error("Nothing is labelled here.").on_frames(0).at_point(0.25, 0.5));
        findings.push(Finding::info("Blurred.").on_frames([2..=4, 7..=7]));
        let decision = AnyDecision::new(" return ").unwrap();
        assert_eq!(
            body(findings.decide::<_, AnyDecision>(decision)),
            json!({
                "message": "Not ready. 1 error, 1 warning, 1 note: Nothing is labelled here; Coin 7 is small; Blurred.",
                "decision": "return",
                "findings": [
                    {"severity": "error", "text": "Nothing is labelled here.", "frame": 0, "x": 0.25, "y": 0.5},
                    {"severity": "warning", "text": "Coin 7 is small.", "objectHash": "aBcD1234", "frame": 3},
                    {"severity": "info", "text": "Blurred.", "frames": [{"start": 2, "end": 4}, {"start": 7, "end": 7}]},
                ],
            })
        );
    }

    #[test]
    fn body_without_findings_has_an_empty_list() {
        assert_eq!(body(Findings::new()), json!({"message": "No findings.", "findings": []}));
        let fine = Findings::new().with_verdict("All fine");
        assert_eq!(body(Some(fine)), json!({"message": "All fine.", "findings": []}));
        assert_eq!(body(AgentResponse::empty()), json!({}));
    }
}
