//! Comparison of responses with the recording and the table of differences.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::differences::{AS_RECORDED, DIFFERENCES, Difference};
use super::recorded::{Case, Recording};
use test_support::raw_response::Answer;

/// A replay of the recording.
pub(crate) struct Replay {
    allowed_origins: HashSet<String>,
    agreed: usize,
    /// Number of cases that each row of the table covers.
    covered: Vec<usize>,
    wrong: Vec<String>,
}

impl Replay {
    pub(crate) fn new(recording: &Recording) -> Self {
        Self {
            allowed_origins: recording.allowed_origins(),
            agreed: 0,
            covered: vec![0; DIFFERENCES.len()],
            wrong: Vec::new(),
        }
    }

    /// Compares the response of a case.
    pub(crate) fn check(&mut self, case: &Case, answer: &Answer) {
        let rows: Vec<_> = (0..DIFFERENCES.len()).filter(|row| (DIFFERENCES[*row].covers)(case)).collect();
        let mut findings = match rows.as_slice() {
            [] => self.findings(&AS_RECORDED, case, answer),
            [row] => self.findings(&DIFFERENCES[*row], case, answer),
            rows => vec![format!("{} rows of the table cover it, only one may", rows.len())],
        };
        match rows.first() {
            Some(row) => self.covered[*row] += 1,
            None => self.agreed += usize::from(findings.is_empty()),
        }
        if !findings.is_empty() {
            findings.push(format!("recorded {}", shown(&case.recorded)));
            findings.push(format!("received {}", shown(answer)));
            self.wrong.push(format!("{}: {}\n  {}", case.group, case.name, findings.join("\n  ")));
        }
    }

    /// Returns the aspects that differ from the recording and from the row.
    fn findings(&self, row: &Difference, case: &Case, answer: &Answer) -> Vec<String> {
        let recorded = &case.recorded;
        let is = |property: bool, what: &str| property.then_some(()).ok_or_else(|| what.to_owned());
        let status = row.status.map(|status| is(answer.status == status, "is another than the row says"));
        let body = row.body.map(|body| body.check(case, answer));
        let headers = row.headers.map(|headers| {
            let expected = headers.of(case, answer.status, &self.allowed_origins);
            is(answer.compared_headers() == expected, &format!("are not {expected:?}"))
        });
        let aspects = [
            ("the status", recorded.status == answer.status, status),
            ("the body", recorded.content() == answer.content(), body),
            ("the headers", recorded.compared_headers() == answer.compared_headers(), headers),
        ];
        let finding = |(aspect, same, instead): (&str, bool, Option<Result<(), String>>)| match (same, instead) {
            (true, None) | (false, Some(Ok(()))) => None,
            (false, None) => Some(format!("{aspect}: not as recorded, and the table does not say so")),
            (true, Some(_)) => {
                Some(format!("{aspect}: as recorded, though the row `{}` claims otherwise", row.because))
            }
            (false, Some(Err(what))) => Some(format!("{aspect}: {what}")),
        };
        aspects.into_iter().filter_map(finding).collect()
    }

    /// Returns the number of equal cases, and of deliberate differences with their reasons.
    pub(crate) fn summary(&self) -> String {
        let differ: usize = self.covered.iter().sum();
        let mut text = format!("{:4} cases are answered as recorded\n{differ:4} differ on purpose:\n", self.agreed);
        for (count, row) in self.covered.iter().zip(DIFFERENCES) {
            // Writing to a string does not fail.
            let _ = writeln!(text, "       {count:4}  {}", row.because);
        }
        text
    }

    /// Returns all unexpected differences, and the rows that cover nothing.
    pub(crate) fn wrong(self) -> Vec<String> {
        let stale = self.covered.iter().zip(DIFFERENCES).filter(|(count, _)| **count == 0);
        let stale = stale.map(|(_, row)| format!("the row `{}` covers no case: take it out", row.because));
        self.wrong.into_iter().chain(stale).collect()
    }
}

fn shown(answer: &Answer) -> String {
    format!("{} {:.300} {:?}", answer.status, answer.text, answer.compared_headers())
}
