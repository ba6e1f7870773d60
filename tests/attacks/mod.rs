//! Malicious clients and platforms, over real sockets: responses, and bounds of memory and time. Limits of single parts are tested
//! beside them: `server/limits.rs`, `server/errors.rs`, `server/transport.rs`,
//! `server/signatures.rs`, and the client's own tests.

mod bodies;
mod dns_rebinding;
mod exhaustion;
mod framing;
mod log_lines;
mod malicious_platform;
mod memory;
mod origins;
mod paths;
mod signed_urls;
mod traces;
mod warnings;
