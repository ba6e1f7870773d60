//! What agents ask of the platform, against what the Python package asks for the same: every recorded call is made of the
//! contract agent, in front of the contract's stand-in platform, which checks every signature and remembers every request.
//! Answers and requests are as recorded, or as the table of differences says, and never are there more requests.
//!
//! `AGENT_CONTRACT=FOLDER AGENT_PYTHON=INTERPRETER cargo test -p agent-tests --features contract --test peer_requests -- --nocapture`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "contract/agent.rs"]
mod agent;
#[allow(dead_code, reason = "the other test compares headers")]
#[path = "contract/answer.rs"]
mod answer;
#[path = "peer-requests/answers.rs"]
mod answers;
#[path = "peer-requests/asked.rs"]
mod asked;
#[path = "peer-requests/call.rs"]
mod call;
#[path = "contract/colours.rs"]
mod colours;
#[path = "peer-requests/comparison.rs"]
mod comparison;
#[allow(dead_code, reason = "the other test keeps connections open")]
#[path = "contract/connection.rs"]
mod connection;
#[path = "peer-requests/differences.rs"]
mod differences;
#[path = "contract/folder.rs"]
mod folder;
#[allow(dead_code, reason = "other tests use the other keys")]
#[path = "../agent-platform/tests/support/keys.rs"]
mod keys;
#[path = "contract/process.rs"]
mod process;
#[path = "peer-requests/recorded.rs"]
mod recorded;
#[allow(dead_code, reason = "the other test lets it fail")]
#[path = "contract/stub.rs"]
mod stub;
#[path = "peer-requests/traces.rs"]
mod traces;
#[path = "peer-requests/writes.rs"]
mod writes;

use asked::Asked;
use call::{Place, call};
use comparison::{Called, Comparison};
use recorded::Entry;
use stub::StubPlatform;

#[test]
fn answers_and_requests_are_the_python_packages_or_as_the_table_says_and_never_more() {
    let platform = StubPlatform::start();
    let place = Place::of(&platform);
    let entries: Vec<Entry> = folder::read("peer-requests.json");
    let mut comparison = Comparison::default();
    for entry in &entries {
        // A server's first call has everything to ask for; its next shares the ontology with it.
        let agent = agent::start(&platform.domain);
        let [first, next] = [0, 1].map(|_| {
            platform.reset();
            let answer = call(&agent, &entry.path, &entry.payload(&place), None);
            Called { answer, asked: Asked::of(&platform) }
        });
        comparison.check(entry, &first, &next, &platform.domain);
    }
    println!("{}", comparison.table());
    let wrong = comparison.wrong();
    assert!(wrong.is_empty(), "{} findings:\n\n{}", wrong.len(), wrong.join("\n\n"));
}
