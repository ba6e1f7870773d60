//! HTTP: the transport layers, the routes, and the endpoints of agents and notification handlers.

mod accept;
mod admission;
mod body;
mod call;
mod caller;
mod description;
mod error_response;
mod listing;
mod notification_endpoint;
mod page;
mod readiness;
mod router;
mod routes;
mod test_call;
mod transport;

#[cfg(feature = "lambda")]
pub(crate) use call::InvocationEnd;
pub(crate) use call::{TimeLimit, execute};
pub(crate) use caller::Caller;
pub use error_response::ErrorResponse;
pub(crate) use router::{RESERVED_PATHS, router};
pub(crate) use routes::Routes;
pub(crate) use transport::{Transport, TransportLayer};
