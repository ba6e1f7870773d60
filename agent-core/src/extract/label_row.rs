//! The label row as a parameter.

use agent_platform::labels::LabelRow;
use tokio::sync::Mutex;

use crate::call::{EditorCall, FromCall, OptionalFromCall, TaskFrames};
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::fetch;
use crate::platform::fetched_row::fetched_row;
use crate::platform::save::{PreparedSave, Save};
use crate::requirements::Requirements;
use crate::spans;
use crate::transaction::{Transaction, transaction_name};

/// The label row of the data unit.
///
/// | parameter | use |
/// |---|---|
/// | `row: &mut LabelRow` | a transaction: saved exactly once, if the agent returns `Ok` and something was changed |
/// | `row: &LabelRow` | to read |
/// | `row: LabelRow` | to read, or to change and save with [`EditorCall::save`] when the agent decides to |
/// | `row: Option<LabelRow>` | `None` if the project lacks the data unit |
///
/// It takes two requests one after the other (the listing, the labels), and concurrently those of the ontology, which is shared
/// with other calls. Keys of `#[editor_agent]` select the row and what is read with it: see
/// [`LabelRowRequest`](crate::definition::LabelRowRequest).
///
/// The parameters of a call share the row that was fetched. A row is a cheap handle: cloning copies no labels, and the first edit
/// of a clone copies the index, not the text. Another extractor of the call still sees the row as it was fetched.
///
/// Data without a label row gives a reader an empty row, for which [`LabelRow::is_on_platform`] is `false`; on the platform
/// nothing is created, unless such a row is saved. For `&mut LabelRow` the row is created first, as it is when an annotator
/// opens the data.
impl FromCall for LabelRow {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        fetched_row(call).await.map(|fetched| fetched.row.clone())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.service("label row", &PlatformService);
        requirements.data_unit();
    }
}

impl OptionalFromCall for LabelRow {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        AgentError::or_absent(Self::from_call(call).await)
    }
}

/// Saves the row if it was changed: see [`EditorCall::save`]. Agents take turns on the row from the listing to the read-back.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// /// Adds a car.
/// #[editor_agent]
/// async fn add_car(frame: Frame, row: &mut LabelRow) -> Result<String> {
///     let car = row.add("Car").bounding_box(0.25, 0.25, 0.5, 0.5).confidence(0.8).on(frame)?.hash().to_owned();
///     Ok(format!("Added {car}."))
/// }
///
/// /// Counts the objects on the frame.
/// #[editor_agent]
/// async fn count(frame: Frame, row: &LabelRow) -> String {
///     format!("{} objects on this frame.", row.frame(frame).objects().count())
/// }
/// ```
#[diagnostic::do_not_recommend]
impl Transaction for LabelRow {
    const COVERS_TASK: bool = true;

    async fn begin(call: &EditorCall) -> Result<Self, AgentError> {
        // The row is taken, not cloned: the edits of a frame do not copy the index again.
        match call.task_frames().and_then(TaskFrames::take_row) {
            Some(row) => Ok(row),
            None => Self::from_call(call).await,
        }
    }

    async fn prepare(&mut self, call: &EditorCall) -> Result<(), AgentError> {
        if let Some(frames) = call.task_frames() {
            frames.put_row(self.clone());
            return Ok(());
        }
        if !self.is_changed() {
            return Ok(());
        }
        let save = Save::new(call, self).await?;
        match call.dry_run() {
            Some(dry_run) => dry_run.record(save.difference().await?),
            None => call.row_transaction().keep(save.prepare().await?),
        }
        Ok(())
    }

    async fn commit(self, call: &EditorCall) -> Result<(), AgentError> {
        if let Some(frames) = call.task_frames() {
            return match frames.take_row::<Self>().filter(Self::is_changed) {
                Some(row) => {
                    let save = Save::new(call, &row).await?;
                    match call.dry_run() {
                        Some(dry_run) => dry_run.record(save.difference().await?),
                        None => save.prepare().await?.commit().await.map(drop)?,
                    }
                    Ok(())
                }
                None => Ok(()),
            };
        }
        let prepared = match call.row_transaction().take::<PreparedSave>() {
            Some(prepared) => prepared,
            None if self.is_changed() => Save::new(call, &self).await?.prepare().await?,
            None => return Ok(()),
        };
        prepared.commit().await.map(drop)
    }

    fn declare(requirements: &mut Requirements) {
        requirements.service("label row (saved if changed)", &PlatformService);
        requirements.data_unit();
        requirements.label_row_save();
    }
}

/// Held by an explicit save, so that those of one call do not interleave.
#[derive(Default)]
struct ExplicitSave(Mutex<()>);

impl EditorCall {
    /// Saves the label row now, if it was changed since it was read or saved. For a row that is taken by value: the runtime
    /// itself commits a row that is lent with `&mut`. Such a row can be saved in between, too.
    ///
    /// Afterwards the row is as it was read back from the platform, with the labels that others have saved meanwhile. A
    /// [dry run](Self::is_dry_run) notes the changes for the response instead of saving them.
    ///
    /// ```
    /// use agent_runtime::prelude::*;
    ///
    /// /// Adds a car, and says so once it is saved.
    /// #[editor_agent]
    /// async fn add_car(call: EditorCall, frame: Frame, mut row: LabelRow) -> Result<String> {
    ///     row.add("Car").bounding_box(0.25, 0.25, 0.5, 0.5).on(frame)?;
    ///     call.save(&mut row).await?;
    ///     Ok("A car was saved.".to_owned())
    /// }
    /// ```
    ///
    /// # Requests
    ///
    /// The platform replaces a label row as a whole. An uncontended save therefore takes three requests one after the other:
    ///
    /// 1. **Check**: is the row still what the agent read? For `&mut LabelRow` the time in the listing is enough if it shows
    ///    fractions of a second, and was 2 s old when the row was read. Otherwise, and always for rows taken by value, the row is
    ///    read and its labels are compared. If somebody else changed them, `on_conflict` on the attribute decides: see
    ///    [`OnConflict`](crate::definition::OnConflict).
    /// 2. **Save**.
    /// 3. **Read-back**, after a delay ([`SaveVerification`](crate::platform::SaveVerification)): are the edits still there? If
    ///    the row is what the agent read plus edits of somebody else, their save has replaced the row without seeing these edits,
    ///    and the edits are merged into it and saved again. In all other cases somebody has seen the edits and changed or removed
    ///    them, and the row stays as it is. The agent never runs again after an acknowledged save.
    ///
    /// If the edits cannot be put back, the response is a 409 that says that the labels were replaced. If the row cannot be read
    /// back, the platform's acknowledgement stands, and the response is a success. So it is if the deadline of the call comes
    /// first; then the verification goes on after the response. `/metrics` counts both.
    ///
    /// Agents of one process take turns on a row: those with `&mut LabelRow` from the listing on, explicit saves from the check
    /// on, each until the read-back. A reader does not wait.
    ///
    /// # What the platform cannot reveal
    ///
    /// The platform has no conditional save. If a label editor, a script or another program saves between the check and the save
    /// of an agent, about one round trip, the agent's save replaces the labels of that save, and nothing shows that they were
    /// ever there. Two processes with this runtime find that out by their read-backs, because each verifies its own edits, as
    /// long as the delay exceeds the time between check and save of the other.
    ///
    /// The remedy: let one replica serve a project, or route calls by `dataHash`, so that all agents' saves of a row come from
    /// one process. Against label editors only a short gap helps: the runtime sends the save as soon as the check is answered.
    ///
    /// # Errors
    /// * 409 if somebody else has saved the row since it was read, and nothing is written; with `on_conflict = "merge"` only
    ///   if the same labels were changed. Also 409 if somebody else's save replaced the labels afterwards, and they cannot be
    ///   put back.
    /// * 500 if only a part of the row was read, as with the keys `only_objects`, `only_classifications` and `signed_urls`, or if
    ///   the row is that of another data unit.
    /// * 502 or 504 if the response was lost, and the row does not show whether it was saved.
    /// * Every refusal of the platform.
    pub async fn save(&self, row: &mut LabelRow) -> Result<(), AgentError> {
        if !row.is_changed() {
            return Ok(());
        }
        let turn = self.shared::<ExplicitSave>();
        let _turn = turn.0.lock().await;
        let save = Save::new(self, row).await?;
        let text = match self.dry_run() {
            Some(dry_run) => {
                dry_run.record(save.difference().await?);
                row.to_json().into()
            }
            None => {
                let name = transaction_name::<LabelRow>;
                let prepared = spans::preparation(self.timings(), name, Box::pin(save.prepare())).await?;
                spans::commit(self.timings(), name, Box::pin(prepared.commit())).await?.into_text()
            }
        };
        let ontology = row.ontology().clone();
        let read = fetch::offload(self, text.len(), move || LabelRow::parse(text, ontology)).await?;
        let mut read = read.map_err(AgentError::internal)?;
        if let Some(metadata) = row.metadata() {
            read = read.with_metadata(metadata.clone());
        }
        *row = read;
        self.row_transaction().forget_time();
        Ok(())
    }
}
