//! Admin endpoints for faults and the call log, for tests in other languages. Disabled by default.

use hyper::{Method, StatusCode};
use serde_json::json;

use crate::faults::Fault;
use crate::own_origin::{self, OriginError};

use super::buffered_request::BufferedRequest;
use super::reply::Reply;
use super::shared::Shared;

/// Handles requests below `/admin/`:
///
/// | request | effect |
/// |---|---|
/// | `POST /admin/faults` | adds a fault, or a list of faults, as `application/json` |
/// | `DELETE /admin/faults` | removes every fault |
/// | `GET /admin/faults` | lists the faults that are still active |
/// | `GET /admin/calls` | lists the calls |
/// | `DELETE /admin/calls` | clears the list of calls |
/// | `POST /admin/reset` | restores the initial state of projects in memory, removes every fault, and clears the calls |
///
/// A fault controls what this origin serves. Web pages of other origins therefore get 403, and unknown host names get
/// 421 (DNS rebinding).
pub(crate) fn admin(shared: &Shared, request: &BufferedRequest) -> Reply {
    if let Err(error) = own_origin::check(&request.method, &request.headers, &shared.hosts) {
        return rejected(&error);
    }
    match (&request.method, request.path()) {
        (&Method::POST, "/admin/faults") => add(shared, request),
        (&Method::DELETE, "/admin/faults") => {
            shared.faults.clear();
            Reply::json(StatusCode::OK, &json!({ "faults": 0 }))
        }
        (&Method::GET, "/admin/faults") => Reply::json(StatusCode::OK, &shared.faults.all()),
        (&Method::GET, "/admin/calls") => Reply::json(StatusCode::OK, &calls(shared)),
        (&Method::DELETE, "/admin/calls") => {
            shared.calls.clear();
            Reply::json(StatusCode::OK, &json!({ "calls": 0 }))
        }
        (&Method::POST, "/admin/reset") => {
            shared.projects.iter().for_each(|project| project.reset());
            shared.faults.clear();
            shared.calls.clear();
            Reply::json(StatusCode::OK, &json!({ "projects": shared.projects.len() }))
        }
        _ => Reply::message(StatusCode::NOT_FOUND, "Not Found"),
    }
}

fn rejected(error: &OriginError) -> Reply {
    let message = match error {
        OriginError::Host(host) => format!(
            "`/admin` is not served under the host name `{host}`. Use the IP address or \
         localhost."
        ),
        OriginError::Page(by) => format!("`/admin` is for programs, not for {by}."),
        OriginError::ContentType => "Send application/json.".to_owned(),
    };
    Reply::message(error.status(), &message)
}

fn add(shared: &Shared, request: &BufferedRequest) -> Reply {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Faults {
        One(Fault),
        Many(Vec<Fault>),
    }
    let faults = match serde_json::from_slice(&request.body) {
        Ok(Faults::One(fault)) => vec![fault],
        Ok(Faults::Many(faults)) => faults,
        Err(error) => return Reply::message(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    faults.into_iter().for_each(|fault| shared.faults.add(fault));
    Reply::json(StatusCode::OK, &json!({ "faults": shared.faults.all().len() }))
}

fn calls(shared: &Shared) -> Vec<serde_json::Value> {
    let entry = |call: crate::calls::Call| {
        let seconds = call.ended.map(|ended| ended.duration_since(call.began).as_secs_f64());
        json!({
            "number": call.number, "kind": call.kind, "method": call.method, "target": call.target,
            "connection": call.connection, "trace": call.trace, "trace_context": call.trace_context, "hashes": call.hashes, "status": call.status,
            "seconds": seconds,
        })
    };
    shared.calls.all().into_iter().map(entry).collect()
}
