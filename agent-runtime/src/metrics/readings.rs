//! Values that `/metrics` reads when it is requested.

use agent_core::metrics::Metric;
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
    /// The workflow stages that agents work on.
    pub(crate) stages: Vec<StageReading>,
    /// Values of libraries.
    pub(crate) further: Vec<Metric>,
}

/// The number of tasks of a stage by outcome, since the start.
#[derive(Debug)]
#[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "only metrics read them"))]
pub(crate) struct StageReading {
    /// The title or UUID of the stage.
    pub(crate) stage: String,
    pub(crate) moved: u64,
    pub(crate) left: u64,
    pub(crate) failed: u64,
    pub(crate) retries: u64,
    /// Tasks that the last drain has parked.
    pub(crate) parked: u64,
}
