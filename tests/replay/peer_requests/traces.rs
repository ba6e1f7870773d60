//! Replay of `trace.json`: trace IDs from the label editor through an agent to the platform (contract:
//! `docs/contract/endpoints.md#trace-context`).

use std::collections::HashSet;

use serde_json::{Value, json};

use super::call::call;
use super::recorded::TraceStep;
use crate::replay::agent;
use test_support::recordings;
use test_support::studio::recorded::{PROJECT, VIDEO};
use test_support::studio::recorded_platform::RecordedPlatform;

/// IDs that the Python package forwards and this server replaces: their characters can break a header or a log line.
const UNSAFE: [&str; 2] = ["with;semi/2", "x y z"];

fn video() -> Value {
    json!({"projectHash": PROJECT, "dataHash": VIDEO, "frame": 0})
}

/// Returns the trace IDs of the requests since the platform's last reset. Each request has its own span.
fn traces(platform: &RecordedPlatform) -> Vec<String> {
    let calls = platform.calls();
    let mut spans = HashSet::new();
    let sent = calls.iter().map(|call| {
        let value = call.trace_context.as_deref().unwrap_or_else(|| panic!("{call:?} has no trace"));
        let (trace, rest) = value.split_once('/').unwrap();
        let span: u64 =
            rest.strip_suffix(";o=1").unwrap_or_else(|| panic!("`{value}` ends otherwise")).parse().unwrap();
        assert!(spans.insert(span), "two requests have the span {span}");
        trace.to_owned()
    });
    sent.collect()
}

/// The Python agent reuses the trace of an earlier call if a call has none, and when it reads label rows.
#[test]
fn platform_requests_carry_trace_of_their_call() {
    let platform = RecordedPlatform::start();
    let payload = video();
    let mut agent = agent::start(&platform.domain);
    let (mut fresh, mut replaced) = (HashSet::new(), Vec::new());
    for step in recordings::read::<Vec<TraceStep>>("trace.json") {
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
fn concurrent_calls_keep_their_traces() {
    let platform = RecordedPlatform::start();
    let payload = video();
    let agent = agent::start(&platform.domain);
    // Fetches the ontology, so that all further calls send the same requests.
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
