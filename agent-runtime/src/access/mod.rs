//! Access rules: allowed origins of browser pages, and trusted proxies.

mod origins;
mod proxies;

pub use origins::InvalidOrigin;
pub(crate) use origins::Origins;
pub use proxies::InvalidProxy;
pub(crate) use proxies::Proxies;
