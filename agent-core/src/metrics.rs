//! Values of libraries for `/metrics`.

/// A source of values for `/metrics`, such as a model with a cache: `Server::metrics`.
///
/// ```
/// use agent_core::metrics::{Metric, MetricSource};
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// struct Lookups(AtomicU32);
///
/// impl MetricSource for Lookups {
///     fn metrics(&self) -> Vec<Metric> {
///         let lookups = self.0.load(Ordering::Relaxed);
///         // `editor_agent_price_lookups_total`
///         vec![Metric::counter("price_lookups", "Lookups in the price list", lookups.into())]
///     }
/// }
/// ```
pub trait MetricSource: Send + Sync + 'static {
    /// Returns the current values. It is called for each request to `/metrics`, and must not block.
    fn metrics(&self) -> Vec<Metric>;
}

/// A value for `/metrics`. Values with the same name and the same labels are added up.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Metric {
    /// The name: letters, digits and `_`, such as `segmenter_cache_hits`. The server adds its prefix, and the suffix of counters.
    /// Values with another name are left out.
    pub name: &'static str,
    /// The description, without a full stop at the end.
    pub help: &'static str,
    /// The kind.
    pub kind: MetricKind,
    /// The value.
    pub value: f64,
    /// The labels: names like that of the metric, and any values.
    pub labels: Vec<(&'static str, String)>,
}

/// The kind of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MetricKind {
    /// A total that only grows until the program ends.
    Counter,
    /// A value that rises and falls.
    Gauge,
}

impl Metric {
    /// Creates a total that only grows, such as a number of events or of seconds.
    #[must_use]
    pub fn counter(name: &'static str, help: &'static str, value: f64) -> Self {
        Self { name, help, kind: MetricKind::Counter, value, labels: Vec::new() }
    }

    /// Creates a value that rises and falls, such as a number of bytes.
    #[must_use]
    pub fn gauge(name: &'static str, help: &'static str, value: f64) -> Self {
        Self { kind: MetricKind::Gauge, ..Self::counter(name, help, value) }
    }

    /// Adds a label.
    #[must_use]
    pub fn with_label(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.labels.push((name, value.into()));
        self
    }
}
