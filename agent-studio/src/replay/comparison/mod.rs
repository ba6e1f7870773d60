//! Comparison of the outcome of a call with what a case expects.

mod entry;
mod instance;
mod labels;
mod response;
mod value;

use crate::cases::{Outcome, Tolerances};

/// Returns the differences between an expected outcome and another, as text: a line for each, and indented lines with details.
/// `size` is the size of a frame in pixels. Empty if there are none.
pub(super) fn differences(
    expected: &Outcome,
    actual: &Outcome,
    tolerances: &Tolerances,
    size: impl Fn(u64) -> Option<(u64, u64)>,
) -> Vec<String> {
    let mut lines = response::differences(&expected.response, &actual.response, tolerances);
    lines.extend(labels::differences(&expected.changes, &actual.changes, tolerances, &size));
    lines
}
