//! How trace ids travel from the label editor through an agent to the platform (contract:
//! `docs/contract/endpoints.md#trace-context`, and `trace.json`).

use std::collections::HashSet;

use serde_json::{Value, json};

use super::call::{Place, call};
use super::recorded::TraceStep;
use crate::agent;
use test_support::contract;
use test_support::stub_platform::StubPlatform;

/// Ids that the Python package sends on and we do not: such a character can break a header or a log line.
const UNSAFE: [&str; 2] = ["with;semi/2", "x y z"];

fn video(place: &Place) -> Value {
    json!({"projectHash": place.project, "dataHash": place.data("video"), "frame": 0})
}

/// The trace ids of the requests that the platform was asked since its last reset, each with a span of its own.
fn traces(platform: &StubPlatform) -> Vec<String> {
    let requests = platform.requests();
    let mut spans = HashSet::new();
    let sent = requests.iter().map(|request| {
        let value = request.trace.as_deref().unwrap_or_else(|| panic!("`{}` carries no trace", request.line));
        let (trace, rest) = value.split_once('/').unwrap();
        let span: u64 =
            rest.strip_suffix(";o=1").unwrap_or_else(|| panic!("`{value}` ends otherwise")).parse().unwrap();
        assert!(spans.insert(span), "two requests have the span {span}");
        trace.to_owned()
    });
    sent.collect()
}

/// The Python agent sends the trace of an earlier call with calls that bring none, and with those that read label rows.
#[test]
fn platform_requests_carry_trace_of_their_call() {
    let platform = StubPlatform::start();
    let payload = video(&Place::of(&platform));
    let mut agent = agent::start(&platform.domain);
    let (mut fresh, mut replaced) = (HashSet::new(), Vec::new());
    for step in contract::read::<Vec<TraceStep>>("trace.json") {
        let TraceStep::Call { route, incoming, status, outgoing } = step else {
            agent = agent::start(&platform.domain);
            continue;
        };
        platform.reset();
        let answer = call(&agent, &route, &payload, incoming.as_deref());
        assert_eq!(answer.status, status);
        let sent = traces(&platform);
        assert!(!sent.is_empty() && sent.len() <= outgoing.len(), "{route} of {incoming:?} sends {sent:?}");
        let brought = incoming.as_deref().map(|incoming| incoming.split('/').next().unwrap_or_default());
        match brought.filter(|brought| !brought.is_empty()) {
            Some(_) if UNSAFE.contains(&incoming.as_deref().unwrap()) => replaced.push(incoming.unwrap()),
            Some(brought) => {
                assert!(sent.iter().all(|trace| trace == brought), "{route} of {incoming:?} sends {sent:?}");
                continue;
            }
            None => {}
        }
        let one: HashSet<_> = sent.iter().collect();
        assert_eq!(one.len(), 1, "{route} of no trace sends {sent:?}");
        let well_formed = sent[0].len() == 32 && sent[0].bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        assert!(well_formed && fresh.insert(sent[0].clone()), "{sent:?} is not fresh");
    }
    assert_eq!(replaced, UNSAFE, "the recording has others");
}

#[test]
fn calls_at_the_same_time_keep_their_traces_apart() {
    let platform = StubPlatform::start();
    let payload = video(&Place::of(&platform));
    let agent = agent::start(&platform.domain);
    // So that the ontology is there, and every call makes the same requests.
    call(&agent, "/label-row", &payload, None);
    platform.reset();
    let ids: Vec<String> = (0..8).map(|id| format!("{id:032x}")).collect();
    std::thread::scope(|scope| {
        for id in &ids {
            let (agent, payload) = (&agent, &payload);
            scope.spawn(move || {
                let answer = call(agent, "/label-row", payload, Some(&format!("{id}/1;o=1")));
                let echoed = answer.header("x-cloud-trace-context").unwrap_or_default();
                assert!(answer.status == 200 && echoed.starts_with(id), "{} {echoed}", answer.status);
            });
        }
    });
    let sent = traces(&platform);
    assert_eq!(sent.len(), 2 * ids.len(), "{sent:?}");
    for id in &ids {
        assert_eq!(sent.iter().filter(|trace| *trace == id).count(), 2, "{sent:?}");
    }
}
