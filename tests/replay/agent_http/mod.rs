//! Replay of `agent-http.json`: each request that was sent to the Python agents is sent to the contract agent over a socket.
//! The response equals the recorded one, or is the one in the table of differences.

mod differences;
pub(crate) mod faults;
mod instead;
pub(crate) mod recorded;
mod replay;
mod stage;

use crate::replay::agent;
use std::collections::HashSet;
use test_support::raw_connection;

use self::recorded::Recording;
use self::replay::Replay;
use test_support::raw_connection::Connection;
use test_support::studio::recorded_platform::RecordedPlatform;

/// Address of a platform that gets no requests.
const NO_PLATFORM: &str = "http://127.0.0.1:9";

#[test]
fn responds_as_recorded_or_as_in_the_table() {
    let platform = RecordedPlatform::start();
    let recording = Recording::of(&platform.domain);
    let agent = agent::start(&platform.domain);
    let mut replay = Replay::new(&recording);
    for case in &recording.cases {
        faults::prepare(&platform, case);
        replay.check(case, &raw_connection::exchange(&agent.address, &case.request.method, case.request.bytes()));
    }
    println!("{}", replay.summary());
    let wrong = replay.wrong();
    assert!(wrong.is_empty(), "{} findings:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn requests_on_one_connection_have_own_traces() {
    let agent = agent::start(NO_PLATFORM);
    let mut connection = Connection::open(&agent.address);
    let mut trace_id = |header: &str| {
        let request = format!("POST /no-body HTTP/1.1\r\nHost: agent.test\r\n{header}Content-Length: 0\r\n\r\n");
        let answer = connection.ask("POST", request.as_bytes());
        assert_eq!(answer.status, 200);
        answer.header("x-cloud-trace-context").unwrap().split('/').next().unwrap().to_owned()
    };
    let given = "105445aa7843bc8bf206b12000100000";
    let (before, echoed) = (trace_id(""), trace_id(&format!("X-Cloud-Trace-Context: {given}/7;o=1\r\n")));
    let (after, later) = (trace_id(""), trace_id(""));
    assert_eq!(echoed, given);
    let different: HashSet<_> = [&before, &echoed, &after, &later].into_iter().collect();
    assert_eq!(different.len(), 4, "{different:?}");
}
