//! What agents ask of the platform, against what the Python package asks for the same: every recorded call is made of the
//! contract agent, in front of the contract's stand-in platform, which checks every signature and remembers every request.
//! Answers and requests are as recorded, or as the table of differences says, and never are there more requests.

mod answers;
mod asked;
mod call;
mod comparison;
mod differences;
mod recorded;
mod traces;
mod writes;

use self::asked::Asked;
use self::call::{Place, call};
use self::comparison::{Called, Comparison};
use self::recorded::Entry;
use crate::agent;
use test_support::contract;
use test_support::stub_platform::StubPlatform;

#[test]
fn responses_and_requests_match_python_package() {
    let platform = StubPlatform::start();
    let place = Place::of(&platform);
    let entries: Vec<Entry> = contract::read("peer-requests.json");
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
