//! Metrics for `/metrics`, in the Prometheus text format. Without the feature `metrics` nothing is counted.

#[cfg(not(feature = "metrics"))]
mod disabled;
#[cfg(feature = "metrics")]
mod prometheus;
mod readings;

#[cfg(not(feature = "metrics"))]
pub(crate) use disabled::{AgentMetrics, Metrics};
#[cfg(feature = "metrics")]
pub(crate) use prometheus::{AgentMetrics, Metrics};
pub(crate) use readings::{Readings, StageReading};
