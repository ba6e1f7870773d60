//! Stands for `metrics.rs` where the feature is off: nothing is counted.

use std::time::Duration;

use axum::http::StatusCode;

use agent_core::save_counts::SaveCounts;

use crate::readings::Readings;

pub(crate) struct Metrics;
pub(crate) struct AgentMetrics;
pub(crate) struct InFlight;

impl Metrics {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn are_kept(&self) -> bool {
        false
    }

    pub(crate) fn of_agent(&self, _: &'static str) -> AgentMetrics {
        AgentMetrics
    }

    pub(crate) fn text(&self, _: &Readings) -> String {
        String::new()
    }
}

impl AgentMetrics {
    pub(crate) fn begin(&self) -> InFlight {
        InFlight
    }

    pub(crate) fn answered(&self, _: StatusCode, _: Duration, _: &SaveCounts) {}

    pub(crate) fn conflict(&self) {}
}
