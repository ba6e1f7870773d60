//! What the wire says: one request in, one answer out, whatever happens in between.

mod accept;
mod admission;
mod body;
mod call_time;
mod caller;
mod cors;
mod endpoint;
mod error_response;
mod notified;
mod page;
mod paths;
mod rebinding;
mod router;
mod test_call;
mod transport;

#[cfg(feature = "lambda")]
pub(crate) use call_time::EndsAt;
pub(crate) use caller::Peer;
pub use error_response::ErrorResponse;
pub(crate) use router::{RESERVED_PATHS, router};
pub(crate) use transport::{Transport, TransportLayer};
