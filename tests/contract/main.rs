//! The tests of label rows in `tests/replay`, on the test data of the Python SDK's repository: `fixtures/` in the folder that
//! `AGENT_CONTRACT` names. That data is not part of this repository.
//!
//! `AGENT_CONTRACT=FOLDER cargo test -p agent-tests --features contract --test contract`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

#[path = "../replay/label_rows.rs"]
mod label_rows;
#[path = "../replay/label_rows_empty.rs"]
mod label_rows_empty;
#[path = "../replay/label_rows_merge.rs"]
mod label_rows_merge;
mod row_set;
#[path = "../replay/studio_rows.rs"]
mod studio_rows;
