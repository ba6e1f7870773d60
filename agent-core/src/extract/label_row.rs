//! The label row as a parameter.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use agent_platform::client::LabelRowMetadata;
use agent_platform::labels;

use crate::agent::call::EditorCall;
use crate::agent::call::FromCall;
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::fetch::{self, FetchedRow, Place};
use crate::platform::row_locks::RowGuard;
use crate::platform::save::{Basis, RowAccess, Save};
use crate::requirements::Needs;
use crate::transaction::{Lend, LendMut};

/// The label row of the data unit, to read and to change; everything of [`agent_platform::labels::LabelRow`] can be
/// called on it.
///
/// | parameter | what it is |
/// |---|---|
/// | `row: &mut LabelRow` | a transaction: saved exactly once, if the agent returns `Ok` and something was changed |
/// | `row: &LabelRow` | to read; shared with the other parameters of the call, not copied |
/// | `row: LabelRow` | to read, or to change and [`save`](Self::save) when the agent decides to |
///
/// It costs two requests one after the other (the listing, the labels), and beside them those of the ontology, which is
/// shared with other calls. Keys of `#[editor_agent]` say which row and what comes with it: see
/// [`LabelRowRequest`](crate::agent::LabelRowRequest).
///
/// Data without a label row gives a reader an empty row, which [`labels::LabelRow::is_on_platform`] tells from others; on
/// the platform nothing is created, unless such a row is saved. For `&mut LabelRow` the row is
/// created, as it is when an annotator opens the data.
///
/// # Saving
///
/// The platform replaces a label row as a whole. An uncontended save therefore takes three requests one after the other:
///
/// 1. **Check**: is the row still what the agent read? The time in the listing is enough if it shows fractions of a second,
///    and was 2 s old when the row was read. Otherwise, and always for rows taken by value, the row is read and its labels
///    are compared. If somebody else changed them, `on_conflict` on the attribute decides: see
///    [`OnConflict`](crate::agent::OnConflict).
/// 2. **Save**.
/// 3. **Read-back**, after a delay ([`SaveVerification`](crate::platform::SaveVerification)): are the edits still there? If the row is
///    what the agent read plus edits of somebody else, their save has replaced the row without seeing these edits, and the
///    edits are merged into it and saved again. In all other cases somebody has seen the edits and changed or removed them,
///    and the row stays as it is. The agent never runs again after an acknowledged save.
///
/// If the edits cannot be put back, the response is a 409 that says that the labels were replaced. If the row cannot be read
/// back, the platform's acknowledgement stands, and the response is a success; so it is if the deadline of the call comes
/// first, and then the verification goes on after the response. `/metrics` counts both.
///
/// Agents of one process take turns on a row: those with `&mut LabelRow` from the listing on, those that call
/// [`save`](Self::save) from the check on, each until the read-back. A reader does not wait.
///
/// # What the platform cannot reveal
///
/// The platform has no conditional save. If a label editor, a script or another program saves between the check and the save
/// of an agent, about one round trip, the agent's save replaces the labels of that save, and nothing shows that they were ever
/// there. Two processes with this runtime find that out by their read-backs, because each verifies its own edits, as long as
/// the delay exceeds the time between check and save of the other.
///
/// The remedy: let one replica serve a project, or route calls by `dataHash`, so that all agents' saves of a row come from one
/// process. Against label editors only a short gap helps: the runtime sends the save as soon as the check is answered.
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
/// /// Counts what is there.
/// #[editor_agent]
/// async fn count(frame: Frame, row: &LabelRow) -> String {
///     format!("{} objects on this frame.", row.frame(frame).objects().count())
/// }
/// ```
pub struct LabelRow {
    row: Arc<labels::LabelRow>,
    /// The call's own hold on the row, which is let go before the first change: then there is nothing to copy.
    shared: Option<Arc<FetchedRow>>,
    info: Arc<LabelRowMetadata>,
    call: EditorCall,
    basis: Basis,
    /// The turn to change the row, if it is lent to be changed.
    guard: Option<Arc<RowGuard>>,
}

impl LabelRow {
    /// What the listing of label rows says of the data unit.
    #[must_use]
    pub fn info(&self) -> &LabelRowMetadata {
        &self.info
    }

    /// Saves the row now, if it was changed since it was read or saved. For a row that is taken by value: the runtime saves
    /// one that is lent with `&mut`, though saving that in between does no harm.
    ///
    /// The row lock is taken here, not when the row is read, so that readers do not wait for each other. The content of the row
    /// is compared with what was read. Afterwards the row is as it was read back from the platform, with the labels that
    /// others have saved meanwhile.
    ///
    /// # Errors
    /// * 409 if somebody else has saved the row since it was read, and nothing is written; with `on_conflict = "merge"` only
    ///   if the same labels were changed. Also 409 if somebody else's save replaced the labels afterwards, and they cannot be
    ///   put back.
    /// * 500 if only a part of the row was read, as with the keys `only_objects`, `only_classifications` and `signed_urls`.
    /// * 502 or 504 if the response was lost, and the row does not show whether it was saved.
    /// * Whatever the platform refuses.
    pub async fn save(&mut self) -> Result<(), AgentError> {
        if !self.is_changed() {
            return Ok(());
        }
        let text = self.to_save().await?.run().await?.into_text();
        let ontology = Arc::clone(self.row.ontology());
        let read = fetch::offload(&self.call, text.len(), move || labels::LabelRow::parse(text, ontology)).await?;
        let mut row = read.map_err(AgentError::internal)?;
        if let Some(metadata) = self.row.metadata() {
            row = row.with_metadata(metadata.clone());
        }
        self.row = Arc::new(row);
        // Not the time in the listing: by now it may be that of somebody else's save.
        self.basis = Basis::Content;
        Ok(())
    }

    async fn to_save(&self) -> Result<Save, AgentError> {
        let place = Place::of(&self.call)?;
        let request = &self.call.definition().label_row;
        if let Some(key) = request.unsavable() {
            let agent = self.call.agent();
            let message = format!(
                "the label row was read with `{key}`, so saving it would lose labels: remove the key from `{agent}`"
            );
            return Err(AgentError::internal(message));
        }
        let guard = match &self.guard {
            Some(guard) => Arc::clone(guard),
            None => Arc::new(place.connection.rows.lock((place.project, place.data, request.branch)).await),
        };
        Ok(Save {
            call: self.call.clone(),
            access: RowAccess { platform: place.platform, project: place.project, request },
            info: Arc::clone(&self.info),
            row: Arc::clone(&self.row),
            basis: self.basis.clone(),
            connection: place.connection,
            guard,
        })
    }

    /// Returns the row of the call, as it was fetched.
    async fn of(call: &EditorCall) -> Result<Self, AgentError> {
        let fetched = fetch::fetched_row(call).await?;
        let (row, info) = (fetched.row()?, Arc::clone(&fetched.listed.info));
        let basis = if row.is_on_platform() { Basis::Content } else { Basis::Absent };
        Ok(Self { row, shared: Some(fetched), info, call: call.clone(), basis, guard: None })
    }
}

impl Deref for LabelRow {
    type Target = labels::LabelRow;

    fn deref(&self) -> &labels::LabelRow {
        &self.row
    }
}

impl DerefMut for LabelRow {
    fn deref_mut(&mut self) -> &mut labels::LabelRow {
        if let Some(shared) = self.shared.take() {
            shared.release();
        }
        Arc::make_mut(&mut self.row)
    }
}

impl fmt::Debug for LabelRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.row.fmt(f)
    }
}

impl FromCall for LabelRow {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Self::of(call).await
    }

    fn declare(needs: &mut Needs) {
        needs.service("label row", &PlatformService);
    }
}

impl Lend for LabelRow {
    async fn lend(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        Self::of(call).await.map(Arc::new)
    }

    fn declare(needs: &mut Needs) {
        needs.service("label row", &PlatformService);
    }
}

#[diagnostic::do_not_recommend]
impl LendMut for LabelRow {
    async fn check_out(call: &EditorCall) -> Result<Self, AgentError> {
        let mut row = Self::of(call).await?;
        let Some(listed) = row.shared.as_ref().map(|fetched| Arc::clone(&fetched.listed)) else { return Ok(row) };
        row.guard = listed.take_guard().map(Arc::new);
        if let Some(time) = &listed.distinct_time {
            row.basis = Basis::Edited(time.clone());
        }
        Ok(row)
    }

    async fn settle(self, _call: &EditorCall) -> Result<(), AgentError> {
        if self.is_changed() {
            self.to_save().await?.run().await?;
        }
        Ok(())
    }

    fn declare(needs: &mut Needs) {
        needs.service("label row (saved if changed)", &PlatformService);
        needs.saves_a_label_row();
    }
}
