//! Counters, gauges and histograms of a server.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use agent_core::metrics::{Metric, MetricKind};
use agent_core::save_counts::SaveCounts;

use super::readings::{Readings, StageReading};

/// Upper bounds of the histogram of call durations, in seconds. An agent that only computes takes milliseconds; one that
/// queries a model takes seconds.
const DURATION_BUCKETS: [f64; 13] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

type Labels = Vec<(&'static str, String)>;

/// The metrics of a server.
pub(crate) struct Metrics {
    registry: Registry,
    calls: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram, fn() -> Histogram>,
    in_flight: Family<Labels, Gauge>,
    saves: Family<Labels, Counter>,
    conflicts: Family<Labels, Counter>,
    merges: Family<Labels, Counter>,
    failed_verifications: Family<Labels, Counter>,
}

/// The metrics of one agent.
pub(crate) struct AgentMetrics {
    path: &'static str,
    calls: Family<Labels, Counter>,
    /// Calls with status 200, which most have.
    succeeded: Counter,
    seconds: Histogram,
    in_flight: Gauge,
    saves: Counter,
    conflicts: Counter,
    merges: Counter,
    overwritten: Counter,
    unread: Counter,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("editor_agent");
        let histogram: fn() -> Histogram = || Histogram::new(DURATION_BUCKETS);
        let (calls, seconds) = (Family::default(), Family::new_with_constructor(histogram));
        let (in_flight, saves, conflicts) = (Family::default(), Family::default(), Family::default());
        registry.register("calls", "Calls that were answered, by status", Family::clone(&calls));
        registry.register_with_unit("call_duration", "How long calls took", Unit::Seconds, Family::clone(&seconds));
        registry.register("calls_in_flight", "Calls that are under way", Family::clone(&in_flight));
        registry.register("saves", "Label rows that were saved", Family::clone(&saves));
        let conflicts_help = "Label rows that somebody else changed meanwhile";
        registry.register("conflicts", conflicts_help, Family::clone(&conflicts));
        let (merges, failed_verifications) = (Family::default(), Family::default());
        registry.register("merges", "Edits that were merged into newer label rows", Family::clone(&merges));
        let failed_help = "Saved label rows that were found overwritten, or were not read back";
        registry.register("failed_verifications", failed_help, Family::clone(&failed_verifications));
        Self { registry, calls, seconds, in_flight, saves, conflicts, merges, failed_verifications }
    }

    /// Returns `true`: metrics are collected.
    #[allow(clippy::unused_self, reason = "without the feature it is another type")]
    pub(crate) fn is_enabled(&self) -> bool {
        true
    }

    /// Returns the metrics of the agent at this path.
    pub(crate) fn for_agent(&self, path: &'static str) -> AgentMetrics {
        let agent = vec![("agent", path.to_owned())];
        AgentMetrics {
            path,
            calls: Family::clone(&self.calls),
            succeeded: self.calls.get_or_create_owned(&with_status(path, StatusCode::OK)),
            seconds: self.seconds.get_or_create_owned(&agent),
            in_flight: self.in_flight.get_or_create_owned(&agent),
            saves: self.saves.get_or_create_owned(&agent),
            conflicts: self.conflicts.get_or_create_owned(&agent),
            merges: self.merges.get_or_create_owned(&agent),
            overwritten: self.failed_verifications.get_or_create_owned(&with_reason(path, "overwritten")),
            unread: self.failed_verifications.get_or_create_owned(&with_reason(path, "unread")),
        }
    }

    /// Renders all metrics in the text format of Prometheus.
    pub(crate) fn text(&self, readings: &Readings) -> String {
        let mut now = Registry::with_prefix("editor_agent");
        if let Some(traffic) = &readings.traffic {
            let platform = now.sub_registry_with_prefix("platform");
            platform.register("requests", "Requests of the platform", ConstCounter::new(traffic.requests));
            platform.register("repetitions", "Requests that repeat another", ConstCounter::new(traffic.retries));
            platform.register(
                "failures",
                "Calls of the platform that were given up",
                ConstCounter::new(traffic.failures),
            );
            let in_a_row = i64::try_from(traffic.consecutive_failures).unwrap_or(i64::MAX);
            platform.register("failures_in_a_row", "Those of them that came last", ConstGauge::new(in_a_row));
        }
        if let Some(budget) = &readings.budget {
            let memory = now.sub_registry_with_prefix("memory_budget");
            memory.register("waits", "Acquisitions of memory that had to wait", ConstCounter::new(budget.waits()));
            let bytes = |bytes: u64| ConstGauge::new(i64::try_from(bytes).unwrap_or(i64::MAX));
            memory.register("total_bytes", "Memory of decoded media and large responses", bytes(budget.total()));
            memory.register("free_bytes", "Memory of it that is not in use", bytes(budget.available()));
        }
        let open = i64::try_from(readings.background_open).unwrap_or(i64::MAX);
        now.register("background_open", "What goes on after answers, or waits to", ConstGauge::new(open));
        stages(&mut now, &readings.stages);
        further(&mut now, &readings.further);
        let mut text = String::new();
        // Writing to a string does not fail.
        let written = encode_registry(&mut text, &self.registry).and_then(|()| encode_registry(&mut text, &now));
        let _ = written.and_then(|()| encode_eof(&mut text));
        text
    }
}

/// Adds the tasks of the workflow stages, if there are any.
fn stages(registry: &mut Registry, stages: &[StageReading]) {
    if stages.is_empty() {
        return;
    }
    let (tasks, parked) = (Family::<Labels, Counter>::default(), Family::<Labels, Gauge>::default());
    for StageReading { stage, moved, left, failed, retries, parked: waiting } in stages {
        for (outcome, count) in [("moved", moved), ("left", left), ("failed", failed), ("retried", retries)] {
            let labels = vec![("stage", stage.clone()), ("outcome", outcome.to_owned())];
            tasks.get_or_create_owned(&labels).inc_by(*count);
        }
        let waiting = i64::try_from(*waiting).unwrap_or(i64::MAX);
        parked.get_or_create_owned(&vec![("stage", stage.clone())]).set(waiting);
    }
    registry.register("stage_tasks", "Tasks of workflow stages, by outcome", tasks);
    registry.register("stage_parked", "Tasks that have failed and wait for the next drain", parked);
}

/// Adds the values of libraries. Those with the same name are one family, of the kind of the first.
fn further(registry: &mut Registry, metrics: &[Metric]) {
    let mut families = BTreeMap::<&str, Vec<&Metric>>::new();
    let names = |metric: &&Metric| is_name(metric.name) && metric.labels.iter().all(|(name, _)| is_name(name));
    for metric in metrics.iter().filter(names) {
        families.entry(metric.name).or_default().push(metric);
    }
    for (name, metrics) in families {
        let Some(Metric { kind, help, .. }) = metrics.first() else { continue };
        let values: Vec<&Metric> = metrics.iter().filter(|metric| metric.kind == *kind).copied().collect();
        let without_labels = values.iter().all(|metric| metric.labels.is_empty());
        let total: f64 = values.iter().map(|metric| metric.value).sum();
        match kind {
            MetricKind::Gauge if without_labels => registry.register(name, *help, ConstGauge::new(total)),
            _ if without_labels => registry.register(name, *help, ConstCounter::new(total)),
            MetricKind::Gauge => {
                let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
                for metric in values {
                    family.get_or_create_owned(&metric.labels).inc_by(metric.value);
                }
                registry.register(name, *help, family);
            }
            _ => {
                let family = Family::<Labels, Counter<f64, AtomicU64>>::default();
                for metric in values {
                    family.get_or_create_owned(&metric.labels).inc_by(metric.value);
                }
                registry.register(name, *help, family);
            }
        }
    }
}

/// Returns whether the text can be the name of a metric or a label.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

fn with_status(path: &'static str, status: StatusCode) -> Labels {
    vec![("agent", path.to_owned()), ("status", status.as_u16().to_string())]
}

fn with_reason(path: &'static str, reason: &str) -> Labels {
    vec![("agent", path.to_owned()), ("reason", reason.to_owned())]
}

impl AgentMetrics {
    /// Counts a call that begins.
    pub(crate) fn begin(&self) {
        self.in_flight.inc();
    }

    /// Counts the end of a call, with or without a response.
    pub(crate) fn end(&self) {
        self.in_flight.dec();
    }

    /// Counts a call that got its response.
    pub(crate) fn responded(&self, status: StatusCode, took: Duration, saves: &SaveCounts) {
        match status {
            StatusCode::OK => self.succeeded.inc(),
            other => self.calls.get_or_create_owned(&with_status(self.path, other)).inc(),
        };
        if status == StatusCode::CONFLICT {
            self.conflicts.inc();
        }
        self.seconds.observe(took.as_secs_f64());
        let counts = [
            (&self.saves, &saves.saves),
            (&self.merges, &saves.merges),
            (&self.overwritten, &saves.overwritten),
            (&self.unread, &saves.unread),
        ];
        // Most calls save nothing, and all threads share the counters.
        for (counter, count) in counts.into_iter().filter(|(_, count)| count.get() > 0) {
            counter.inc_by(count.get());
        }
    }

    /// Counts a conflict after which the agent runs again.
    pub(crate) fn conflict(&self) {
        self.conflicts.inc();
    }
}
