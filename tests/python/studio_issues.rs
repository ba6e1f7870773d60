//! Issues of the local platform, written and read by the real Python SDK.

use agent_runtime::agent_platform::client::Domain;
use agent_runtime::agent_platform::client::PlatformClient;
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_runtime::{AgentPayload, Server};
use agent_studio::{LocalPlatform, RunningPlatform};
use serde_json::{Value, json};
use test_support::studio::folder::{ProjectFolder, video};

const ONTOLOGY: &str = r#"{"objects": [], "classifications": []}"#;

/// Runs the script of the SDK.
fn sdk(action: &str, running: &RunningPlatform) -> String {
    tokio::task::block_in_place(|| test_support::studio::python::run("issues.py", &[action], running))
}

fn folder() -> ProjectFolder {
    let folder = ProjectFolder::new("");
    folder.write("ontology.json", ONTOLOGY);
    folder.write("data/drive.mp4", video(16));
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn issues_of_the_sdk_survive_a_restart() {
    let folder = folder();
    let running = LocalPlatform::builder().folder(folder.path()).page_size(2).start().await.unwrap();
    sdk("write", &running);
    let before = sdk("read", &running);
    running.stop().await;
    let running = LocalPlatform::builder().folder(folder.path()).start().await.unwrap();
    assert_eq!(sdk("read", &running), before);
    assert_eq!(before.lines().count(), 4, "{before}");
}

#[editor_agent(findings = "issues")]
async fn reports() -> Findings {
    let mut findings = Findings::new();
    findings.push(Finding::error("The file is dark."));
    findings.push(Finding::error("The object is small.").on_object("Ab12Cd34").on_frames(2..=3));
    findings.push(Finding::warning("Something is here.").on_frames(4).at_point(0.25, 0.5));
    findings.push(Finding::info("The frame is blurred.").on_frames(5));
    findings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_reads_issues_of_findings() {
    let folder = folder();
    let running = LocalPlatform::builder().folder(folder.path()).start().await.unwrap();
    let client = PlatformClient::builder()
        .credentials(running.credentials().unwrap())
        .domain(Domain::parse(&running.url()).unwrap())
        .build()
        .unwrap();
    let project = running.project_hashes()[0];
    let rows = client.list_label_rows(project, &Default::default()).await.unwrap();
    let data: DataHash = rows[0].data_hash.as_str().parse().unwrap();
    let agents = TestClient::new(Server::new().agents(agents![reports]).platform(client)).unwrap();
    for _ in 0..2 {
        let response = agents.call("/reports", &AgentPayload::new(project, data)).await;
        assert_eq!(response.json()["findings"].as_array().unwrap().len(), 4, "{}", response.text());
    }
    let read = sdk("read", &running);
    let issues: Vec<Value> = read.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let text = |issue: &Value| issue["comments"][0]["content"].as_str().unwrap().lines().next().unwrap().to_owned();
    let found: Vec<_> = issues.iter().map(|issue| json!([issue["type"], text(issue)])).collect();
    let expected = json!([
        ["dataUnit", "Error: The file is dark."],
        ["annotation", "Error: The object is small."],
        ["frameCoordinate", "Warning: Something is here."],
        ["frame", "Note: The frame is blurred."],
    ]);
    assert_eq!(json!(found), expected, "{read}");
    assert_eq!(issues[1]["frameRanges"], json!([{"start": 2, "end": 3}]));
    assert_eq!(issues[2]["coordinate"], json!({"x": 0.25, "y": 0.5}));
}
