//! The spans of a program that drains a stage and exits.

use std::process::{Command, Output};

use agent_runtime::uuid::Uuid;
use agent_studio::{DataSource, LocalPlatform, Pathway, ProjectSource, RunningPlatform, Stage, StageKind};
use opentelemetry_proto::tonic::trace::v1::Span;

use super::collector::{Collector, attribute};

const ONTOLOGY: &str = r##"{"objects": [{"id": "1", "name": "Vehicle", "color": "#D33115", "shape": "bounding_box",
    "featureNodeHash": "ob/BOX+1"}], "classifications": []}"##;
const PROJECT: Uuid = Uuid::from_u128(0x8f1d_2c3a_0b7e_4a51_9c64_5d1e_7a90_b2f7);
const TASKS: usize = 3;

async fn platform() -> RunningPlatform {
    let id = Uuid::from_u128;
    let mut agent = Stage::new(StageKind::Agent, id(0x5001), "Pre-label");
    agent.pathways = Some(vec![Pathway::new(id(0x6001), "done", id(0x5002))]);
    let mut project = ProjectSource::new("Streets", ONTOLOGY).project_hash(PROJECT);
    project.stages = vec![agent, Stage::new(StageKind::Done, id(0x5002), "Complete")];
    let image = |n: usize| DataSource::image(format!("{n}.jpg"), 16, 16).data_hash(id(0x2222 + n as u128));
    let project = (0..TASKS).fold(project, |project, n| project.data(image(n).stage("Pre-label")));
    LocalPlatform::builder().project(project).start().await.unwrap()
}

async fn drain(platform: &RunningPlatform, collector: &Collector) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stage-agent"));
    command.args(["--project", &PROJECT.to_string(), "--drain"]).env("AGENT_SAVE_VERIFY", "off");
    command.env("ENCORD_DOMAIN", platform.url()).env("ENCORD_SSH_KEY", platform.private_key().unwrap().as_str());
    command.env_remove("ENCORD_SSH_KEY_FILE").env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drain_exports_a_trace_for_each_task() {
    let (platform, collector) = (platform().await, Collector::start());
    let drained = drain(&platform, &collector).await;
    assert!(drained.status.success(), "{}", String::from_utf8_lossy(&drained.stderr));
    let spans = collector.spans();
    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<&Span>>();
    let tasks = named("stage.task");
    assert_eq!(tasks.len(), TASKS);
    assert!(tasks.iter().all(|task| task.parent_span_id.is_empty()));
    assert!(tasks.iter().all(|task| attribute(&task.attributes, "stage").as_deref() == Some("Pre-label")));
    for part in ["agent.run", "agent.commit"] {
        let parts = named(part);
        assert_eq!(parts.len(), TASKS, "{part}");
        for span in parts {
            assert!(tasks.iter().any(|task| task.trace_id == span.trace_id), "{part} is in no trace of a task");
        }
    }
}
