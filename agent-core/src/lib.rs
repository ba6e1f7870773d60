//! One call of one editor agent, without a socket: extractors, transactions, responses, errors and registration.
//!
//! Authors depend on `agent-runtime`, which re-exports what they need. This crate is for those who serve agents by another
//! transport, and for whoever wants to read how a call works:
//!
//! | module | content |
//! |---|---|
//! | [`definition`] | the static data of an agent: name, path, keys of its attribute |
//! | [`call`] | one call: the request, the trait of extractors, and the values that extractors share |
//! | [`agent`] | an agent, and the set of agents that a server serves |
//! | [`extract`] | the extractors: one file per parameter type or family |
//! | [`transaction`] | `&mut T` as a parameter |
//! | [`platform`] | the connection to the platform that the calls of a server share, and how label rows are fetched and saved |
//! | [`response`], [`findings`], [`priority`], [`error`] | what an agent returns |
//! | [`notification`] | handlers of notifications |
//! | [`readiness`] | services beside the platform whose state `/readyz` reports |
//! | [`metrics`], [`after_call`] | hooks of libraries: values for `/metrics`, and work after calls |
//! | [`background`] | work that goes on after the response |
//! | [`timings`] | the durations of the parts of a call |
//! | [`stage`], [`task`] | workflow stages, and one task of a stage with its frames |
//! | [`dry_run`] | calls that return the label changes instead of saving them |
//!
//! The crate has no transport: it uses `http` for headers and status codes, and neither axum nor hyper.

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[doc(hidden)]
pub mod __private;
pub mod after_call;
pub mod agent;
mod attribute_keys;
pub mod background;
pub mod call;
pub mod call_permit;
mod complain;
pub mod decision;
pub mod definition;
pub mod dry_run;
pub mod error;
pub mod extract;
pub mod findings;
pub mod handler;
pub mod metrics;
pub mod notification;
pub mod panic_message;
mod parameter_counts;
pub mod payload;
pub mod platform;
pub mod priority;
pub mod readiness;
mod registry;
mod reply_form;
pub mod requirements;
pub mod response;
mod row_locks;
mod row_transaction;
pub mod save_counts;
pub mod service;
pub mod signature_policy;
mod spans;
pub mod stage;
pub mod states;
pub mod task;
pub mod timings;
pub mod trace;
pub mod transaction;

pub use error::AgentError;
