//! Comparison of responses and requests with the recording and the tables of differences.

use std::fmt::Write as _;

use super::answers::{self, OTHER_ANSWERS};
use super::differences::{DIFFERENCES, Difference};
use super::recorded::Entry;
use super::requests::{LEGEND, Requests};
use test_support::raw_response::Answer;

/// A call of the contract agent: its response, and its requests to the platform.
pub(crate) struct Called {
    pub(crate) answer: Answer,
    pub(crate) requests: Requests,
}

#[derive(Default)]
pub(crate) struct Comparison {
    lines: String,
    /// Number of requests: of the Python agent, of first calls, and of second calls.
    totals: [usize; 3],
    /// Reasons of the differences that occurred, from both tables.
    used: Vec<&'static str>,
    wrong: Vec<String>,
}

impl Comparison {
    /// Compares the first and the second call of a server.
    pub(crate) fn check(&mut self, entry: &Entry, first: &Called, next: &Called, domain: &str) {
        let theirs = Requests::recorded(entry.platform_requests.iter().map(String::as_str));
        // Writing to a string does not fail.
        let _ = writeln!(
            self.lines,
            "{:22} {:10} {theirs:8} {:8} {}",
            entry.path, entry.data, first.requests, next.requests
        );
        for (total, asked) in self.totals.iter_mut().zip([&theirs, &first.requests, &next.requests]) {
            *total += asked.len();
        }
        let mut findings = Vec::new();
        for called in [first, next] {
            let (finding, because) = answers::check(entry, &called.answer, domain);
            findings.extend(finding);
            self.used.extend(because);
        }
        findings.extend(self.first_call(entry, &theirs, &first.requests));
        findings.extend(next_call(&theirs, &first.requests, &next.requests));
        if !findings.is_empty() {
            self.wrong.push(format!("{} on {}:\n  {}", entry.path, entry.data, findings.join("\n  ")));
        }
    }

    /// Checks that a row gives the reason of each request that only one side sends.
    fn first_call(&mut self, entry: &Entry, theirs: &Requests, ours: &Requests) -> Vec<String> {
        let (mut findings, mut exceeds) = (Vec::new(), 0);
        let mut explain = |letter: char, whose: &str, letters: fn(&Difference) -> &str| {
            let rows = DIFFERENCES.iter().filter(|row| (row.covers)(entry) && letters(row).contains(letter));
            match rows.collect::<Vec<_>>().as_slice() {
                [row] => {
                    self.used.push(row.because);
                    exceeds += usize::from(row.exceeds);
                }
                rows => findings.push(format!("only {whose} asks {letter}, and {} rows say why", rows.len())),
            }
        };
        let (less, more) = (theirs.without(ours), ours.without(theirs));
        less.chars().for_each(|letter| explain(letter, "the Python agent", |row| row.less));
        more.chars().for_each(|letter| explain(letter, "ours", |row| row.more));
        for row in DIFFERENCES.iter().filter(|row| (row.covers)(entry)) {
            let asked_by_both = row.less.chars().any(|letter| theirs.contains(letter) && !less.contains(letter));
            if asked_by_both || row.more.chars().any(|letter| !more.contains(letter)) {
                findings.push(format!("asks {ours}, though the row `{}` claims otherwise", row.because));
            }
        }
        if ours.len() > theirs.len() + exceeds {
            findings.push(format!("asks {ours}, and the Python agent {theirs}"));
        }
        findings
    }

    /// Returns a table of the requests of both sides, and the reasons.
    pub(crate) fn table(&self) -> String {
        let head = format!("{LEGEND}\n\n{:22} {:10} {:8} {:8} our next\n", "route", "data", "theirs", "ours");
        let [theirs, first, next] = self.totals;
        let mut table = format!("{head}{}{:33} {theirs:<8} {first:<8} {next}\n\n", self.lines, "requests");
        for because in reasons() {
            let count = self.used.iter().filter(|used| **used == because).count();
            let _ = writeln!(table, "{count:4}  {because}");
        }
        table
    }

    /// Returns all unexpected differences, and the rows that cover nothing.
    pub(crate) fn wrong(self) -> Vec<String> {
        let stale = reasons().filter(|because| !self.used.contains(because));
        let stale = stale.map(|because| format!("the row `{because}` covers nothing: take it out"));
        self.wrong.into_iter().chain(stale).collect()
    }
}

fn reasons() -> impl Iterator<Item = &'static str> {
    let requests = DIFFERENCES.iter().map(|row| row.because);
    requests.chain(OTHER_ANSWERS.iter().map(|row| row.because))
}

/// Checks that a second call does not request the ontology, and sends no more requests than the Python agent.
fn next_call(theirs: &Requests, first: &Requests, next: &Requests) -> Option<String> {
    let right = next.len() <= theirs.len() && next.without(first).is_empty() && !next.contains('O');
    (!right).then(|| format!("the next call asks {next}, the first {first}, and the Python agent {theirs}"))
}
