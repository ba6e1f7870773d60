//! One task of a workflow stage: its agent runs on the frames, and the changes of all frames are committed together.

use std::fmt;

use agent_platform::client::DataType;
use bytes::Bytes;
use http::{HeaderValue, Request, header};

use crate::agent::Agent;
use crate::call::{CallContext, EditorCall, SaveOutcome};
use crate::error::AgentError;
use crate::payload::AgentPayload;
use crate::platform::fetch;
use crate::platform::fetched_row::fetched_row;
use crate::response::{Reply, run_for_task};
use crate::stage::StageFrames;
use crate::transaction::commit_task;

/// A run of an agent on one task.
pub struct TaskRun {
    agent: &'static Agent,
    payload: AgentPayload,
    call: EditorCall,
}

impl TaskRun {
    /// Creates the run of an agent on a data unit. `saves`: the agent has a transaction on the label row.
    #[must_use]
    pub fn new(agent: &'static Agent, payload: AgentPayload, context: CallContext, saves: bool) -> Self {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let call = EditorCall::new(&agent.definition, parts, context);
        call.set_body(Bytes::from(serde_json::to_vec(&payload).unwrap_or_default()));
        call.set_task();
        let run = Self { agent, payload, call };
        run.announce(saves);
        run
    }

    /// Announces the transaction, so that the row is locked before anything of it is requested.
    fn announce(&self, saves: bool) {
        if saves {
            self.call.row_transaction().announce();
        }
    }

    /// Returns the call of the task, to which the permit and the deadline belong.
    #[must_use]
    pub fn call(&self) -> &EditorCall {
        &self.call
    }

    /// Returns the frames on which the agent runs.
    ///
    /// # Errors
    /// The listing or the label row cannot be read, or the platform does not say how many frames there are.
    pub async fn frames(&self, frames: StageFrames) -> Result<Vec<u64>, AgentError> {
        match frames {
            StageFrames::First => Ok(vec![0]),
            StageFrames::Each => Ok((0..self.number_of_frames().await?).collect()),
            StageFrames::Every(step) => {
                let step = usize::try_from(step.max(1)).unwrap_or(usize::MAX);
                Ok((0..self.number_of_frames().await?).step_by(step).collect())
            }
            StageFrames::Labelled => {
                let fetched = fetched_row(&self.call).await?;
                let is_labelled = |frame: &agent_platform::labels::FrameLabels<'_>| {
                    frame.objects().next().is_some() || frame.classifications().next().is_some()
                };
                Ok(fetched.row.frames().filter(is_labelled).map(|frame| frame.frame()).collect())
            }
        }
    }

    async fn number_of_frames(&self) -> Result<u64, AgentError> {
        let listed = fetch::listed(&self.call).await?;
        let info = &listed.info;
        let is_image = matches!(info.data_type, DataType::Image);
        let frames = if is_image { Some(1) } else { info.number_of_frames };
        frames.ok_or_else(|| {
            AgentError::complaint(
                "The platform does not say how many frames the data unit has, so the agent cannot run on each.",
            )
        })
    }

    /// Runs the agent on a frame. Its transactions are kept until [`commit`](Self::commit).
    ///
    /// # Errors
    /// The agent failed. The run cannot be committed then.
    pub async fn run(&self, frame: u64) -> Result<Reply, AgentError> {
        let call = self.call.on_frame(self.payload.clone().on_frame(frame));
        self.agent.run(&call).await
    }

    /// Commits the transactions of all frames.
    ///
    /// # Errors
    /// See [`Transaction`](crate::transaction::Transaction): nothing was written, unless [`save_outcome`](Self::save_outcome) or
    /// [`AgentError::is_partial`] says otherwise.
    pub async fn commit(&self) -> Result<(), AgentError> {
        commit_task(&self.call).await
    }

    /// Runs the step that follows a commit, such as creating issues for the findings of all frames. Called once the row is saved.
    pub async fn follow_up(&self) {
        run_for_task(&self.call).await;
    }

    /// Releases the label row, so that other calls can work on it.
    pub fn release(&self) {
        self.call.row_transaction().close();
    }

    /// Looks up whether the last save took effect. `None` if no save was sent. Waits until a save that is still under way has ended.
    ///
    /// # Errors
    /// The row cannot be read.
    pub async fn save_outcome(&self) -> Result<Option<SaveOutcome>, AgentError> {
        let Some(lookup) = self.call.sent_save() else { return Ok(None) };
        self.call.committed().await;
        lookup(&self.call).await.map(Some)
    }
}

impl Drop for TaskRun {
    fn drop(&mut self) {
        self.release();
    }
}

impl fmt::Debug for TaskRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskRun").field("call", &self.call).finish_non_exhaustive()
    }
}
