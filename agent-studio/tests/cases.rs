//! Calls that are saved as tests, and `agent-studio replay`.

use std::path::{Path, PathBuf};

use agent_platform::client::{Domain, PlatformClient};
use agent_runtime::RunningServer;
use agent_runtime::prelude::*;
use agent_studio::{ClientKey, LocalPlatform, Page, RunningPlatform, SampleCopy};
use hyper::Method;
use serde_json::{Value, json};
use test_support::free_port::free_port;
use test_support::http_client::{Answer, get, post, send};

use crate::cli::{Ran, Scratch, program, run};

/// The project hash of the sample.
const PROJECT: &str = "6f0b6e2a-8c53-4b0e-9d0f-51a3c2d7e845";

/// Simplifies the selected outlines.
#[editor_agent]
async fn simplify(frame: Frame, selected: Selected<Polygon>, row: &mut LabelRow) -> Result<String> {
    let mut removed = 0;
    for polygon in &selected {
        removed += row.edit(polygon)?.at(frame)?.simplify(0.002)?;
    }
    Ok(format!("{removed} vertices removed."))
}

/// Adds a box, whose hash differs in every run.
#[editor_agent]
async fn add_box(frame: Frame, row: &mut LabelRow) -> Result<()> {
    row.add("Item box").bounding_box(0.1, 0.2, 0.3, 0.4).on(frame)?;
    Ok(())
}

/// Reads pixels.
#[editor_agent]
async fn width(pixels: FramePixels) -> Result<String> {
    Ok(format!("{} pixels wide.", pixels.into_image().width()))
}

#[editor_agent]
async fn complain() -> Result<String> {
    Err(AgentError::new(ErrorStatus::BadRequest, "Nothing to do."))
}

fn server() -> Server {
    Server::new().agents(agents![simplify, add_box, width, complain])
}

/// A studio that saves calls, with an agent server.
pub(crate) struct World {
    scratch: Scratch,
    pub(crate) studio: RunningPlatform,
    agents: RunningServer,
    sample: Option<SampleCopy>,
}

impl World {
    async fn start() -> Self {
        Self::start_with(Page::new(), server()).await
    }

    pub(crate) async fn start_with(page: Page, server: Server) -> Self {
        let (scratch, sample) = (Scratch::new(), SampleCopy::new().unwrap());
        let page = page.cases(scratch.path("cases"));
        let studio = LocalPlatform::builder().folder(sample.folder()).page(page).start().await.unwrap();
        let agents = server.platform(studio.client().unwrap()).port(0).start().await.unwrap();
        Self { scratch, studio, agents, sample: Some(sample) }
    }

    pub(crate) fn cases(&self) -> PathBuf {
        self.scratch.path("cases")
    }

    /// Returns a file of a case, as JSON.
    pub(crate) fn read(&self, case: &str, file: &str) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.cases().join(case).join(file)).unwrap()).unwrap()
    }

    pub(crate) async fn data_hash(&self, title: &str) -> String {
        let listed = get(&self.studio.url(), "/page/api/projects").await.json();
        let data = listed["projects"][0]["data"].as_array().unwrap().clone();
        let found = data.into_iter().find(|data| data["title"] == title).unwrap();
        found["dataHash"].as_str().unwrap().to_owned()
    }

    /// Calls an agent on the command line, and saves the call.
    pub(crate) async fn save(&self, agent: &str, title: &str, class: Option<&str>, name: &str) -> Ran {
        let data = self.data_hash(title).await;
        let mut command = program();
        command.args(["call", &format!("{}/{agent}", self.agents.url()), "--save-case", name]);
        if let Some(class) = class {
            let hash = self.studio.label_hash(&data, "main").unwrap();
            let row =
                LabelRow::parse(self.studio.label_row(&hash).unwrap(), self.studio.ontology(&data).unwrap()).unwrap();
            for object in row.frame(0).objects_of_class(class) {
                command.args(["--object", object.hash().as_str()]);
            }
        }
        command.arg(format!("{}/#project={PROJECT}&data={data}&frame=0", self.studio.url()));
        run(command).await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(kept) = self.sample.take().and_then(SampleCopy::close) {
            let _ = std::fs::remove_dir_all(kept);
        }
    }
}

/// An agent server at the platform that `agent-studio replay` starts.
pub(crate) struct Replay {
    agents: RunningServer,
    port: u16,
    cases: PathBuf,
}

impl Replay {
    async fn start(cases: &Path) -> Self {
        Self::start_with(cases, server()).await
    }

    pub(crate) async fn start_with(cases: &Path, server: Server) -> Self {
        let (key, port) = (ClientKey::random().unwrap(), free_port());
        let scratch = cases.join(".scratch");
        std::fs::create_dir_all(&scratch).unwrap();
        std::fs::write(scratch.join("key"), key.openssh().unwrap().as_bytes()).unwrap();
        let domain = Domain::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        let client = PlatformClient::builder().credentials(key.credentials().unwrap()).domain(domain).build().unwrap();
        let agents = server.platform(client).port(0).start().await.unwrap();
        Self { agents, port, cases: cases.to_owned() }
    }

    pub(crate) async fn run(&self, options: &[&str]) -> Ran {
        let mut command = program();
        command.arg("replay").arg(self.agents.url()).arg(&self.cases).args(["--port", &self.port.to_string()]);
        run({
            command.args(options);
            command
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replays_saved_calls() {
    let world = World::start().await;
    let saved = world.save("simplify", "espresso.jpg", Some("Item outline"), "simplify-espresso").await;
    saved.done();
    assert!(saved.err.contains("cases/simplify-espresso"), "{}", saved.err);
    world.save("add-box", "rocket.jpg", None, "add-box").await.done();
    // The page and another run may have changed the labels meanwhile: a case has them as they were before its call.
    world.save("add-box", "rocket.jpg", None, "add-box-again").await.done();
    world.save("width", "photographer", None, "pixels-of-group").await.done();
    assert_eq!(world.save("complain", "galaxies.jpg", None, "complaint").await.code, 3);

    let project = world.read("simplify-espresso", "project.json");
    assert_eq!(project["data"]["media"]["sample"], "data/espresso.jpg");
    assert_eq!(world.read("simplify-espresso", "changes.json")["changes"].as_array().unwrap().len(), 3);
    assert_eq!(world.read("complaint", "response.json"), json!({"status": 400, "body": {"message": "Nothing to do."}}));
    assert!(!world.cases().join("complaint/row.json").exists(), "galaxies.jpg has no labels");

    let replay = Replay::start(&world.cases()).await;
    let ran = replay.run(&[]).await;
    assert!(ran.done().contains("5 cases: 5 as expected."), "{}", ran.out);
    assert!(ran.err.contains(&format!("export ENCORD_DOMAIN=http://127.0.0.1:{}", replay.port)), "{}", ran.err);
    let ran = replay.run(&["--filter", "box"]).await;
    assert!(ran.done().contains("2 cases: 2 as expected."), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_and_accepts_differences() {
    let world = World::start().await;
    world.save("add-box", "rocket.jpg", None, "add-box").await.done();
    world.save("width", "cat.jpg", None, "width").await.done();
    let replace = |file: &str, from: &str, to: &str| {
        let path = world.cases().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    };
    replace("add-box/changes.json", "\"x\": 0.1", "\"x\": 0.13");
    replace("width/response.json", " pixels wide", " pixels high");
    let replay = Replay::start(&world.cases()).await;
    let ran = replay.run(&[]).await;
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for part in ["boundingBox.x: 0.13 → 0.1", "pixels high.", "pixels wide.", "2 failed"] {
        assert!(ran.out.contains(part), "{part} is not in {}", ran.out);
    }

    replace("add-box/case.toml", "# iou = 0.95 ", "iou = 0.8 ");
    replace("width/case.toml", "# message = ", "message = ");
    assert!(replay.run(&[]).await.done().contains("2 cases: 2 as expected"));
    replace("width/case.toml", "message = ", "# message = ");
    let ran = replay.run(&["--accept"]).await;
    assert!(ran.done().contains("2 cases: 1 as expected, 1 accepted."), "{}", ran.out);
    assert!(ran.out.contains("pixels high."), "what changed is printed: {}", ran.out);
    assert!(replay.run(&[]).await.done().contains("2 cases: 2 as expected."));

    std::fs::remove_file(world.cases().join("width/ontology.json")).unwrap();
    let ran = replay.run(&[]).await;
    assert!(ran.code == 3 && ran.out.contains("width/ontology.json"), "{}", ran.out);
    replay.run(&["--filter", "unknown"]).await.fails_saying("no such case");
}

#[tokio::test]
async fn replay_waits_for_agent_server() {
    let world = World::start().await;
    world.save("complain", "cat.jpg", None, "a").await;
    let mut command = program();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    command.arg("replay").arg(&nobody).arg(world.cases()).args(["--port", "0", "--wait", "0"]);
    let ran = run(command).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(&format!("Nothing listens at {nobody}/")), "{}", ran.err);
}

async fn save(studio: &RunningPlatform, changes: Value) -> Answer {
    let mut call = json!({"name": "a", "project": PROJECT, "data": "d", "agent": "/a", "payload": "{}", "status": 200,
        "body": "{}", "before": null, "after": null});
    call.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    post(&studio.url(), "/page/api/cases", &call).await
}

#[tokio::test]
async fn rejects_invalid_cases() {
    let world = World::start().await;
    let data = world.data_hash("cat.jpg").await;
    for (change, status, problem) in [
        (json!({"name": "../a", "data": data}), 400, "is not the name of a case"),
        (json!({"name": "/tmp/a", "data": data}), 400, "is not the name of a case"),
        (json!({"data": data, "agent": "http://example.com"}), 400, "must start with `/`"),
        (json!({"data": data, "before": "0123"}), 400, "no longer in the history"),
        (json!({"data": data, "branch": "other"}), 400, "Only calls on the branch `main`"),
        (json!({"data": data, "payload": "{"}), 400, "is invalid"),
        (json!({"data": "unknown"}), 400, "no such data unit"),
        (json!({"data": data}), 200, ""),
        (json!({"data": data}), 409, "already exists"),
    ] {
        let answer = save(&world.studio, change.clone()).await;
        assert_eq!(answer.status, status, "{change} {}", answer.text());
        assert!(answer.text().contains(problem), "{}", answer.text());
    }
    let names: Vec<_> = std::fs::read_dir(world.cases()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["a"], "an invalid call leaves no files");
    let foreign = [("origin", "http://evil.example"), ("content-type", "application/json")];
    let answer = send(&world.studio.url(), Method::POST, "/page/api/cases", &foreign, "{}".to_owned()).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn studio_without_folder_saves_no_cases() {
    let studio = LocalPlatform::builder().page(Page::new()).start().await.unwrap();
    let answer = save(&studio, json!({})).await;
    assert_eq!(answer.status, 404);
    assert!(answer.message().contains("--cases DIR"), "{}", answer.message());
    assert_eq!(get(&studio.url(), "/page/api/session").await.json()["canSaveCases"], false);
}
