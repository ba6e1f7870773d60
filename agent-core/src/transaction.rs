//! What the runtime lends to an agent for the length of a call: `&T`, and `&mut T` as a transaction.

use std::future::Future;
use std::sync::Arc;

use http::HeaderMap;

use crate::agent::call::EditorCall;
use crate::error::AgentError;
use crate::payload::AgentPayload;
use crate::requirements::Needs;

/// What a parameter `&T` can be: something the call has or fetches once and shares, with no copy for the agent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent to an editor agent with `&`",
    label = "cannot be lent",
    note = "take `{Self}` by value if it is an extractor; `&LabelRow`, `&Ontology`, `&Project`, `&LabelRowInfo`, `&StorageItem`, `&AgentPayload`, `&HeaderMap` and types that implement `agent_runtime::Lend` can be lent"
)]
pub trait Lend: Sized + Send + Sync + 'static {
    /// Gets the shared value.
    ///
    /// # Errors
    /// Whatever keeps the agent from having it; the annotator is answered with it, and the agent does not run.
    fn lend(call: &EditorCall) -> impl Future<Output = Result<Arc<Self>, AgentError>> + Send;

    /// Says what this takes, for the start-up table and the listing.
    fn declare(needs: &mut Needs);
}

/// What a parameter `&mut T` can be: something the agent changes as a transaction.
///
/// The runtime checks it out, lends it to the agent, and settles it exactly once if the agent returned `Ok` (or an
/// answer without `Result`). If the agent fails, panics, runs out of time or the caller goes away, it is dropped without
/// being settled. With several `&mut` parameters, each is settled in order; the first failure answers the call, and
/// those after it are not settled.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// /// A note that is sent when the agent is done with it.
/// #[derive(Default)]
/// struct Note(String);
///
/// impl LendMut for Note {
///     async fn check_out(_call: &EditorCall) -> agent_runtime::Result<Self> {
///         Ok(Note::default())
///     }
///
///     async fn settle(self, call: &EditorCall) -> agent_runtime::Result<()> {
///         // Only when the agent returned `Ok`.
///         println!("{}: {}", call.agent(), self.0);
///         Ok(())
///     }
///
///     fn declare(needs: &mut Needs) {
///         needs.item("note (sends)");
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
    note = "only `&mut agent_runtime::LabelRow` and types that implement `agent_runtime::LendMut` can be lent to be changed; take `{Self}` by value or with `&`"
)]
pub trait LendMut: Sized + Send + Sync + 'static {
    /// Gets the value to be changed.
    ///
    /// # Errors
    /// Whatever keeps the agent from having it; the annotator is answered with it, and the agent does not run.
    fn check_out(call: &EditorCall) -> impl Future<Output = Result<Self, AgentError>> + Send;

    /// Keeps the changes: called once, after the agent succeeded.
    ///
    /// # Errors
    /// Whatever keeps the changes from being kept; the annotator is answered with it instead of the agent's answer.
    fn settle(self, call: &EditorCall) -> impl Future<Output = Result<(), AgentError>> + Send;

    /// Says what this takes, for the start-up table and the listing.
    fn declare(needs: &mut Needs);
}

impl Lend for AgentPayload {
    async fn lend(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        call.payload()
    }

    fn declare(needs: &mut Needs) {
        needs.item("payload");
    }
}

impl Lend for HeaderMap {
    async fn lend(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        Ok(Arc::new(call.headers().clone()))
    }

    fn declare(needs: &mut Needs) {
        needs.item("headers");
    }
}
