//! The label row as a parameter.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use agent_platform::client::LabelRowMetadata;
use agent_platform::labels;

use super::fetch::{self, FetchedRow, Place};
use super::row_locks::RowGuard;
use super::save::{Basis, Save};
use crate::call::EditorCall;
use crate::error::AgentError;
use crate::extract::FromCall;
use crate::lend::{Lend, LendMut};
use crate::needs::Needs;

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
/// [`LabelRowRequest`](crate::LabelRowRequest).
///
/// Data without a label row gives a reader an empty row, which [`labels::LabelRow::is_on_platform`] tells from others; on
/// the platform nothing is created, unless such a row is saved. For `&mut LabelRow` the row is
/// created, as it is when an annotator opens the data.
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

    /// Saves the row now, if something was changed since it was read or saved. For a row that is taken by value: one that
    /// is lent with `&mut` is saved by the runtime, though saving it in between does no harm.
    ///
    /// # Errors
    /// 409 if somebody else has saved the row meanwhile: nothing is written. 500 if only a part of the row was read, as the
    /// keys `only_objects`, `only_classifications` and `signed_urls` do. What the platform says against the row. After an
    /// answer that was lost the row is read, to find out whether it was saved.
    pub async fn save(&mut self) -> Result<(), AgentError> {
        if !self.is_changed() {
            return Ok(());
        }
        let save = self.to_save().await?;
        let saved = save.run().await?;
        // What is changed after this is changed in what the platform has now.
        self.basis = save.basis_after(&saved).await?;
        let (text, ontology) = (Box::<str>::from(saved.text), Arc::clone(self.row.ontology()));
        let read = fetch::apart(text.len(), move || labels::LabelRow::parse(text, ontology)).await?;
        let mut row = read.map_err(AgentError::internal)?;
        if let Some(metadata) = self.row.metadata() {
            row = row.with_metadata(metadata.clone());
        }
        self.row = Arc::new(row);
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
            platform: place.platform,
            project: place.project,
            request,
            info: Arc::clone(&self.info),
            row: Arc::clone(&self.row),
            basis: self.basis.clone(),
            guard,
        })
    }

    /// The row of the call, as it was fetched.
    async fn of(call: &EditorCall) -> Result<Self, AgentError> {
        let fetched = fetch::fetched_row(call).await?;
        let (row, info) = (fetched.row()?, Arc::clone(&fetched.listed.info));
        let basis = match &info.label_hash {
            Some(_) => Basis::Edited(info.last_edited_at.clone()),
            None if row.is_on_platform() => Basis::Created,
            None => Basis::Absent,
        };
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
        needs.platform("label row");
    }
}

impl Lend for LabelRow {
    async fn lend(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        Self::of(call).await.map(Arc::new)
    }

    fn declare(needs: &mut Needs) {
        needs.platform("label row");
    }
}

#[diagnostic::do_not_recommend]
impl LendMut for LabelRow {
    async fn check_out(call: &EditorCall) -> Result<Self, AgentError> {
        let mut row = Self::of(call).await?;
        let guard = row.shared.as_ref().and_then(|fetched| fetched.listed.take_guard());
        row.guard = guard.map(Arc::new);
        Ok(row)
    }

    async fn settle(self, _call: &EditorCall) -> Result<(), AgentError> {
        if self.is_changed() {
            self.to_save().await?.run().await?;
        }
        Ok(())
    }

    fn declare(needs: &mut Needs) {
        needs.platform("label row (saved if changed)");
        needs.saves_a_label_row();
    }
}
