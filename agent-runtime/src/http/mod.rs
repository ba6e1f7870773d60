//! What the wire says: one request in, one answer out, whatever happens in between.

mod accept;
mod admission;
mod body;
mod body_buffer;
mod call_time;
mod caller;
mod cors;
mod endpoint;
mod error_response;
mod notified;
mod origins;
mod page;
mod paths;
mod proxies;
mod rebinding;
mod router;
mod test_call;
mod transport;

pub(crate) use body_buffer::BodyBuffer;
#[cfg(feature = "lambda")]
pub(crate) use call_time::EndsAt;
pub(crate) use caller::{Caller, Peer};
pub(crate) use endpoint::{ServedAgent, panic_text};
pub(crate) use notified::ServedHandler;
pub use origins::InvalidOrigin;
pub(crate) use origins::Origins;
pub use proxies::InvalidProxy;
pub(crate) use proxies::Proxies;
pub(crate) use router::{RESERVED_PATHS, router};
pub(crate) use transport::{Transport, TransportLayer};
