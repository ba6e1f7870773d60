//! Every kind of outcome, without the platform.

use agent_runtime::axum::extract::Query;
use agent_runtime::prelude::*;
use agent_runtime::uuid::Uuid;
use serde::{Deserialize, Serialize};

/// What the editor sent, in the names of the Python package.
#[derive(Serialize)]
struct FrameData {
    project_hash: Uuid,
    data_hash: Uuid,
    frame: Option<u64>,
    object_hashes: Option<Vec<String>>,
}

/// Answers with what the editor sent.
#[editor_agent]
async fn frame_data(payload: AgentPayload) -> Json<FrameData> {
    let AgentPayload { project_hash, data_hash, frame, object_hashes, .. } = payload;
    Json(FrameData { project_hash, data_hash, frame, object_hashes })
}

/// What the query string asks `/respond` to say.
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

/// Answers with the message and the decision of the query string.
#[editor_agent]
async fn respond(_payload: AgentPayload, wanted: Wanted) -> Result<AgentResponse> {
    let decision = wanted.decision.map(AnyDecision::new).transpose()?;
    // A blank message counts as none.
    Ok(AgentResponse::message(wanted.message.unwrap_or_default()).decide_if(decision))
}

/// Answers nothing.
#[editor_agent]
async fn nothing(_payload: AgentPayload) {}

/// Takes nothing, not even a valid request.
#[editor_agent]
async fn no_body() -> &'static str {
    "Hello, world!"
}

/// Complains to the annotator.
#[editor_agent]
async fn agent_exception(_payload: AgentPayload) -> Result<()> {
    bail!("Only polygons, please. ✓")
}

/// Fails as if the platform had refused the agent.
#[editor_agent]
async fn authorisation_error(_payload: AgentPayload) -> Result<()> {
    Err(AgentError::new(ErrorStatus::Forbidden, "You are not authorised to access this asset."))
}

/// Fails with a bug.
#[editor_agent]
async fn crash(_payload: AgentPayload) -> Result<()> {
    Err(AgentError::internal("boom"))
}
