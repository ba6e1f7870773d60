//! Metrics of a program without the feature `metrics`: nothing is counted.

use std::time::Duration;

use axum::http::StatusCode;

use agent_core::save_counts::SaveCounts;

use super::readings::Readings;

pub(crate) struct Metrics;
pub(crate) struct AgentMetrics;

impl Metrics {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn is_enabled(&self) -> bool {
        false
    }

    pub(crate) fn for_agent(&self, _: &'static str) -> AgentMetrics {
        AgentMetrics
    }

    pub(crate) fn text(&self, _: &Readings) -> String {
        String::new()
    }
}

impl AgentMetrics {
    pub(crate) fn begin(&self) {}

    pub(crate) fn end(&self) {}

    pub(crate) fn responded(&self, _: StatusCode, _: Duration, _: &SaveCounts) {}

    pub(crate) fn conflict(&self) {}
}
