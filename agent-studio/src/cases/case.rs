//! Cases: recorded calls with the project before, and what is expected of them.

use std::path::{Path, PathBuf};

use agent_platform::labels::LabelDifference;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::case_error::CaseError;
use super::case_name::CaseName;
use super::manifest::Manifest;
use super::project_snapshot::ProjectSnapshot;
use crate::models::ModelRecording;
use crate::project::{Project, ProjectSource};
use crate::raw_json::pretty;
use crate::regular_file;

/// The agent and the tolerances.
const MANIFEST: &str = "case.toml";
/// The payload of the call.
const PAYLOAD: &str = "payload.json";
/// The project and the data unit.
const PROJECT: &str = "project.json";
const ONTOLOGY: &str = "ontology.json";
/// The label row before the call. Missing if the data unit had none.
const ROW: &str = "row.json";
/// Responses of model servers. Missing if none were recorded.
const MODELS: &str = "models.json";
const RESPONSE: &str = "response.json";
/// The label difference.
const CHANGES: &str = "changes.json";

/// A case.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) manifest: Manifest,
    /// Request body.
    pub(crate) payload: String,
    pub(crate) project: ProjectSnapshot,
    ontology: String,
    row: Option<String>,
    pub(crate) models: Option<ModelRecording>,
    pub(crate) expected: Outcome,
}

/// The response of a call, and the changes of the labels.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) response: AgentResponse,
    pub(crate) changes: LabelDifference,
}

/// A response of an agent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentResponse {
    pub(crate) status: u16,
    /// The body as JSON; a string if it is not JSON.
    pub(crate) body: Box<RawValue>,
}

/// A call to be recorded.
#[derive(Debug)]
pub(crate) struct RecordedCall<'c> {
    /// Path of the agent.
    pub(crate) agent: &'c str,
    /// Request body.
    pub(crate) payload: &'c str,
    /// The label row before the call.
    pub(crate) row: Option<&'c str>,
    /// The exchanges with model servers.
    pub(crate) models: Option<&'c ModelRecording>,
    pub(crate) outcome: &'c Outcome,
}

impl AgentResponse {
    /// Creates a response from a body, which need not be JSON.
    pub(crate) fn new(status: u16, body: &str) -> Self {
        let json = serde_json::from_str::<Box<RawValue>>(body);
        let body = json.or_else(|_| serde_json::value::to_raw_value(body));
        // A string always serializes.
        Self { status, body: body.unwrap_or_default() }
    }

    /// Parses the body.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(self.body.get()).unwrap_or_default()
    }
}

/// Returns the folders of all cases in a folder, in alphabetical order. Hidden folders are skipped.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn find_cases(folder: &Path) -> Result<Vec<PathBuf>, CaseError> {
    let failed = |error| CaseError::read(folder, error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if !is_hidden && path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// A file is missing or invalid.
    pub(crate) fn read(folder: &Path) -> Result<Self, CaseError> {
        let folder = folder.to_owned();
        let text = |name: &str| {
            let path = folder.join(name);
            regular_file::read_text(&path).map_err(|error| CaseError::read(&path, error))
        };
        let manifest = Manifest::parse(&text(MANIFEST)?);
        let manifest = manifest.map_err(|problem| CaseError::content(&folder.join(MANIFEST), &problem))?;
        let row = folder.join(ROW).exists().then(|| text(ROW)).transpose()?;
        let models = folder.join(MODELS).exists().then(|| parse(&folder, MODELS, &text(MODELS)?)).transpose()?;
        let response = parse(&folder, RESPONSE, &text(RESPONSE)?)?;
        let changes = parse(&folder, CHANGES, &text(CHANGES)?)?;
        Ok(Self {
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            manifest,
            payload: text(PAYLOAD)?,
            project: parse(&folder, PROJECT, &text(PROJECT)?)?,
            ontology: text(ONTOLOGY)?,
            row,
            models,
            expected: Outcome { response, changes },
            folder,
        })
    }

    /// Records a call on a data unit of a project, in a new folder. Returns that folder.
    ///
    /// # Errors
    /// The folder exists, or a file cannot be written.
    pub(crate) fn record(
        cases: &Path,
        name: &CaseName,
        call: &RecordedCall<'_>,
        project: &Project,
        data_hash: &str,
    ) -> Result<PathBuf, CaseError> {
        let folder = cases.join(name.as_str());
        if folder.exists() {
            return Err(CaseError::Exists(folder));
        }
        // Renamed when it is complete, so that no test reads half a case.
        let partial = cases.join(format!(".{name}.partial"));
        let _ = std::fs::remove_dir_all(&partial);
        std::fs::create_dir_all(&partial).map_err(|error| CaseError::write(&partial, error))?;
        let recorded = write_files(&partial, call, project, data_hash);
        let renamed = recorded
            .and_then(|()| std::fs::rename(&partial, &folder).map_err(|error| CaseError::write(&folder, error)));
        if renamed.is_err() {
            let _ = std::fs::remove_dir_all(&partial);
        }
        renamed.map(|()| folder)
    }

    /// Replaces the expectations by another outcome.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(crate) fn accept(&self, outcome: &Outcome) -> Result<(), CaseError> {
        write_outcome(&self.folder, outcome)
    }

    /// Returns the project before the call.
    ///
    /// # Errors
    /// A media file is missing.
    pub(crate) fn source(&self) -> Result<ProjectSource, CaseError> {
        self.project.source(&self.folder, &self.ontology, self.row.as_deref())
    }

    /// Returns the label row before the call.
    pub(crate) fn row(&self) -> Option<&str> {
        self.row.as_deref()
    }
}

fn parse<T: for<'de> Deserialize<'de>>(folder: &Path, name: &str, text: &str) -> Result<T, CaseError> {
    serde_json::from_str(text).map_err(|error| CaseError::content(&folder.join(name), &error))
}

fn write_files(folder: &Path, call: &RecordedCall<'_>, project: &Project, data_hash: &str) -> Result<(), CaseError> {
    let snapshot = ProjectSnapshot::record(project, data_hash, folder)?;
    let snapshot = snapshot.ok_or_else(|| CaseError::content(folder, &"the project has no such data unit"))?;
    write(folder, MANIFEST, &Manifest::write(call.agent, &snapshot.data.title))?;
    write(folder, PAYLOAD, &pretty_payload(folder, call.payload)?)?;
    write(folder, PROJECT, &json(&snapshot))?;
    write(folder, ONTOLOGY, &pretty(&project.ontology_document()))?;
    if let Some(row) = call.row {
        write(folder, ROW, &pretty(row))?;
    }
    if let Some(models) = call.models {
        write(folder, MODELS, &json(models))?;
    }
    write_outcome(folder, call.outcome)
}

/// Formats the payload, which an agent may have been sent malformed.
fn pretty_payload(folder: &Path, payload: &str) -> Result<String, CaseError> {
    match serde_json::from_str::<&RawValue>(payload) {
        Ok(payload) => Ok(pretty(payload.get())),
        Err(error) => Err(CaseError::content(&folder.join(PAYLOAD), &error)),
    }
}

fn write_outcome(folder: &Path, outcome: &Outcome) -> Result<(), CaseError> {
    write(folder, RESPONSE, &json(&outcome.response))?;
    write(folder, CHANGES, &json(&outcome.changes))
}

/// Serializes a value of plain members, which cannot fail.
fn json(value: &impl Serialize) -> String {
    pretty(&serde_json::to_string(value).unwrap_or_default())
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), CaseError> {
    let path = folder.join(name);
    let text = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    std::fs::write(&path, text).map_err(|error| CaseError::write(&path, error))
}
