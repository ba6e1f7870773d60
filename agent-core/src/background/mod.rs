//! Work that goes on after the response: what agents leave behind, and notifications that were acknowledged.

mod deferred;
mod pool;

use std::time::Duration;

pub use deferred::Deferred;
pub use pool::{JoinTrace, Permit, Pool, Work};

/// Default timeout of background work.
pub const DEFAULT_WORK_TIMEOUT: Duration = Duration::from_secs(60 * 60);
