//! Steps that follow a response once the agent's changes are saved.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;

use crate::call::{EditorCall, TaskFrames};
use crate::error::AgentError;

use super::Reply;

/// The response that replaces the first one, if any.
pub(crate) type Replacement<'call> = Pin<Box<dyn Future<Output = Option<Reply>> + Send + 'call>>;

/// A step that follows a response once the agent's changes are saved. It can replace the response. A trait object, so that an agent
/// without such a step does not link it.
pub(crate) trait FollowUp: Any + Send {
    /// Adds the step of a later frame of the same task.
    fn absorb(&mut self, later: Box<dyn Any>);

    /// Runs the step.
    fn run<'call>(self: Box<Self>, call: &'call EditorCall) -> Replacement<'call>;
}

/// Keeps the step of a frame for the commit of its task. The steps of several frames become one.
pub(super) fn keep(frames: &TaskFrames, later: Box<dyn FollowUp>) {
    frames.change_follow_up(|kept: &mut Option<Box<dyn FollowUp>>| match kept {
        Some(kept) => kept.absorb(later),
        none => *none = Some(later),
    });
}

/// Runs the step that the frames of a task have in common, once the task is saved. Nobody sees the response; a problem is in the log.
pub(crate) async fn run_for_task(call: &EditorCall) {
    let mut follow_up = None;
    if let Some(frames) = call.task_frames() {
        frames.change_follow_up(|kept: &mut Option<Box<dyn FollowUp>>| follow_up = kept.take());
    }
    if let Some(follow_up) = follow_up {
        follow_up.run(call).await;
    }
}

/// The outcome of a write.
pub(crate) type Written<'call> = Pin<Box<dyn Future<Output = Result<(), AgentError>> + Send + 'call>>;

/// The priority of a response, with the function that sets it.
#[derive(Clone, Copy)]
pub(crate) struct PriorityStep {
    pub(crate) priority: f64,
    pub(crate) set: for<'call> fn(&'call EditorCall, f64) -> Written<'call>,
}
