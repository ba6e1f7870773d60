//! A project whose tasks wait in an agent stage.

use std::time::Duration;

use agent_runtime::agent_platform::auth::Credentials;
use agent_runtime::agent_platform::client::{Domain, PlatformClient, RetryPolicy};
use agent_runtime::uuid::Uuid;
use agent_runtime::{SaveVerification, Server};
use agent_studio::{DataSource, LocalPlatform, Pathway, ProjectSource, RunningPlatform, Stage, StageKind};
use serde_json::Value;

pub(super) const ONTOLOGY: &str = r##"{"objects": [{"id": "1", "name": "Vehicle", "color": "#D33115", "shape": "bounding_box",
    "featureNodeHash": "ob/BOX+1"}], "classifications": []}"##;
pub(super) const PROJECT: Uuid = Uuid::from_u128(0x8f1d_2c3a_0b7e_4a51_9c64_5d1e_7a90_b2f4);
pub(super) const STAGE: &str = "Pre-label";
const STAGE_UUID: Uuid = Uuid::from_u128(0x5001);
pub(super) const TOKEN: &str = "made-up-token";

/// Read-back without a delay, because there are no concurrent saves.
const IMMEDIATELY: SaveVerification = SaveVerification::After(Duration::from_millis(1));

/// Returns the data hash of a task, by its number.
pub(super) fn data(n: usize) -> Uuid {
    Uuid::from_u128(0x1111_1111_aaaa_4bbb_8ccc_0000_0000_0000 + n as u128)
}

/// Returns the workflow: annotation, the agent stage with the pathways `done` and `needs a human`, review, and the final stage.
fn stages() -> Vec<Stage> {
    let id = Uuid::from_u128;
    let mut agent = Stage::new(StageKind::Agent, STAGE_UUID, STAGE);
    agent.pathways =
        Some(vec![Pathway::new(id(0x6001), "done", id(0x5003)), Pathway::new(id(0x6002), "needs a human", id(0x5002))]);
    vec![
        Stage::new(StageKind::Annotation, id(0x5000), "Annotate"),
        agent,
        Stage::new(StageKind::Review, id(0x5002), "Review"),
        Stage::new(StageKind::Done, id(0x5003), "Complete"),
    ]
}

/// A platform whose tasks wait in the stage.
pub(super) struct World {
    pub(super) platform: RunningPlatform,
    retries: u32,
}

impl World {
    /// Starts a platform with images.
    pub(super) async fn with_images(images: usize) -> Self {
        Self::start(
            (0..images).map(|n| DataSource::image(format!("{n:06}.jpg"), 16, 16).data_hash(data(n)).stage(STAGE)),
        )
        .await
    }

    /// Starts a platform with one video.
    pub(super) async fn with_video(frames: u64) -> Self {
        let video = DataSource::video("drive.mp4", 64, 48, frames, 25.0).data_hash(data(0)).stage(STAGE);
        Self::start([video].into_iter()).await
    }

    async fn start(sources: impl Iterator<Item = DataSource>) -> Self {
        let mut project = ProjectSource::new("Streets", ONTOLOGY).project_hash(PROJECT);
        project.stages = stages();
        let project = sources.fold(project, ProjectSource::data);
        // A bearer token, because signatures would take half of the time.
        let platform = LocalPlatform::builder().project(project).bearer_token("agent@example.test", TOKEN);
        Self { platform: platform.start().await.unwrap(), retries: 2 }
    }

    /// Never repeats requests of the client itself.
    pub(super) fn without_retries(self) -> Self {
        Self { retries: 0, ..self }
    }

    pub(super) fn client(&self) -> PlatformClient {
        let policy = RetryPolicy {
            initial_backoff: Duration::from_millis(1),
            budget: 1_000_000,
            retries: self.retries,
            ..RetryPolicy::default()
        };
        let builder = PlatformClient::builder()
            .credentials(Credentials::bearer(TOKEN).unwrap())
            .domain(Domain::parse(&self.platform.url()).unwrap())
            .retry(policy)
            .read_timeout(Duration::from_millis(400))
            .call_timeout(Duration::from_secs(10));
        builder.build().unwrap()
    }

    /// Returns a server of the project, without agents.
    pub(super) fn server(&self) -> Server {
        let server = Server::new().platform(self.client()).stage_project(PROJECT).port(0);
        server.stage_backoff(Duration::from_millis(1)).save_verification(IMMEDIATELY)
    }

    /// Returns the stage of a task.
    pub(super) fn stage(&self, n: usize) -> String {
        self.platform.stage(&data(n).to_string()).unwrap()
    }

    /// Returns the UUID of a task.
    pub(super) async fn task(&self, n: usize) -> Uuid {
        for stage in stages() {
            let tasks = self.client().agent_tasks(PROJECT, stage.uuid, &[data(n).into()]).await.unwrap();
            if let Some(task) = tasks.first() {
                return task.uuid;
            }
        }
        panic!("task {n} is in no stage")
    }

    /// Returns the number of objects of a task, on all frames.
    pub(super) fn objects(&self, n: usize) -> usize {
        self.frames(n).iter().sum()
    }

    /// Returns the number of objects on each frame that has an entry.
    pub(super) fn frames(&self, n: usize) -> Vec<usize> {
        let hash = self.platform.label_hash(&data(n).to_string(), "main");
        let Some(row) = hash.and_then(|hash| self.platform.label_row(&hash)) else { return Vec::new() };
        let row: Value = serde_json::from_str(&row).unwrap();
        let unit = row["data_units"].as_object().unwrap().values().next().unwrap();
        let count = |labels: &Value| labels["objects"].as_array().map_or(0, Vec::len);
        match unit["labels"].as_object() {
            Some(frames) if frames.keys().any(|key| key.parse::<u64>().is_ok()) => frames.values().map(count).collect(),
            _ => vec![count(&unit["labels"])],
        }
    }
}
