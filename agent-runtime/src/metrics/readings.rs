//! Values that `/metrics` reads when it is requested.

use agent_platform::client::Traffic;
use agent_platform::memory::ByteBudget;

/// Values that other parts of the server count.
#[derive(Debug)]
#[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "only metrics read them"))]
pub(crate) struct Readings {
    /// Requests to the platform, if an agent needs it.
    pub(crate) traffic: Option<Traffic>,
    pub(crate) budget: Option<ByteBudget>,
    /// Background jobs that wait or run.
    pub(crate) background_open: usize,
}
