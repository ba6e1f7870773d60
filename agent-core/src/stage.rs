//! Agent stages of workflows: the settings with which an agent works on the tasks of a stage.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;

use agent_platform::client::TaskFilter;

/// A workflow stage that an agent works on: the keys of `#[editor_agent]` about the stage, or an argument of `Server::stage`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage {
    /// The title or the UUID of the stage.
    pub stage: Cow<'static, str>,
    /// The pathway of a task for which the agent decides nothing. Default: the task stays in the stage.
    pub pathway: Option<Cow<'static, str>>,
    /// The pathway of a task that has failed. Default: the task stays in the stage.
    pub on_failure: Option<Cow<'static, str>>,
    /// The frames on which the agent runs. Default: the first.
    pub frames: StageFrames,
    /// The tasks that the agent works on. Default: all.
    pub tasks: TaskFilter,
}

/// The frames of a task on which an agent runs. The changes of all frames are saved together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum StageFrames {
    /// Frame 0.
    #[default]
    First,
    /// Every frame.
    Each,
    /// The frames that have labels.
    Labelled,
    /// Every n-th frame, beginning with frame 0. 0 counts as 1.
    Every(u32),
}

impl Stage {
    /// Creates the settings of a stage, by its title or UUID.
    #[must_use]
    pub fn new(stage: impl Into<Cow<'static, str>>) -> Self {
        Self::from_keys(stage.into(), None, None, StageFrames::First)
    }

    /// Creates the settings of a stage from the keys of an attribute.
    #[doc(hidden)]
    #[must_use]
    pub const fn from_keys(
        stage: Cow<'static, str>,
        pathway: Option<Cow<'static, str>>,
        on_failure: Option<Cow<'static, str>>,
        frames: StageFrames,
    ) -> Self {
        Self { stage, pathway, on_failure, frames, tasks: TaskFilter::ALL }
    }

    /// Sets the pathway of tasks for which the agent decides nothing.
    #[must_use]
    pub fn pathway(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.pathway = Some(title.into());
        self
    }

    /// Sets the pathway of tasks that have failed.
    #[must_use]
    pub fn on_failure(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.on_failure = Some(title.into());
        self
    }

    /// Sets the tasks that the agent works on. The others stay in the stage.
    #[must_use]
    pub fn tasks(mut self, filter: TaskFilter) -> Self {
        self.tasks = filter;
        self
    }

    /// Sets the frames on which the agent runs.
    #[must_use]
    pub fn frames(mut self, frames: StageFrames) -> Self {
        self.frames = frames;
        self
    }
}

impl<T: Into<Cow<'static, str>>> From<T> for Stage {
    fn from(stage: T) -> Self {
        Self::new(stage)
    }
}

/// The stage of an agent, with the worker that runs the agent on its tasks. Written by `#[editor_agent]`, so that only a program with
/// a stage links the worker.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct AgentStage {
    pub stage: &'static Stage,
    /// The worker of the runtime. Untyped, because this crate does not know it.
    pub worker: &'static (dyn Any + Send + Sync),
}

impl fmt::Debug for AgentStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.stage.fmt(f)
    }
}
