//! Test fixture: the sample project on a local platform, and agents that are called over HTTP as by the editor.

mod classify_frame;
mod classify_object;
mod convert_shapes;
mod describe_objects;
mod find_similar;
#[cfg(feature = "sam")]
mod find_similar_model;
mod first_steps;
pub(crate) mod ground_truth;
mod model_endpoint;
mod notify;
mod recaption_video;
mod segment;
mod track_boxes;
mod validate_labels;

use std::path::Path;
use std::sync::Arc;

use agent_runtime::agent_platform::client::{LabelRowFilter, LabelRowMetadata};
use agent_runtime::agent_platform::labels::{LabelRow, RowMetadata};
use agent_runtime::{AgentPayload, DataHash, RunningServer, Server};
use agent_studio::{LocalPlatform, RunningPlatform, SampleCopy};
use serde_json::Value;

/// A copy of the sample project, its platform, and an agent server.
pub(crate) struct SampleProject {
    pub(crate) platform: RunningPlatform,
    agents: RunningServer,
    http: reqwest::Client,
    listing: Vec<LabelRowMetadata>,
    copy: SampleCopy,
}

/// The response of an agent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) message: String,
    pub(crate) decision: Option<String>,
}

impl SampleProject {
    /// Starts platform and agents on free ports.
    pub(crate) async fn start(server: Server) -> Self {
        Self::start_with(server, |_| ()).await
    }

    /// Like [`Self::start`], after a change of the project folder.
    pub(crate) async fn start_with(server: Server, change: impl FnOnce(&Path)) -> Self {
        let copy = SampleCopy::new().unwrap();
        change(copy.folder());
        let platform = LocalPlatform::builder().folder(copy.folder()).start().await.unwrap();
        let client = platform.client().unwrap();
        let project = platform.project_hashes()[0];
        let listing = client.list_label_rows(project, &LabelRowFilter::default()).await.unwrap();
        let agents = server.port(0).platform(client).start().await.unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { platform, agents, http: reqwest::Client::new(), listing, copy }
    }

    /// Creates a payload for a frame of the data unit with this title.
    pub(crate) fn payload(&self, title: &str, frame: u64, selected: &[&str]) -> AgentPayload {
        let data: DataHash = self.entry(title).data_hash.parse().unwrap();
        AgentPayload::new(self.platform.project_hashes()[0], data)
            .on_frame(frame)
            .with_objects(selected.iter().copied())
    }

    /// Calls an agent.
    pub(crate) async fn call(&self, path: &str, payload: &AgentPayload) -> Answer {
        let request = self.http.post(format!("{}{path}", self.agents.url()));
        let request = request.header("content-type", "application/json").header("origin", "https://app.encord.com");
        let response = request.body(serde_json::to_vec(payload).unwrap()).send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        let text = |key: &str| body[key].as_str().map(str::to_owned);
        Answer { status, message: text("message").unwrap_or_default(), decision: text("decision") }
    }

    /// Returns the stored label row.
    pub(crate) fn row(&self, title: &str) -> LabelRow {
        let entry = self.entry(title);
        let label_hash = self.platform.label_hash(&entry.data_hash, "main").unwrap();
        let ontology = self.platform.ontology(&entry.data_hash).unwrap();
        let row = LabelRow::parse(self.platform.label_row(&label_hash).unwrap(), Arc::clone(&ontology)).unwrap();
        row.with_metadata(RowMetadata::parse(entry.json().get()))
    }

    fn entry(&self, title: &str) -> &LabelRowMetadata {
        self.listing.iter().find(|entry| entry.data_title.as_deref() == Some(title)).unwrap()
    }
}

impl Drop for SampleProject {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.copy.folder());
    }
}
