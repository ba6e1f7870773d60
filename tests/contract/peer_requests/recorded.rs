//! The recordings of what the Python package asked of the platform.

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::Place;

/// An entry of `peer-requests.json`: a call of the Python agent, and what followed from it.
#[derive(Deserialize)]
pub(crate) struct Entry {
    /// With the query.
    #[serde(rename = "route")]
    pub(crate) path: String,
    /// The kind of data it was called on.
    pub(crate) data: String,
    frame: u64,
    pub(crate) object_hashes: Option<Vec<String>>,
    pub(crate) status: u16,
    /// JSON, or the text of an answer that is not.
    pub(crate) body: Value,
    pub(crate) platform_requests: Vec<String>,
}

impl Entry {
    pub(crate) fn route(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// Whether it was called on data that has no label row, so that the Python agent created one.
    pub(crate) fn creates(&self) -> bool {
        self.platform_requests.iter().any(|line| line.ends_with("labelrow PUT"))
    }

    /// Whether the Python agent asked for something with this in its address.
    pub(crate) fn asks(&self, part: &str) -> bool {
        self.platform_requests.iter().any(|line| line.contains(part))
    }

    /// What the editor sent.
    pub(crate) fn payload(&self, place: &Place) -> Value {
        let mut payload =
            json!({"projectHash": place.project, "dataHash": place.data(&self.data), "frame": self.frame});
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
    /// Another process answers from here on.
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
        /// Those of the requests that the Python agent made.
        outgoing: Vec<String>,
    },
}
