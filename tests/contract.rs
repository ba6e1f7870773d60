//! The server against the recorded contract: every request that was sent to the Python agents is sent to the contract
//! agent, over a socket, and answered the same or as the table of differences says. The platform behind it is the
//! contract's stand-in, which runs on Python.
//!
//! `AGENT_CONTRACT=FOLDER AGENT_PYTHON=INTERPRETER cargo test -p agent-tests --features contract --test contract -- --nocapture`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "contract/agent.rs"]
mod agent;
#[path = "contract/answer.rs"]
mod answer;
#[path = "contract/colours.rs"]
mod colours;
#[path = "contract/connection.rs"]
mod connection;
#[path = "contract/differences.rs"]
mod differences;
#[path = "contract/faults.rs"]
mod faults;
#[path = "contract/folder.rs"]
mod folder;
#[path = "contract/instead.rs"]
mod instead;
#[allow(dead_code, reason = "other tests use the other keys")]
#[path = "../agent-platform/tests/support/keys.rs"]
mod keys;
#[path = "contract/process.rs"]
mod process;
#[path = "contract/recorded.rs"]
mod recorded;
#[path = "contract/replay.rs"]
mod replay;
#[path = "contract/stage.rs"]
mod stage;
#[allow(dead_code, reason = "other tests ask it more")]
#[path = "contract/stub.rs"]
mod stub;

use std::collections::HashSet;

use connection::Connection;
use recorded::Recording;
use replay::Replay;
use stub::StubPlatform;

/// The address of a platform that nobody asks.
const NO_PLATFORM: &str = "http://127.0.0.1:9";

#[test]
fn answers_as_recorded_or_as_the_table_says() {
    let platform = StubPlatform::start();
    let recording = Recording::of(&platform.domain);
    let agent = agent::start(&platform.domain);
    let mut replay = Replay::new(&recording);
    for case in &recording.cases {
        platform.reset();
        if let Some(rule) = faults::of(case) {
            platform.fail(&rule);
        }
        replay.check(case, &connection::exchange(&agent.address, &case.request.method, case.request.bytes()));
    }
    println!("{}", replay.summary());
    let wrong = replay.wrong();
    assert!(wrong.is_empty(), "{} findings:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn requests_on_one_connection_do_not_share_a_trace() {
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
