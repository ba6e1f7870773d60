//! The server against the recorded contract: every request that was sent to the Python agents is sent to the contract
//! agent, over a socket, and answered the same or as the table of differences says.
//!
//! `AGENT_CONTRACT=FOLDER cargo test -p agent-tests --features contract --test contract -- --nocapture`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "contract/answer.rs"]
mod answer;
#[path = "contract/connection.rs"]
mod connection;
#[path = "contract/differences.rs"]
mod differences;
#[path = "contract/process.rs"]
mod process;
#[path = "contract/recorded.rs"]
mod recorded;
#[path = "contract/replay.rs"]
mod replay;

use std::collections::HashSet;
use std::process::Command;

use answer::Answer;
use connection::Connection;
use process::AgentProcess;
use recorded::{Case, Recording};
use replay::Replay;

/// Routes that need the platform, not there yet. Whoever adds one to the contract agent takes it out here.
const NEEDS_PLATFORM: &[&str] = &[
    "/project",
    "/label-row",
    "/storage-item",
    "/single-frame",
    "/asset",
    "/video-iterator",
    "/object-crops",
    "/objects",
];

/// The platform's address in the recording.
const RECORDED_DOMAIN: &str = "http://STUB";

fn contract_agent() -> AgentProcess {
    AgentProcess::start(Command::new(env!("CARGO_BIN_EXE_contract-agent")).env("ENCORD_DOMAIN", RECORDED_DOMAIN))
}

fn ask(address: &str, method: &str, path: &str, headers: &str) -> Answer {
    let request = format!("{method} {path} HTTP/1.1\r\nHost: agent.test\r\n{headers}Content-Length: 0\r\n\r\n");
    connection::exchange(address, method, request.into_bytes())
}

#[test]
fn answers_as_recorded_or_as_the_table_says() {
    let recording = Recording::read();
    let agent = contract_agent();
    let mut replay = Replay::new(&recording);
    for case in &recording.cases {
        if NEEDS_PLATFORM.contains(&case.route()) {
            replay.needs_platform += 1;
        } else {
            replay.check(case, &connection::exchange(&agent.address, &case.request.method, case.request.bytes()));
        }
    }
    println!("{}", replay.summary());
    let wrong = replay.wrong();
    assert!(wrong.is_empty(), "{} findings:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn the_routes_that_need_the_platform_are_recorded_and_not_there() {
    let recording = Recording::read();
    let recorded: HashSet<_> = recording.cases.iter().map(Case::route).collect();
    let listing = ask(&contract_agent().address, "GET", "/", "").json().unwrap();
    let served: HashSet<_> =
        listing["agents"].as_array().unwrap().iter().filter_map(|agent| agent["path"].as_str()).collect();
    for route in NEEDS_PLATFORM {
        assert!(recorded.contains(route), "`{route}` is not in the recording: take it out of the table");
        assert!(!served.contains(route), "`{route}` is there: take it out of the table");
    }
}

/// The recording has no such preflight.
#[test]
fn an_editor_on_a_public_page_may_call_an_agent_on_a_private_network() {
    let agent = contract_agent();
    let preflight = |origin| {
        let wants = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Private-Network: true\r\n";
        ask(&agent.address, "OPTIONS", "/nothing", &format!("Origin: {origin}\r\n{wants}"))
    };
    let allowed = preflight("https://app.encord.com");
    assert_eq!((allowed.status, allowed.header("access-control-allow-private-network")), (200, Some("true")));
    let refused = preflight("https://example.com");
    assert_eq!((refused.status, refused.header("access-control-allow-private-network")), (400, None));
}

#[test]
fn requests_on_one_connection_do_not_share_a_trace() {
    let agent = contract_agent();
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
