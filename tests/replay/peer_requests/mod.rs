//! Replay of `peer-requests.json`: each recorded call is sent to the contract agent. Its response and its requests to the
//! platform equal those of the Python agent, or are in the tables of differences.

mod answers;
mod call;
mod comparison;
mod differences;
mod recorded;
mod requests;
mod traces;
mod writes;

use self::call::call;
use self::comparison::{Called, Comparison};
use self::recorded::Entry;
use self::requests::Requests;
use crate::replay::agent;
use test_support::recordings;
use test_support::studio::recorded_platform::RecordedPlatform;

#[test]
fn responses_and_requests_match_python_package() {
    let platform = RecordedPlatform::start();
    let entries: Vec<Entry> = recordings::read("peer-requests.json");
    let mut comparison = Comparison::default();
    for entry in &entries {
        // The second call of a server uses the ontology that the first one fetched.
        let agent = agent::start(&platform.domain);
        let [first, next] = [0, 1].map(|_| {
            platform.reset();
            let answer = call(&agent, &entry.path, &entry.payload(), None);
            Called { answer, requests: Requests::received_by(&platform) }
        });
        comparison.check(entry, &first, &next, &platform.domain);
    }
    println!("{}", comparison.table());
    let wrong = comparison.wrong();
    assert!(wrong.is_empty(), "{} findings:\n\n{}", wrong.len(), wrong.join("\n\n"));
}
