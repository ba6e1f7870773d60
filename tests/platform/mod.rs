//! Agents and the platform: the requests that each signature causes, and the label row as a transaction. The platform
//! is the local one, over real sockets, with injected faults. Every test counts the requests.

mod conflicts;
mod dry_run;
mod faults;
mod file_cache;
mod findings;
mod lost_responses;
mod media_files;
mod missing_rows;
mod operating;
mod pixels;
mod requests;
mod second_calls;
mod selections;
mod server_timing;
mod several_transactions;
mod spans;
mod start;
mod transactions;
mod twins;
mod verification;
mod videos;
pub(crate) mod world;
