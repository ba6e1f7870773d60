//! Programs, servers, clients and made-up data, shared by the tests of several crates. Not published.
//!
//! Failed preconditions panic with a message: a test without its environment has failed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::new_without_default,
    missing_docs,
    reason = "only tests use this crate, and a test fails by panicking"
)]

pub mod agent_process;
pub mod cargo;
#[cfg(feature = "tls")]
pub mod certificates;
pub mod client;
pub mod free_port;
#[cfg(feature = "studio")]
pub mod http_client;
pub mod keys;
#[cfg(feature = "label-editor")]
pub mod label_editor;
#[cfg(feature = "lambda")]
pub mod lambda;
pub mod logged_process;
pub mod made_up;
pub mod raw_connection;
pub mod raw_response;
pub mod recordings;
pub mod rows;
pub mod schema_answers;
#[cfg(unix)]
pub mod scripted_cargo;
pub mod scripted_server;
pub mod server_process;
#[cfg(feature = "studio")]
pub mod studio;
#[cfg(feature = "studio")]
pub mod webdriver;
pub mod wire;
