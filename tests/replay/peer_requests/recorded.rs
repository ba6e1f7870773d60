//! The recordings `peer-requests.json` and `trace.json`.

use serde::Deserialize;
use serde_json::{Value, json};

use test_support::studio::recorded::PROJECT;

use super::call::data_hash;

/// An entry of `peer-requests.json`: a call of the Python agent, its response, and the requests to the platform.
#[derive(Deserialize)]
pub(crate) struct Entry {
    /// Path with query.
    #[serde(rename = "route")]
    pub(crate) path: String,
    /// Kind of the data unit, such as `video`.
    pub(crate) data: String,
    frame: u64,
    pub(crate) object_hashes: Option<Vec<String>>,
    pub(crate) status: u16,
    /// Body: JSON, or a string with the text of another media type.
    pub(crate) body: Value,
    pub(crate) platform_requests: Vec<String>,
}

impl Entry {
    pub(crate) fn route(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// Returns whether the data unit had no label row, so that the Python agent created one.
    pub(crate) fn creates(&self) -> bool {
        self.platform_requests.iter().any(|line| line.ends_with("labelrow PUT"))
    }

    /// Returns whether the Python agent sent a request whose target contains this.
    pub(crate) fn requests(&self, part: &str) -> bool {
        self.platform_requests.iter().any(|line| line.contains(part))
    }

    /// Returns the payload of the label editor.
    pub(crate) fn payload(&self) -> Value {
        let mut payload = json!({"projectHash": PROJECT, "dataHash": data_hash(&self.data), "frame": self.frame});
        if let Some(hashes) = &self.object_hashes {
            payload["objectHashes"] = json!(hashes);
        }
        payload
    }
}

/// An entry of `trace.json`.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum TraceStep {
    /// The app was restarted.
    Restart {
        #[serde(rename = "fresh process")]
        _fresh: bool,
    },
    /// A call.
    Call {
        route: String,
        /// The caller's `X-Cloud-Trace-Context`.
        incoming: Option<String>,
        status: u16,
        /// The same header of each request that the Python agent sent.
        outgoing: Vec<String>,
    },
}
