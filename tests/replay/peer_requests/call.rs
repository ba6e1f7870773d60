//! Calls of the contract agent, as the label editor makes them.

use serde_json::Value;

use test_support::agent_process::AgentProcess;
use test_support::raw_connection;
use test_support::raw_response::Answer;
use test_support::studio::recorded;

/// Returns the data hash of the recorded data unit of this kind, such as `video`.
pub(crate) fn data_hash(kind: &str) -> &'static str {
    match kind {
        "image" => recorded::IMAGE,
        "img_group" => recorded::GROUP,
        "video" => recorded::VIDEO,
        other => panic!("the recorded project has no data of the kind `{other}`"),
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
