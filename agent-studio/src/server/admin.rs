//! The admin addresses, off unless switched on: faults and calls for tests in other languages.

use hyper::{Method, StatusCode};
use serde_json::json;

use crate::faults::Fault;

use super::answer::Answer;
use super::incoming::Incoming;
use super::shared::Shared;

/// Answers what is asked of `/admin/...`:
///
/// | request | does |
/// |---|---|
/// | `POST /admin/faults` | adds a fault, or a list of them |
/// | `DELETE /admin/faults` | removes all |
/// | `GET /admin/faults` | lists those that are not over |
/// | `GET /admin/calls` | lists the calls |
/// | `DELETE /admin/calls` | forgets them |
pub(crate) fn admin(shared: &Shared, request: &Incoming) -> Answer {
    match (&request.method, request.path()) {
        (&Method::POST, "/admin/faults") => add(shared, request),
        (&Method::DELETE, "/admin/faults") => {
            shared.faults.clear();
            Answer::json(StatusCode::OK, &json!({ "faults": 0 }))
        }
        (&Method::GET, "/admin/faults") => Answer::json(StatusCode::OK, &shared.faults.all()),
        (&Method::GET, "/admin/calls") => Answer::json(StatusCode::OK, &calls(shared)),
        (&Method::DELETE, "/admin/calls") => {
            shared.calls.clear();
            Answer::json(StatusCode::OK, &json!({ "calls": 0 }))
        }
        _ => Answer::message(StatusCode::NOT_FOUND, "Not Found"),
    }
}

fn add(shared: &Shared, request: &Incoming) -> Answer {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Faults {
        One(Fault),
        Many(Vec<Fault>),
    }
    let faults = match serde_json::from_slice(&request.body) {
        Ok(Faults::One(fault)) => vec![fault],
        Ok(Faults::Many(faults)) => faults,
        Err(error) => return Answer::message(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    faults.into_iter().for_each(|fault| shared.faults.add(fault));
    Answer::json(StatusCode::OK, &json!({ "faults": shared.faults.all().len() }))
}

fn calls(shared: &Shared) -> Vec<serde_json::Value> {
    let told = |call: crate::calls::Call| {
        let took = call.ended.map(|ended| ended.duration_since(call.began).as_secs_f64());
        json!({
            "number": call.number, "kind": call.kind, "method": call.method, "target": call.target,
            "connection": call.connection, "trace": call.trace, "hashes": call.hashes, "status": call.status,
            "seconds": took,
        })
    };
    shared.calls.all().into_iter().map(told).collect()
}
