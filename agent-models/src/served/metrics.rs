//! Values of the client of one model for `/metrics`.

use agent_core::metrics::{Metric, MetricSource};

use super::error_kind::ErrorKind;
use super::model::ServedModel;

/// Values for `/metrics`: `Server::metrics(model)`. The label `model` is the name of the model. The values of models with the same name
/// are added up.
impl MetricSource for ServedModel {
    fn metrics(&self) -> Vec<Metric> {
        let counts = self.counts();
        let counters = [
            ("model_server_inferences", "Inferences that ended, also with an error", float(counts.inferences)),
            ("model_server_requests", "Inference requests that were sent, including retries", float(counts.requests)),
            ("model_server_request_seconds", "Time of these requests", counts.request_time.as_secs_f64()),
            ("model_server_sent_bytes", "Bytes of these requests", float(counts.bytes_sent)),
            ("model_server_saved_bytes", "Bytes of inputs that the server has already", float(counts.bytes_saved)),
            ("model_server_received_bytes", "Bytes of responses", float(counts.bytes_received)),
            ("model_server_missing_tensors", "Requests that had to be repeated with an input", {
                float(counts.tensors_missing)
            }),
            ("model_server_queued", "Inferences that waited for a batch", float(counts.queued)),
            ("model_server_queue_seconds", "Time for which they waited", counts.queue_time.as_secs_f64()),
            ("model_server_batches", "Batches that were sent", float(counts.batches)),
            ("model_server_batch_items", "Items of these batches", float(counts.batch_items)),
        ];
        let counters = counters.into_iter().map(|(name, help, value)| Metric::counter(name, help, value));
        let errors = ErrorKind::ALL.into_iter().map(|kind| {
            let count = float(self.errors(kind));
            Metric::counter("model_server_errors", "Inferences that failed", count).with_label("kind", kind.label())
        });
        counters.chain(errors).map(|metric| metric.with_label("model", self.name())).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay below 2⁵³")]
fn float(count: u64) -> f64 {
    count as f64
}
