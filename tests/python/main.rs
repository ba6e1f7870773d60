//! Comparisons with the published Python packages, and checks with Python tools, which the interpreter named by `AGENT_PYTHON` has.
//!
//! `AGENT_PYTHON=INTERPRETER cargo test -p agent-tests --features python --test python`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod answer_schemas;
mod app;
mod command_line;
mod images;
mod label_rows;
mod openapi;
mod replay;
mod studio_agent;
mod studio_issues;
mod studio_priorities;
mod studio_rows;
mod studio_sdk;
mod videos;
