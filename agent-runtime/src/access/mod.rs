//! Callers that are believed: origins of pages, and proxies in front of the server.

mod origins;
mod proxies;

pub use origins::InvalidOrigin;
pub(crate) use origins::Origins;
pub use proxies::InvalidProxy;
pub(crate) use proxies::Proxies;
