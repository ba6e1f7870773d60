//! Values of the segmenter for `/metrics`.

use agent_core::metrics::{Metric, MetricSource};

use super::cache::CacheCounts;
use super::shared::SharedSegmenter;

/// Values for `/metrics`: `Server::metrics(segmenter)`.
impl MetricSource for SharedSegmenter {
    fn metrics(&self) -> Vec<Metric> {
        let CacheCounts { hits, disk_hits, misses, encodings, warmed, encode_time, bytes } = self.cache_counts();
        let counter = |name, help, value: u64| Metric::counter(name, help, float(value));
        let seconds = encode_time.as_secs_f64();
        vec![
            counter("segmenter_cache_hits", "Embeddings found in memory, or computed for another call", hits),
            counter("segmenter_cache_disk_hits", "Embeddings found on the disk", disk_hits),
            counter("segmenter_cache_misses", "Embeddings that had to be computed for a call", misses),
            Metric::gauge("segmenter_cache_bytes", "Memory of the cached embeddings", float(bytes)),
            counter("segmenter_encodings", "Images that were encoded", encodings),
            counter("segmenter_encodings_in_advance", "Images that were encoded before a call needed them", warmed),
            Metric::counter("segmenter_encode_seconds", "Time in which images were encoded", seconds),
        ]
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay below 2⁵³")]
fn float(count: u64) -> f64 {
    count as f64
}
