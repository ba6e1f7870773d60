//! Calling the contract agent as the label editor does.

use std::collections::HashMap;

use serde_json::Value;

use test_support::agent_process::AgentProcess;
use test_support::raw_connection;
use test_support::raw_response::Answer;
use test_support::stub_platform::StubPlatform;

/// Where the stand-in's annotator can be.
pub(crate) struct Place {
    pub(crate) project: String,
    /// The data units by their kind.
    data: HashMap<String, String>,
}

impl Place {
    pub(crate) fn of(platform: &StubPlatform) -> Self {
        let world = platform.world();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let rows = world["rows"].as_array().unwrap().iter();
        Self {
            project: text(&world["project"]),
            data: rows.map(|row| (text(&row["data_type"]), text(&row["data_hash"]))).collect(),
        }
    }

    /// The data unit of this kind, e.g. `video`.
    pub(crate) fn data(&self, kind: &str) -> &str {
        self.data.get(kind).unwrap_or_else(|| panic!("the stand-in has no data of the kind `{kind}`"))
    }
}

/// Calls the agent at this path. `trace` is the value of `X-Cloud-Trace-Context`.
pub(crate) fn call(agent: &AgentProcess, path: &str, payload: &Value, trace: Option<&str>) -> Answer {
    let body = payload.to_string();
    let mut request = format!("POST {path} HTTP/1.1\r\nHost: agent.test\r\nContent-Type: application/json\r\n");
    if let Some(trace) = trace {
        request.push_str(&format!("X-Cloud-Trace-Context: {trace}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    raw_connection::exchange(&agent.address, "POST", request.into_bytes())
}
