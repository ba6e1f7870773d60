//! The label row that another branch or another project has for the same data.

use std::any::type_name;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use agent_platform::client::LabelRowMetadata;
use agent_platform::hash::ProjectHash;
use agent_platform::labels::LabelRow;

use crate::call::{EditorCall, FromCall, OptionalFromCall};
use crate::error::{AgentError, ErrorStatus};
use crate::payload::AgentPayload;
use crate::platform::save::{PreparedSave, Save};
use crate::platform::{PlatformService, fetch};
use crate::requirements::{Requirements, short_name};
use crate::transaction::Transaction;

/// Maximum time for which the save of a twin waits for agents that work on the same row. The agents may wait for each other's row.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// The place of a twin: a branch of the project, or another project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TwinPlace {
    /// `None`: the project of the call.
    project: Option<ProjectHash>,
    /// `None`: `main`.
    branch: Option<&'static str>,
}

impl TwinPlace {
    /// Creates the place of another branch of the call's project.
    #[must_use]
    pub const fn branch(name: &'static str) -> Self {
        Self { project: None, branch: Some(name) }
    }

    /// Creates the place of the branch `main` of a project.
    #[must_use]
    pub fn project(project: impl Into<ProjectHash>) -> Self {
        Self { project: Some(project.into()), branch: None }
    }

    /// Sets the branch.
    #[must_use]
    pub const fn on_branch(self, name: &'static str) -> Self {
        Self { branch: Some(name), ..self }
    }
}

/// The source of a [`Twin`]: a type that names the branch or the project.
pub trait TwinSource: Send + Sync + 'static {
    /// Returns the place of the twin. The call has the state of the server, for a project that a deployment configures.
    ///
    /// # Errors
    /// The data unit has no twin. The error becomes the response.
    fn place(call: &EditorCall) -> Result<TwinPlace, AgentError>;

    /// Declares the requirements of [`place`](Self::place), such as state. Default: nothing.
    fn declare(_requirements: &mut Requirements) {}
}

/// The label row that another branch or another project has for the same data, with its entry in the listing.
///
/// | parameter | use |
/// |---|---|
/// | `twin: Twin<S>`, `twin: &Twin<S>` | to read |
/// | `twin: &mut Twin<S>` | a transaction: saved if it was changed, as `&mut LabelRow` is |
/// | `twin: Option<Twin<S>>` | `None` if the other project lacks the data |
///
/// The type `S` names the place, so that an agent can have several twins. The whole row is read; the keys of the attribute about the
/// label row do not apply. Data without labels there gives an empty row. If the agent also has `row: &mut LabelRow`, the rows are saved in
/// the order of the parameters: see [`Transaction`] for a second save that fails.
///
/// ```
/// use agent_runtime::prelude::*;
/// use agent_runtime::{Twin, TwinPlace, TwinSource};
///
/// /// The labels of the model.
/// struct Predictions;
///
/// impl TwinSource for Predictions {
///     fn place(_call: &EditorCall) -> Result<TwinPlace> {
///         Ok(TwinPlace::branch("model-2"))
///     }
/// }
///
/// /// Compares the labels with those of the model.
/// #[editor_agent]
/// async fn compare(frame: Frame, row: &LabelRow, predictions: Twin<Predictions>) -> String {
///     let (ours, theirs) = (row.frame(frame).objects().count(), predictions.row().frame(frame).objects().count());
///     format!("{ours} objects, the model found {theirs}.")
/// }
/// ```
pub struct Twin<S> {
    row: LabelRow,
    info: Arc<LabelRowMetadata>,
    /// The call for the row of the twin.
    call: EditorCall,
    prepared: Option<PreparedSave>,
    source: PhantomData<fn() -> S>,
}

impl<S> Twin<S> {
    /// Returns the label row.
    #[must_use]
    pub fn row(&self) -> &LabelRow {
        &self.row
    }

    /// Returns the label row, to change it. It is saved if the parameter is `&mut Twin<S>`.
    pub fn row_mut(&mut self) -> &mut LabelRow {
        &mut self.row
    }

    /// Returns the entry in the listing of label rows, with the task and its stage.
    #[must_use]
    pub fn info(&self) -> &LabelRowMetadata {
        &self.info
    }
}

/// The calls for the twins of a call, by place: parameters and frames of a task with the same place share the row.
#[derive(Default)]
struct TwinCalls(Mutex<HashMap<TwinPlace, EditorCall>>);

/// Returns the call for the row at a place.
fn twin_call(call: &EditorCall, place: TwinPlace) -> Result<EditorCall, AgentError> {
    let payload = call.payload()?;
    let project = place.project.unwrap_or(payload.project_hash);
    if project == payload.project_hash && name(place.branch) == name(call.label_row_request().branch) {
        let message = format!("the twin of `{}` is the label row of the call itself: name another place", call.agent());
        return Err(AgentError::internal(message));
    }
    let calls = call.of_task().shared::<TwinCalls>();
    let mut calls = calls.0.lock().unwrap_or_else(PoisonError::into_inner);
    let create = || {
        let mut payload = AgentPayload::clone(&payload);
        payload.project_hash = project;
        call.for_twin(payload, place.branch)
    };
    Ok(calls.entry(place).or_insert_with(create).clone())
}

fn name(branch: Option<&'static str>) -> &'static str {
    branch.unwrap_or("main")
}

async fn with_row<S: TwinSource>(
    call: &EditorCall,
    row: impl AsyncFnOnce(&EditorCall) -> Result<LabelRow, AgentError>,
) -> Result<Twin<S>, AgentError> {
    let call = twin_call(call, S::place(call)?)?;
    let row = row(&call).await?;
    let info = Arc::clone(&fetch::listed(&call).await?.info);
    Ok(Twin { row, info, call, prepared: None, source: PhantomData })
}

impl<S: TwinSource> FromCall for Twin<S> {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        with_row(call, async |twin| LabelRow::from_call(twin).await).await
    }

    fn declare(requirements: &mut Requirements) {
        requirements.service(item::<S>(), &PlatformService);
        requirements.data_unit();
        S::declare(requirements);
    }
}

impl<S: TwinSource> OptionalFromCall for Twin<S> {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        AgentError::or_absent(Self::from_call(call).await)
    }
}

impl<S: TwinSource> Twin<S> {
    /// Begins the save of the row. Does not wait long for the row lock: two agents may wait for the row of each other.
    async fn save(&self, row: &LabelRow) -> Result<Save, AgentError> {
        tokio::time::timeout(LOCK_TIMEOUT, Save::new(&self.call, row)).await.unwrap_or_else(|_| Err(busy()))
    }

    /// Prepares the save. A dry run notes the changes.
    async fn prepare_save(&self, row: &LabelRow) -> Result<Option<PreparedSave>, AgentError> {
        let save = self.save(row).await?;
        match self.call.dry_run() {
            Some(dry_run) => {
                dry_run.record(save.difference().await?);
                Ok(None)
            }
            None => save.prepare().await.map(Some),
        }
    }
}

/// Saves the row if it was changed. The frames of a task share the row, as for `&mut LabelRow`.
#[diagnostic::do_not_recommend]
impl<S: TwinSource> Transaction for Twin<S> {
    const COVERS_TASK: bool = true;

    async fn begin(call: &EditorCall) -> Result<Self, AgentError> {
        with_row(call, async |twin| <LabelRow as Transaction>::begin(twin).await).await
    }

    async fn prepare(&mut self, _call: &EditorCall) -> Result<(), AgentError> {
        if let Some(frames) = self.call.task_frames() {
            frames.put_row(self.row.clone());
        } else if self.row.is_changed() {
            self.prepared = self.prepare_save(&self.row).await?;
        }
        Ok(())
    }

    async fn commit(mut self, _call: &EditorCall) -> Result<(), AgentError> {
        if let Some(frames) = self.call.task_frames()
            && let Some(row) = frames.take_row::<LabelRow>().filter(LabelRow::is_changed)
        {
            self.prepared = self.prepare_save(&row).await?;
        }
        match self.prepared {
            Some(prepared) => prepared.commit().await.map(drop),
            None => Ok(()),
        }
    }

    fn declare(requirements: &mut Requirements) {
        requirements.service(format!("{} (saved if changed)", item::<S>()), &PlatformService);
        requirements.data_unit();
        S::declare(requirements);
    }
}

/// Returns the name of the twin in errors and in the listing.
fn item<S>() -> String {
    format!("twin label row {}", short_name(type_name::<S>()))
}

fn busy() -> AgentError {
    AgentError::new(ErrorStatus::Conflict, "Another agent is working on the labels of the twin. Please try again.")
}

impl<S> fmt::Debug for Twin<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twin").field("row", &self.row).finish_non_exhaustive()
    }
}
