//! Priorities that agents set, read by the real Python SDK.

use agent_runtime::agent_platform::client::{Domain, LabelRowFilter, PlatformClient};
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_runtime::{AgentPayload, Stage};
use agent_studio::LocalPlatform;
use test_support::studio::folder::{ProjectFolder, image};
use test_support::studio::python;

const ONTOLOGY: &str = r#"{"objects": [], "classifications": []}"#;
const STATE: &str = r#"{"tasks": {
    "street.bmp": {"stage": "Agent 1", "priority": 0.5}, "yard.bmp": {"stage": "Agent 1", "priority": 0.5}}}"#;

/// Sets a priority by the title.
#[editor_agent]
async fn prioritizes(info: LabelRowInfo) -> Prioritized<&'static str> {
    match info.data_title.as_deref() {
        Some("street.bmp") => Prioritized::new("Urgent.", 0.875),
        Some("house.bmp") => Prioritized::new("Later.", 0.0),
        _ => "As it is.".into(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_reads_priorities_of_agents() {
    let folder = ProjectFolder::new("");
    folder.write("ontology.json", ONTOLOGY);
    for name in ["house.bmp", "street.bmp", "yard.bmp"] {
        folder.write(&format!("data/{name}"), image(8, 6));
    }
    folder.write("state.json", STATE);
    let running = LocalPlatform::builder().folder(folder.path()).start().await.unwrap();
    let domain = Domain::parse(&running.url()).unwrap();
    let client = PlatformClient::builder().credentials(running.credentials().unwrap()).domain(domain).build().unwrap();
    let project = running.project_hashes()[0];
    let rows = client.list_label_rows(project, &LabelRowFilter::default()).await.unwrap();
    let house = rows.iter().find(|row| row.data_title.as_deref() == Some("house.bmp")).unwrap();

    let server = Server::new().agents(agents![]).platform(client.clone()).stage_project(project);
    let report = server.stage(Stage::new("Agent 1").pathway("review"), agents![prioritizes]).drain().await.unwrap();
    assert_eq!((report.moved, report.failed.len()), (2, 0), "{report}");
    let click = TestClient::new(Server::new().agents(agents![prioritizes]).platform(client)).unwrap();
    let payload = AgentPayload::new(project, house.data_hash.as_str().parse::<DataHash>().unwrap());
    click.call("/prioritizes", &payload).await.assert_message("Later.");

    let read = tokio::task::block_in_place(|| python::run("priorities.py", &[], &running));
    let expected = [
        r#"["house.bmp", "Annotate 1", 0.0]"#,
        r#"["street.bmp", "Review 1", 0.875]"#,
        r#"["yard.bmp", "Review 1", 0.5]"#,
    ];
    assert_eq!(read.lines().collect::<Vec<_>>(), expected);
}
