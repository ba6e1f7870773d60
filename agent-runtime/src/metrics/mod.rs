//! Metrics for `/metrics`, in the Prometheus text format. Without the feature `metrics` nothing is counted.

#[cfg(not(feature = "metrics"))]
mod disabled;
#[cfg(feature = "metrics")]
mod prometheus;
mod readings;

#[cfg(not(feature = "metrics"))]
pub(crate) use disabled::{AgentMetrics, InFlight, Metrics};
#[cfg(feature = "metrics")]
pub(crate) use prometheus::{AgentMetrics, InFlight, Metrics};
pub(crate) use readings::Readings;
