//! Twins: the label rows that another branch or another project has for the same data.

use agent_runtime::agent_platform::auth::Credentials;
use agent_runtime::agent_platform::client::{Domain, LabelRowFilter, PlatformClient, ReadLabels};
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_runtime::uuid::Uuid;
use agent_runtime::{AgentPayload, SaveVerification, Stage, StageFrames, Twin, TwinPlace, TwinSource};
use agent_studio::{CallKind, DataSource, LocalPlatform, Pathway, ProjectSource, RunningPlatform, StageKind};

const ONTOLOGY: &str = r##"{"objects": [{"id": "1", "name": "Vehicle", "color": "#D33115", "shape": "bounding_box",
    "featureNodeHash": "ob/BOX+1"}], "classifications": []}"##;
const PROJECT: Uuid = Uuid::from_u128(0x8f1d_2c3a_0b7e_4a51_9c64_5d1e_7a90_b2f4);
const OTHER: Uuid = Uuid::from_u128(0x8f1d_2c3a_0b7e_4a51_9c64_5d1e_7a90_b2f5);
const SHARED: Uuid = Uuid::from_u128(0x1111_1111_aaaa_4bbb_8ccc_0000_0000_0001);
const ALONE: Uuid = Uuid::from_u128(0x1111_1111_aaaa_4bbb_8ccc_0000_0000_0002);
const MODEL: &str = "model-2";

/// The other project, which the server knows.
#[derive(Clone)]
struct Reference(ProjectHash);

struct OtherProject;

impl TwinSource for OtherProject {
    fn place(call: &EditorCall) -> Result<TwinPlace> {
        Ok(TwinPlace::project(call.states().get::<Reference>().or_complain("No reference is configured.")?.0))
    }

    fn declare(requirements: &mut Requirements) {
        requirements.state::<Reference>();
    }
}

struct Model;

impl TwinSource for Model {
    fn place(_: &EditorCall) -> Result<TwinPlace> {
        Ok(TwinPlace::branch(MODEL))
    }
}

struct Itself;

impl TwinSource for Itself {
    fn place(_: &EditorCall) -> Result<TwinPlace> {
        Ok(TwinPlace::project(PROJECT).on_branch("main"))
    }
}

fn add(row: &mut LabelRow, frame: u64) -> Result<()> {
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(frame)?;
    Ok(())
}

#[editor_agent(path = "/twin/count")]
async fn count(row: &LabelRow, model: Twin<Model>, other: &Twin<OtherProject>) -> String {
    let [row, model, other] = [row, model.row(), other.row()].map(|row| row.objects().count());
    format!("{row} {model} {other}")
}

#[editor_agent(path = "/twin/find")]
async fn find(other: Option<Twin<OtherProject>>) -> &'static str {
    if other.is_some() { "There." } else { "Not there." }
}

#[editor_agent(path = "/twin/require")]
async fn require(other: Twin<OtherProject>) -> String {
    other.info().data_title.clone().unwrap_or_default()
}

#[editor_agent(path = "/twin/copy")]
async fn copy(frame: Frame, model: &mut Twin<Model>, other: &mut Twin<OtherProject>) -> Result<()> {
    add(model.row_mut(), frame.0)?;
    add(other.row_mut(), frame.0)?;
    add(other.row_mut(), frame.0)
}

#[editor_agent(path = "/twin/copy-and-fail")]
async fn copy_and_fail(row: &mut LabelRow, other: &mut Twin<OtherProject>) -> Result<()> {
    add(row, 0)?;
    add(other.row_mut(), 0)?;
    bail!("Not today.")
}

#[editor_agent(path = "/twin/both")]
async fn both(row: &mut LabelRow, other: &mut Twin<OtherProject>) -> Result<()> {
    add(row, 0)?;
    add(other.row_mut(), 0)
}

#[editor_agent(path = "/twin/itself")]
async fn itself(_twin: Twin<Itself>) {}

/// Returns a project with data, which waits in an agent stage.
fn project(hash: Uuid, data: &[DataSource]) -> ProjectSource {
    let id = Uuid::from_u128;
    let mut stage = agent_studio::Stage::new(StageKind::Agent, id(0x5001), "Compare");
    stage.pathways = Some(vec![Pathway::new(id(0x6001), "done", id(0x5002))]);
    let mut project = ProjectSource::new("Streets", ONTOLOGY).project_hash(hash);
    project.stages = vec![stage, agent_studio::Stage::new(StageKind::Done, id(0x5002), "Complete")];
    data.iter().cloned().fold(project, ProjectSource::data)
}

/// Two projects with the same video, and one with an image of its own.
struct World(RunningPlatform);

impl World {
    async fn start() -> Self {
        let shared = DataSource::video("drive.mp4", 64, 48, 3, 25.0).data_hash(SHARED.to_string()).stage("Compare");
        let alone = DataSource::image("yard.jpg", 16, 16).data_hash(ALONE.to_string());
        let builder = LocalPlatform::builder().project(project(PROJECT, &[shared.clone(), alone]));
        let platform = builder.project(project(OTHER, &[shared])).bearer_token("agent@example.test", "made-up-token");
        Self(platform.start().await.unwrap())
    }

    fn client(&self) -> PlatformClient {
        let domain = Domain::parse(&self.0.url()).unwrap();
        let credentials = Credentials::bearer("made-up-token").unwrap();
        PlatformClient::builder().credentials(credentials).domain(domain).build().unwrap()
    }

    fn server(&self) -> Server {
        let agents = agents![count, find, require, copy, copy_and_fail, both, itself];
        let server = Server::new().agents(agents).platform(self.client()).state(Reference(OTHER.into()));
        server.save_verification(SaveVerification::Off)
    }

    async fn call(&self, path: &str, data: Uuid) -> (u16, Option<String>) {
        let client = TestClient::new(self.server()).unwrap();
        let response = client.call(path, &AgentPayload::new(PROJECT, data)).await;
        (response.status().as_u16(), response.message().map(ToOwned::to_owned))
    }

    /// Returns the number of objects on all frames of the shared video.
    async fn objects(&self, project: Uuid, branch: &str) -> usize {
        let filter = LabelRowFilter::default().data_hashes([DataHash(SHARED)]).branch(branch);
        let rows = self.client().list_label_rows(project, &filter).await.unwrap();
        let Some(hash) = &rows[0].label_hash else { return 0 };
        let row = self.client().label_row(project, hash, &ReadLabels::default()).await.unwrap();
        // Each object is in the labels and in the answers.
        row.get().matches("\"objectHash\":").count() / 2
    }
}

#[tokio::test]
async fn twins_are_read_and_saved() {
    let world = World::start().await;
    assert_eq!(world.call("/twin/count", SHARED).await.1.unwrap(), "0 0 0");
    assert_eq!(world.call("/twin/copy", SHARED).await, (200, None));
    let objects = [world.objects(PROJECT, "main"), world.objects(PROJECT, MODEL), world.objects(OTHER, "main")];
    let [main, model, other] = objects;
    assert_eq!((main.await, model.await, other.await), (0, 1, 2));
    assert_eq!(world.call("/twin/count", SHARED).await.1.unwrap(), "0 1 2");
    assert_eq!(world.call("/twin/both", SHARED).await, (200, None));
    assert_eq!(world.call("/twin/count", SHARED).await.1.unwrap(), "1 1 3");
}

#[tokio::test]
async fn option_is_none_for_data_that_the_project_lacks() {
    let world = World::start().await;
    assert_eq!(world.call("/twin/find", SHARED).await.1.unwrap(), "There.");
    assert_eq!(world.call("/twin/find", ALONE).await.1.unwrap(), "Not there.");
    assert_eq!(world.call("/twin/require", SHARED).await.1.unwrap(), "drive.mp4");
    assert_eq!(world.call("/twin/require", ALONE).await.0, 404);
}

#[tokio::test]
async fn failed_agent_saves_no_twin() {
    let world = World::start().await;
    assert_eq!(world.call("/twin/copy-and-fail", SHARED).await.0, 400);
    assert_eq!(world.0.calls().count(CallKind::SaveLabelRows), 0);
}

#[tokio::test]
async fn call_itself_is_no_twin() {
    let world = World::start().await;
    assert_eq!(world.call("/twin/itself", SHARED).await.0, 500);
}

#[tokio::test]
async fn dry_run_notes_the_changes_of_twins() {
    let world = World::start().await;
    let client = TestClient::new(world.server()).unwrap().dry_run();
    let response = client.call("/twin/both", &AgentPayload::new(PROJECT, SHARED)).await;
    assert_eq!(response.label_differences().len(), 2, "{}", response.text());
    let writes = [CallKind::SaveLabelRows, CallKind::CreateLabelRows].map(|kind| world.0.calls().count(kind));
    assert_eq!(writes, [0, 0]);
}

#[tokio::test]
async fn twin_of_a_task_is_saved_once() {
    let world = World::start().await;
    let stage = Stage::new("Compare").pathway("done").frames(StageFrames::Each);
    let report = world.server().stage_project(PROJECT).stage(stage, agents![copy]).drain().await.unwrap();
    assert_eq!(report.moved, 1, "{report}");
    assert_eq!((world.objects(PROJECT, MODEL).await, world.objects(OTHER, "main").await), (3, 6));
    assert_eq!(world.0.calls().count(CallKind::SaveLabelRows), 2);
}
