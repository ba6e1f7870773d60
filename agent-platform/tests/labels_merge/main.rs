//! Differences between label rows, and their three-way merge.
//!
//! With the feature `contract`, also on the rows of the recorded contract.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod cases;
#[cfg(feature = "contract")]
mod contract;
mod lossless;
#[path = "../made_up/mod.rs"]
mod made_up;
mod oracle;
mod random;

use agent_platform::labels::{LabelRow, Timestamp};

/// Reads a row anew from its text, as from the platform.
fn reread(row: &LabelRow) -> LabelRow {
    parsed(row.to_json(), row)
}

/// Reads a text as a row like another.
fn parsed(text: String, like: &LabelRow) -> LabelRow {
    let read = LabelRow::parse(text, like.ontology().clone()).unwrap();
    let read = read.with_time(Timestamp::from_unix(1_700_000_000));
    match like.metadata() {
        Some(metadata) => read.with_metadata(metadata.clone()),
        None => read,
    }
}
