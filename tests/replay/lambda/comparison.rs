//! Comparison of responses with those of the Python package's wrapper.

use std::fmt::Write as _;

use serde_json::Value;

use super::differences::DIFFERENCES;
use super::wrapper::WrapperCase;
use test_support::lambda::Received;

#[derive(Default)]
pub(crate) struct Comparison {
    compared: usize,
    agreed: usize,
    /// Rows of the table that covered a case.
    covered: Vec<usize>,
    wrong: Vec<String>,
}

impl Comparison {
    /// Compares the response of a case.
    pub(crate) fn check(&mut self, case: &WrapperCase, received: &Received) {
        self.compared += 1;
        let json: Option<Value> = serde_json::from_slice(&received.body).ok();
        let same = case.status() == Some(received.status) && case.json() == json;
        let rows: Vec<_> = (0..DIFFERENCES.len()).filter(|row| (DIFFERENCES[*row].covers)(case)).collect();
        let finding = match (same, rows.as_slice()) {
            (true, []) => {
                self.agreed += 1;
                None
            }
            (false, [row]) => {
                self.covered.push(*row);
                let row = &DIFFERENCES[*row];
                let body = row.body.check(case, received).err().map(|what| format!("the body {what}"));
                let status = (row.status != received.status).then(|| format!("the status is not {}", row.status));
                status.or(body).map(|what| format!("`{}`: {what}", row.because))
            }
            (false, []) => Some("differs, and the table does not say so".to_owned()),
            (true, [row]) => {
                Some(format!("is the same, though the row `{}` claims otherwise", DIFFERENCES[*row].because))
            }
            (_, rows) => Some(format!("{} rows of the table cover it, only one may", rows.len())),
        };
        if let Some(finding) = finding {
            let (was, is) = (format!("{:.200?}", case.answer), format!("{} {:.200}", received.status, received.text()));
            self.wrong.push(format!("{}: {} {finding}\n  wrapper {was}\n  here    {is}", case.group, case.name));
        }
    }

    /// Returns the number of compared cases.
    pub(crate) fn cases(&self) -> usize {
        self.compared
    }

    /// Returns the number of equal cases, and of deliberate differences with their reasons.
    pub(crate) fn summary(&self) -> String {
        let mut text =
            format!("{:4} answers are the wrapper's\n{:4} differ on purpose:\n", self.agreed, self.covered.len());
        for (index, row) in DIFFERENCES.iter().enumerate() {
            let count = self.covered.iter().filter(|covered| **covered == index).count();
            // Writing to a string does not fail.
            let _ = writeln!(text, "       {count:4}  {}", row.because);
        }
        text
    }

    /// Returns all unexpected differences, and the rows that cover nothing.
    pub(crate) fn wrong(self) -> Vec<String> {
        let stale = (0..DIFFERENCES.len()).filter(|row| !self.covered.contains(row));
        let stale = stale.map(|row| format!("the row `{}` covers no case: take it out", DIFFERENCES[row].because));
        self.wrong.into_iter().chain(stale).collect()
    }
}
