//! Callers and platforms that mean harm, over real sockets: what the server answers, and that neither its memory nor its time
//! is theirs. What single parts refuse is tested beside them: `server/limits.rs`, `server/errors.rs`, `server/transport.rs`,
//! `server/signatures.rs`, and the client's own tests.

mod bodies;
mod crowds;
mod framing;
mod log_lines;
mod memory;
mod origins;
mod paths;
mod platforms;
mod rebinding;
mod signed_urls;
mod traces;
mod warnings;
