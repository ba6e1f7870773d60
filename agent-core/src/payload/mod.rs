//! The payload of a call: the frame of the data unit of the project, the selection, and further members.

mod extra;
mod field;
mod json;

use agent_platform::hash::{DataHash, ObjectHash, ProjectHash};
use http::{HeaderMap, header};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::error::{AgentError, ErrorStatus, FieldError};
use extra::Further;
use json::{Fields, nesting_is_within};

/// Maximum nesting of a body. Payloads of the label editor have two levels.
pub const DEEPEST: usize = 64;

/// The whole request of a label editor (contract: `docs/contract/agent-protocol.md#request`).
///
/// On the wire it is JSON: `{"projectHash": UUID, "dataHash": UUID, "frame"?: integer >= 0, "objectHashes"?: [string]}`.
/// Absent and `null` are the same for `frame` and `objectHashes`. UUIDs may come without dashes, in upper case, in
/// braces or as `urn:uuid:`. A frame may also come as `1.0`, `true`, `"3"`, `" 3 "` or `"1_000"`, as other editor agents
/// take it. Of a repeated member the last counts. Members with other names are kept: [`extra`](Self::extra).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPayload {
    /// The project the annotator works in.
    pub project_hash: ProjectHash,
    /// The data unit in front of the annotator.
    pub data_hash: DataHash,
    /// The frame in front of the annotator, from 0. Always 0 for a single image.
    pub frame: Option<u64>,
    /// The selected objects. `None` if the editor said nothing of a selection, empty if it said that nothing is selected.
    pub object_hashes: Option<Vec<ObjectHash>>,
    further: Further,
}

/// As an editor sends it, with the members that this version does not know.
impl Serialize for AgentPayload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("projectHash", &self.project_hash)?;
        map.serialize_entry("dataHash", &self.data_hash)?;
        if let Some(frame) = &self.frame {
            map.serialize_entry("frame", frame)?;
        }
        if let Some(hashes) = &self.object_hashes {
            map.serialize_entry("objectHashes", hashes)?;
        }
        for (name, value) in agent_platform::lenient_json::members(self.extra().get()) {
            map.serialize_entry(&name, value)?;
        }
        map.end()
    }
}

impl AgentPayload {
    /// A payload for a test or a client: a data unit, with neither frame nor selection.
    #[must_use]
    pub fn new(project: impl Into<ProjectHash>, data: impl Into<DataHash>) -> Self {
        let (project_hash, data_hash) = (project.into(), data.into());
        Self { project_hash, data_hash, frame: None, object_hashes: None, further: Further::default() }
    }

    /// Sets the frame, from 0.
    #[must_use]
    pub fn on_frame(mut self, frame: u64) -> Self {
        self.frame = Some(frame);
        self
    }

    /// Sets the selected objects, by hash.
    #[must_use]
    pub fn with_objects<H: Into<ObjectHash>>(mut self, hashes: impl IntoIterator<Item = H>) -> Self {
        self.object_hashes = Some(hashes.into_iter().map(Into::into).collect());
        self
    }

    /// Reads a request.
    ///
    /// # Errors
    /// 415 unless it is sent as JSON; 400 if it is not JSON, not UTF-8 or nested too deep; 422 with one entry per
    /// wrong field.
    pub fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, AgentError> {
        if body.is_empty() {
            return Err(bad_json(
                "The request has no body. An editor sends {\"projectHash\", \"dataHash\", \"frame\", \"objectHashes\"}.",
            ));
        }
        if !is_json(headers) {
            return Err(not_json());
        }
        // A byte order mark is no part of the text.
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let text =
            std::str::from_utf8(body).map_err(|cause| bad_json("The body is not UTF-8 text.").with_cause(cause))?;
        if !nesting_is_within(text, DEEPEST) {
            return Err(bad_json("The body is nested too deep."));
        }
        Self::from_fields(&Fields::read(text)?)
    }

    fn from_fields(fields: &Fields<'_>) -> Result<Self, AgentError> {
        let mut wrong = Vec::new();
        let mut note = |field: &str, problem: field::Problem| {
            wrong.push(FieldError { field: format!("{field}{}", problem.at), message: problem.message });
        };
        let project_hash =
            field::uuid(fields.project_hash).map(ProjectHash).map_err(|problem| note("projectHash", problem)).ok();
        let data_hash = field::uuid(fields.data_hash).map(DataHash).map_err(|problem| note("dataHash", problem)).ok();
        let frame = field::frame(fields.frame).map_err(|problem| note("frame", problem)).ok();
        let object_hashes = field::object_hashes(fields.object_hashes)
            .map_err(|problems| problems.into_iter().for_each(|problem| note("objectHashes", problem)))
            .ok();
        match (project_hash, data_hash, frame, object_hashes) {
            (Some(project_hash), Some(data_hash), Some(frame), Some(object_hashes)) => {
                let further = Further::from_members(&fields.further);
                Ok(Self { project_hash, data_hash, frame, object_hashes, further })
            }
            _ => Err(wrong_fields(wrong)),
        }
    }
}

fn bad_json(message: &'static str) -> AgentError {
    AgentError::new(ErrorStatus::BadRequest, message)
}

fn wrong_fields(wrong: Vec<FieldError>) -> AgentError {
    let said: Vec<_> = wrong.iter().map(|error| format!("`{}` {}", error.field, error.message)).collect();
    let message = format!("The request is not what an editor sends: {}.", said.join("; "));
    AgentError::new(ErrorStatus::UnprocessableEntity, message).with_fields(wrong)
}

/// The request is sent as something else.
pub fn not_json() -> AgentError {
    let message = "The request must be sent with `Content-Type: application/json`.";
    AgentError::new(ErrorStatus::UnsupportedMediaType, message)
}

/// `application/json` or `application/...+json`, whatever the parameters.
pub fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    let suffix = subtype.len().checked_sub("+json".len()).and_then(|start| subtype.get(start..));
    kind.eq_ignore_ascii_case("application")
        && (subtype.eq_ignore_ascii_case("json") || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json")))
}
