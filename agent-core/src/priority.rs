//! A response that sets the priority of the task.

use crate::call::EditorCall;
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::fetch::Place;
use crate::reply_form::ReplyForm;
use crate::requirements::Requirements;
use crate::response::{IntoReply, PriorityStep, Reply, Written};

/// A response that also sets the priority of the data unit's task, from 0 to 1. Annotators and agents get tasks of a high priority first.
///
/// The priority is set once the agent has succeeded and its changes are saved. If it cannot be set, the call fails, and the message for
/// the annotator says that the labels were saved. On a [workflow stage](crate::stage::Stage) it is set before the task is moved; of several
/// frames of a task, the highest priority counts. Only projects with a workflow have priorities.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// #[derive(Decisions)]
/// enum Verdict {
///     #[decision("to annotation")]
///     ToAnnotation,
/// }
///
/// /// Lets annotators begin with crowded frames.
/// #[editor_agent]
/// async fn triage(row: LabelRow) -> Prioritized<Verdict> {
///     match row.objects().count() {
///         0 => Verdict::ToAnnotation.into(),
///         n if n < 10 => Prioritized::new(Verdict::ToAnnotation, 0.6),
///         _ => Prioritized::new(Verdict::ToAnnotation, 0.9),
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Prioritized<R> {
    response: R,
    priority: Option<f64>,
}

impl<R> Prioritized<R> {
    /// Creates a response that sets the priority, from 0 to 1. The response is that of an agent without a priority, such as text, a
    /// decision, [`Findings`](crate::findings::Findings) or `()`. A priority out of range is an error of the agent.
    #[must_use]
    pub fn new(response: R, priority: f64) -> Self {
        Self { response, priority: Some(priority) }
    }
}

/// Leaves the priority as it is.
impl<R> From<R> for Prioritized<R> {
    fn from(response: R) -> Self {
        Self { response, priority: None }
    }
}

impl<R: IntoReply> IntoReply for Prioritized<R> {
    const DECISIONS: &'static [&'static str] = R::DECISIONS;
    const FORM: ReplyForm = R::FORM;

    fn declare(requirements: &mut Requirements) {
        R::declare(requirements);
        requirements.service("priority (sets)", &PlatformService);
        requirements.data_unit();
    }

    fn into_reply(self) -> Result<Reply, AgentError> {
        let Self { response, priority } = self;
        let reply = response.into_reply()?;
        match priority {
            Some(priority) if (0.0..=1.0).contains(&priority) => {
                Ok(reply.with_priority(PriorityStep { priority, set }))
            }
            Some(priority) => {
                Err(AgentError::internal(format!("the priority {priority} is out of range: return one from 0 to 1")))
            }
            None => Ok(reply),
        }
    }
}

/// Sets the priority of the call's task. A dry run notes it.
fn set(call: &EditorCall, priority: f64) -> Written<'_> {
    Box::pin(async move {
        if let Some(dry_run) = call.dry_run() {
            dry_run.set_priority(priority);
            return Ok(());
        }
        let place = Place::from_call(call)?;
        // A deadline waits for the guard: the labels are saved, and the annotator should know the outcome.
        let _committing = call.commit();
        let written = place.platform.set_priorities(place.project, &[(place.data, priority)]).await;
        written.map_err(|error| match (AgentError::from(error), call.save_counts().saves.get()) {
            (error, 0) => error,
            (error, _) => error.after_partial_commit("The labels were saved, but not the priority of the task."),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_keeps_its_body() {
        let reply = Prioritized::new("Done.", 0.75).into_reply().unwrap();
        assert_eq!(reply.priority(), Some(0.75));
        assert_eq!(&*reply.into_json(), br#"{"message":"Done."}"#);
        assert_eq!(Prioritized::from(()).into_reply().unwrap().priority(), None);
    }

    #[test]
    fn priority_out_of_range_is_an_error() {
        for priority in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Prioritized::new((), priority).into_reply().is_err(), "{priority}");
        }
        for priority in [0.0, 1.0] {
            assert_eq!(Prioritized::new((), priority).into_reply().unwrap().priority(), Some(priority));
        }
    }
}
