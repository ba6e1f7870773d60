//! The admin addresses, off unless switched on: faults and calls for tests in other languages.

use hyper::{Method, StatusCode};
use serde_json::json;

use crate::faults::Fault;
use crate::own_origin::{self, Foreign};

use super::answer::Answer;
use super::incoming::Incoming;
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
///
/// A fault decides what this origin serves, so web pages of other origins get 403, and host names that can be rebound 421.
pub(crate) fn admin(shared: &Shared, request: &Incoming) -> Answer {
    if let Err(foreign) = own_origin::check(&request.method, &request.headers, &shared.hosts) {
        return refused(&foreign);
    }
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

fn refused(foreign: &Foreign) -> Answer {
    let message = match foreign {
        Foreign::Host(host) => format!("`/admin` does not answer as `{host}`. Use the address or localhost."),
        Foreign::Page(by) => format!("`/admin` is for programs, not for {by}."),
        Foreign::ContentType => "Send application/json.".to_owned(),
    };
    Answer::message(foreign.status(), &message)
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
