//! The recorded project, served by a local platform that runs beside a synchronous test.

use std::time::Duration;

use agent_studio::{Call, Fault, LocalPlatform, RunningPlatform};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::recorded;
use crate::keys;

/// A local platform with the recorded project on a free port. It accepts the key of the tests, [`keys::PLAIN`], and is
/// stopped when it is dropped.
pub struct RecordedPlatform {
    running: RunningPlatform,
    /// The base URL, `http://HOST:PORT`.
    pub domain: String,
    /// Runs the server; dropped last.
    _runtime: Runtime,
}

impl RecordedPlatform {
    /// Starts the platform on a runtime of its own.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let builder = LocalPlatform::builder()
            .project(recorded::project())
            .public_key("agent@example.test", keys::KEY_ID)
            .remembered_calls(1000);
        let running = runtime.block_on(builder.start()).unwrap();
        Self { domain: running.url(), running, _runtime: runtime }
    }

    /// Restores the recorded project, removes all faults and clears the call log.
    pub fn reset(&self) {
        self.running.reset_projects();
        self.running.faults().clear();
        self.running.calls().clear();
    }

    /// Adds a fault.
    pub fn fail(&self, fault: Fault) {
        self.running.faults().add(fault);
    }

    /// Sets the latency of every response.
    pub fn set_latency(&self, latency: Duration) {
        self.running.set_latency(latency);
    }

    /// Returns the calls since the last reset, in the order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.running.calls().all()
    }

    /// Returns the stored label row of a data unit on `main`.
    pub fn labels(&self, data_hash: &str) -> Value {
        let label_hash = self.running.label_hash(data_hash, "main").expect("the data unit has a label row");
        serde_json::from_str(&self.running.label_row(&label_hash).unwrap()).unwrap()
    }

    /// Returns the title of the stage of a data unit's task.
    pub fn stage(&self, data_hash: &str) -> String {
        self.running.stage(data_hash).unwrap()
    }

    /// Returns the priority of a data unit's task.
    pub fn priority(&self, data_hash: &str) -> f64 {
        self.running.priority(data_hash).unwrap()
    }
}
