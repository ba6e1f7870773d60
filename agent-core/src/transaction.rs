//! `&mut T` as a parameter: a transaction that is committed after the agent has succeeded.

use std::future::Future;
use std::pin::Pin;

use crate::call::{EditorCall, TaskFrames};
use crate::error::AgentError;
use crate::requirements::Requirements;
use crate::spans;

/// A parameter `&mut T`: a value that the agent changes as a transaction.
///
/// The runtime begins the transaction, lends it to the agent, and commits it exactly once if the agent returned `Ok` (or a
/// value without `Result`). If the agent fails, panics, times out or the caller goes away, the transaction is dropped without
/// being committed.
///
/// # Several transactions
///
/// An agent can have several `&mut` parameters. After the agent has succeeded, the runtime calls [`prepare`](Self::prepare) of
/// each, in the order of the parameters, and then [`commit`](Self::commit) of each, in the same order:
///
/// | failure | effect | agent runs again (`on_conflict = "retry"`) |
/// |---|---|---|
/// | `begin` | the agent does not run; nothing is written | no |
/// | `prepare` of any | nothing is written | yes, on a conflict of the label row |
/// | the first `commit` | the later transactions are not committed | yes, on a conflict of the label row |
/// | a later `commit` | **partial commit**: the earlier transactions stay committed | never |
///
/// There is no way to undo a commit. After a partial commit the message for the annotator says what was saved and what was
/// not, by the names that [`declare`](Self::declare) gives, and the log has an error with the same. Therefore everything that
/// can fail without a write belongs into `prepare`, and the transaction that fails most often belongs first.
///
/// A label row checks for conflicts in `prepare`. It checks again in `commit` if another transaction was prepared or committed
/// since, so that the time between its check and its save stays one round trip.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// /// A note that is sent when the agent has succeeded.
/// #[derive(Default)]
/// struct Note(String);
///
/// impl Transaction for Note {
///     async fn begin(_call: &EditorCall) -> agent_runtime::Result<Self> {
///         Ok(Note::default())
///     }
///
///     async fn prepare(&mut self, _call: &EditorCall) -> agent_runtime::Result<()> {
///         ensure!(self.0.len() <= 200, "The note is too long.");
///         Ok(())
///     }
///
///     async fn commit(self, call: &EditorCall) -> agent_runtime::Result<()> {
///         println!("{}: {}", call.agent(), self.0);
///         Ok(())
///     }
///
///     fn declare(requirements: &mut Requirements) {
///         requirements.item("note (sends)");
///     }
/// }
///
/// #[editor_agent]
/// async fn remember(frame: Frame, note: &mut Note) -> agent_runtime::Result<()> {
///     ensure!(frame.0 > 0, "The first frame needs no note.");
///     note.0.push_str("look at this again");
///     Ok(())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent to an editor agent with `&mut`",
    label = "cannot be lent to be changed",
    note = "only `&mut LabelRow` and types that implement `agent_runtime::Transaction` can be lent to be changed: take an extractor by value (`mut` before its name makes the copy mutable) or with `&`, and application state as `State<{Self}>`"
)]
pub trait Transaction: Sized + Send + Sync + 'static {
    /// Begins the transaction.
    ///
    /// # Errors
    /// The reason why it cannot begin. It becomes the response, and the agent does not run.
    fn begin(call: &EditorCall) -> impl Future<Output = Result<Self, AgentError>> + Send;

    /// Does everything that can fail without writing anything. Called after the agent has succeeded, before any transaction is
    /// committed; the last step of a dry run. Default: nothing.
    ///
    /// # Errors
    /// The reason why the changes cannot be committed. It becomes the response, and no transaction is committed.
    fn prepare(&mut self, _call: &EditorCall) -> impl Future<Output = Result<(), AgentError>> + Send {
        std::future::ready(Ok(()))
    }

    /// Writes the changes. Called after all transactions of the call were prepared.
    ///
    /// # Errors
    /// The reason why nothing was written. It becomes the response.
    fn commit(self, call: &EditorCall) -> impl Future<Output = Result<(), AgentError>> + Send;

    /// `true` if one commit writes the changes of all frames of a task of a workflow stage, as for a label row. Default: each frame
    /// has a commit of its own, after those of the frames before it.
    #[doc(hidden)]
    const COVERS_TASK: bool = false;

    /// Declares the requirements of the parameter, for the start-up table and the listing. The first item is the name of the
    /// transaction in error messages, without an addition in parentheses.
    fn declare(requirements: &mut Requirements);
}

type Step<'call> = Pin<Box<dyn Future<Output = Result<(), AgentError>> + Send + 'call>>;

/// A prepared transaction that waits for its commit.
#[doc(hidden)]
pub struct Prepared {
    name: fn() -> String,
    covers_task: bool,
    commit: Box<dyn for<'call> FnOnce(&'call EditorCall) -> Step<'call> + Send>,
}

impl Prepared {
    /// Wraps a prepared transaction.
    pub(crate) fn new<T: Transaction>(transaction: T) -> Self {
        let commit: Box<dyn for<'call> FnOnce(&'call EditorCall) -> Step<'call> + Send> =
            Box::new(|call| Box::pin(transaction.commit(call)));
        Self { name: transaction_name::<T>, covers_task: T::COVERS_TASK, commit }
    }
}

/// Keeps the transactions of a frame for the commit of its task. One that covers the task as a whole is kept once.
fn keep(frames: &TaskFrames, prepared: Vec<Prepared>) {
    frames.change_transactions(|all: &mut Vec<Prepared>| {
        for one in prepared {
            let is_same = |other: &Prepared| other.covers_task && (other.name)() == (one.name)();
            if !(one.covers_task && all.iter().any(is_same)) {
                all.push(one);
            }
        }
    });
}

/// Commits the transactions of all frames of a task.
pub(crate) async fn commit_task(call: &EditorCall) -> Result<(), AgentError> {
    let mut prepared = Vec::new();
    if let Some(frames) = call.task_frames() {
        frames.change_transactions(|all| prepared = std::mem::take(all));
    }
    commit_all(prepared, call).await
}

/// Commits transactions in order. The first failure ends it; after an earlier commit it is a partial commit. In a dry run
/// nothing is committed. The transactions of a frame of a task are kept for the commit of the task.
pub(crate) async fn commit_all(prepared: Vec<Prepared>, call: &EditorCall) -> Result<(), AgentError> {
    if call.is_frame_of_task()
        && let Some(frames) = call.task_frames()
    {
        keep(frames, prepared);
        return Ok(());
    }
    let mut prepared = prepared;
    if call.is_dry_run() {
        // The rows of a task are prepared in its commit, which notes the changes.
        let is_task = call.task_frames().is_some();
        prepared.retain(|one| one.covers_task && is_task);
    }
    let names: Vec<_> = prepared.iter().map(|prepared| prepared.name).collect();
    for (index, Prepared { name, commit, .. }) in prepared.into_iter().enumerate() {
        call.next_step();
        let Err(error) = spans::commit(call.timings(), name, commit(call)).await else { continue };
        return Err(if index == 0 { error } else { partial(&names, index, error, call) });
    }
    Ok(())
}

/// Describes and logs a partial commit: the transactions before `failed` were committed, the others were not.
fn partial(names: &[fn() -> String], failed: usize, error: AgentError, call: &EditorCall) -> AgentError {
    let list = |names: &[fn() -> String]| names.iter().map(|name| name()).collect::<Vec<_>>().join(", ");
    let (saved, unsaved) = (list(&names[..failed]), list(&names[failed..]));
    let (agent, trace, said, cause) = (call.agent(), call.trace().id().as_str(), error.message(), error.chain());
    tracing::error!(agent, trace, saved, unsaved, said, cause, "partial commit");
    error.after_partial_commit(&format!("The changes were saved in part. Saved: {saved}. Not saved: {unsaved}."))
}

/// Returns the name of a transaction: its first declared item without an addition in parentheses.
pub(crate) fn transaction_name<T: Transaction>() -> String {
    let mut requirements = Requirements::default();
    T::declare(&mut requirements);
    let first = requirements.items().first().map_or("changes", String::as_str);
    first.split(" (").next().unwrap_or(first).to_owned()
}
