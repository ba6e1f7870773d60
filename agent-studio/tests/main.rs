//! Integration tests of the local platform, the page's API and the command line.
//!
//! Tests that need more than cargo are ignored; `.ci/run` runs them by name. The page itself is tested in a browser in the
//! package `agent-tests`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod admin;
mod cases;
mod cli;
mod cli_call;
mod cli_coco;
mod cli_compare;
#[cfg(unix)]
mod cli_dev;
mod cli_new;
mod cli_pull;
mod cli_run;
mod cli_serve;
mod crash;
mod faults;
mod folder;
#[cfg(unix)]
mod foreign_files;
mod image;
mod models;
mod page_api;
mod page_guard;
mod page_signed_call;
#[cfg(unix)]
mod real_cargo;
mod refusals;
mod session;
mod state_changes;
mod tasks;
mod test_project;
