//! Values that `/metrics` reads at the moment it is asked for.

use agent_platform::client::Traffic;
use agent_platform::memory::ByteBudget;

/// Values of a server that others count.
#[derive(Debug)]
#[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "only metrics read them"))]
pub(crate) struct Readings {
    /// Requests of the platform, if an agent needs it.
    pub(crate) traffic: Option<Traffic>,
    pub(crate) budget: Option<ByteBudget>,
    /// Background work that waits or runs.
    pub(crate) background_open: usize,
}
