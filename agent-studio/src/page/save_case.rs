//! *Save as test*: writes a call of the page's log as a case.

use agent_platform::labels::LabelDifference;
use std::sync::Arc;

use axum::http::StatusCode;
use serde::Deserialize;

use super::Editor;
use super::data_unit::RowLocation;
use super::problem::Problem;
use crate::cases::{AgentResponse, Case, CaseError, CaseName, Outcome, RecordedCall};
use crate::models::{ModelRecording, Position};
use crate::project::MAIN;

/// A request to save a call.
#[derive(Debug, Deserialize)]
pub(super) struct CallToSave {
    /// Name of the case.
    name: String,
    #[serde(flatten)]
    location: RowLocation,
    /// Path of the agent.
    agent: String,
    /// Body of the request.
    payload: String,
    status: u16,
    /// Body of the response.
    body: String,
    /// Versions of the label row before and after the call; `None` if there was none.
    before: Option<String>,
    after: Option<String>,
    /// Positions of the recorders of model servers before and after the call.
    #[serde(default)]
    models: Option<Exchanges>,
}

/// The exchanges with model servers that belong to a call.
#[derive(Debug, Deserialize)]
struct Exchanges {
    before: Position,
    after: Position,
}

impl Editor {
    /// Writes the case, and returns its folder as JSON.
    ///
    /// # Errors
    /// The studio has no folder for cases, the name is invalid or taken, or the label rows are no longer in the history.
    pub(super) fn save_case(&self, call: &CallToSave) -> Result<String, Problem> {
        let cases = self.cases.as_deref().ok_or_else(|| {
            Problem::not_found(
                "The studio has no folder for tests: start it with `--cases DIR`, such as `--cases cases`.",
            )
        })?;
        let name = CaseName::parse(&call.name).map_err(|error| Problem::bad_request(format!("{error}.")))?;
        if call.location.branch != MAIN {
            return Err(Problem::bad_request("Only calls on the branch `main` can be saved."));
        }
        if !call.agent.starts_with('/') {
            return Err(Problem::bad_request("The agent's path must start with `/`."));
        }
        let project = self.project(call.location.project)?;
        let row = |version: &Option<String>| self.row_of_version(&call.location, version.as_deref());
        let (before, after) = (row(&call.before)?, row(&call.after)?);
        let changes = LabelDifference::from_documents(before.as_deref(), after.as_deref(), &project.ontology)?;
        let outcome = Outcome { response: AgentResponse::new(call.status, &call.body), changes };
        let models = self.exchanges(call)?;
        let count = models.as_ref().map_or(0, |models| models.exchanges.len());
        let recorded = RecordedCall {
            agent: &call.agent,
            payload: &call.payload,
            row: before.as_deref(),
            models: models.as_ref(),
            outcome: &outcome,
        };
        let folder =
            Case::record(cases, &name, &recorded, project, &call.location.data).map_err(|error| problem(&error))?;
        Ok(serde_json::json!({ "folder": folder.display().to_string(), "models": count }).to_string())
    }

    /// Returns the exchanges with model servers during a call. `None` without any.
    fn exchanges(&self, call: &CallToSave) -> Result<Option<ModelRecording>, Problem> {
        let Some(Exchanges { before, after }) = &call.models else { return Ok(None) };
        let recording = self.models.between(before, after).ok_or_else(|| {
            Problem::bad_request(
                "The responses of the model servers are no longer kept. Call the agent again, then save the call.",
            )
        })?;
        Ok(Some(recording).filter(|recording| !recording.exchanges.is_empty()))
    }

    /// Returns the document of a version of a row.
    fn row_of_version(&self, location: &RowLocation, version: Option<&str>) -> Result<Option<Arc<str>>, Problem> {
        let Some(version) = version else { return Ok(None) };
        let stored = self.stored_row(location)?;
        let text = stored.and_then(|(label_hash, _)| self.history.text(&label_hash, version));
        let expired = || {
            Problem::bad_request("These labels are no longer in the history. Call the agent again, then save the call.")
        };
        text.map(Some).ok_or_else(expired)
    }
}

fn problem(error: &CaseError) -> Problem {
    let status = match error {
        CaseError::Exists(_) => StatusCode::CONFLICT,
        CaseError::Content { .. } => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    Problem::new(status, format!("{first}{}.", letters.as_str()))
}
