//! HTTP: the transport layers, the routes, and the endpoints of agents and notification handlers.

mod accept;
mod admission;
mod body;
mod call_time;
mod caller;
mod cors;
mod dns_rebinding;
mod endpoint;
mod error_response;
mod notification_endpoint;
mod page;
mod paths;
mod router;
mod test_call;
mod transport;

#[cfg(feature = "lambda")]
pub(crate) use call_time::EndsAt;
pub(crate) use caller::Peer;
pub use error_response::ErrorResponse;
pub(crate) use router::{RESERVED_PATHS, router};
pub(crate) use transport::{Transport, TransportLayer};
