//! The payload of a call to an agent.

use serde::Serialize;
use uuid::Uuid;

/// The payload that a label editor sends (contract: `docs/contract/agent-protocol.md#request`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AgentPayload<'p, H> {
    pub(crate) project_hash: Uuid,
    pub(crate) data_hash: &'p str,
    /// From 0.
    pub(crate) frame: u64,
    /// Hashes of the selected objects. Not sent if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) object_hashes: Option<&'p [H]>,
}
