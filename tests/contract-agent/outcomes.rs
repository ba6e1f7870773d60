//! Agents for each outcome, without the platform.

use agent_runtime::axum::extract::Query;
use agent_runtime::prelude::*;
use serde::{Deserialize, Serialize};

/// The payload, with the names of the Python package.
#[derive(Serialize)]
struct FrameData {
    project_hash: ProjectHash,
    data_hash: DataHash,
    frame: Option<u64>,
    object_hashes: Option<Vec<ObjectHash>>,
}

/// Returns the payload.
#[editor_agent]
async fn frame_data(payload: AgentPayload) -> Json<FrameData> {
    let AgentPayload { project_hash, data_hash, frame, object_hashes, .. } = payload;
    Json(FrameData { project_hash, data_hash, frame, object_hashes })
}

/// Query string of `/respond`.
#[derive(Deserialize)]
struct Wanted {
    message: Option<String>,
    decision: Option<String>,
}

impl FromCall for Wanted {
    async fn from_call(call: &EditorCall) -> Result<Self> {
        let query = Query::try_from_uri(call.uri());
        let Query(wanted) = query.or_complain("The query takes one `message` and one `decision`.")?;
        Ok(wanted)
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("query");
    }
}

/// Returns the message and the decision of the query string.
#[editor_agent]
async fn respond(_payload: AgentPayload, wanted: Wanted) -> Result<AgentResponse> {
    let decision = wanted.decision.map(AnyDecision::new).transpose()?;
    // A blank message counts as none.
    Ok(AgentResponse::message(wanted.message.unwrap_or_default()).decide_if(decision))
}

/// Returns nothing.
#[editor_agent]
async fn nothing(_payload: AgentPayload) {}

/// Reads no body, so that invalid requests succeed, too.
#[editor_agent]
async fn no_body() -> &'static str {
    "Hello, world!"
}

/// Fails with a message for the annotator.
#[editor_agent]
async fn agent_exception(_payload: AgentPayload) -> Result<()> {
    bail!("Only polygons, please. ✓")
}

/// Fails like a request that the platform forbids.
#[editor_agent]
async fn authorisation_error(_payload: AgentPayload) -> Result<()> {
    Err(AgentError::new(ErrorStatus::Forbidden, "You are not authorised to access this asset."))
}

/// Fails with a bug.
#[editor_agent]
async fn crash(_payload: AgentPayload) -> Result<()> {
    Err(AgentError::internal("boom"))
}
