//! Replays of the recorded contract, which is in the folder that `AGENT_CONTRACT` names. The stand-in platform among them runs
//! on the Python interpreter that `AGENT_PYTHON` names.
//!
//! `AGENT_CONTRACT=FOLDER AGENT_PYTHON=INTERPRETER cargo test -p agent-tests --features contract --test contract`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod agent;
mod agent_http;
mod client_errors;
mod client_exchanges;
mod client_fields;
mod client_signing;
mod colours;
mod label_rows;
mod label_rows_empty;
mod label_rows_merge;
#[cfg(feature = "lambda")]
mod lambda;
mod notification_vectors;
mod peer_requests;
mod studio_exchanges;
mod studio_rows;
