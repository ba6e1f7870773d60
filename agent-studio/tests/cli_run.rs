//! `agent-studio run`, `undo` and `diff`, against an agent server and a local platform.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::cli::{Ran, Scratch, program, run};
use agent_runtime::prelude::*;
use agent_runtime::{AgentSet, DryRuns, RunningServer, SaveVerification, axum};
use agent_studio::{CallKind, DataSource, LocalPlatform, ProjectSource, RunningPlatform};
use serde_json::Value;
use test_support::free_port::free_port;
use test_support::studio::{self, folder};

/// Adds a car, and another one if it is called again.
#[editor_agent]
async fn add_car(frame: Frame, row: &mut LabelRow) -> Result<String> {
    row.add("Car").bounding_box(0.5, 0.5, 0.1, 0.1).on(frame)?;
    Ok("Added.".to_owned())
}

/// Widens the selected cars.
#[editor_agent]
async fn widen(frame: Frame, selected: Selected<BoundingBox>, row: &mut LabelRow) -> Result<String> {
    for car in &selected {
        row.edit(car.hash())?.at(frame)?.change(|shape: &mut BoundingBox| shape.width = 0.2)?;
    }
    Ok(format!("{} widened.", selected.len()))
}

/// Fails for some data.
#[editor_agent]
async fn refuse_walks(data: DataHash, row: &mut LabelRow) -> Result<String> {
    ensure!(data != studio::GROUP.parse::<DataHash>().unwrap(), "No walks.");
    row.add("Car").bounding_box(0.1, 0.1, 0.1, 0.1).on(0)?;
    Ok("Added.".to_owned())
}

static BUSY_CALLS: AtomicUsize = AtomicUsize::new(0);

/// Is overloaded at first.
#[editor_agent]
async fn busy() -> Result<String> {
    if BUSY_CALLS.fetch_add(1, Ordering::Relaxed) < 2 {
        return Err(AgentError::new(ErrorStatus::ServiceUnavailable, "Too busy."));
    }
    Ok("Done.".to_owned())
}

/// A platform and an agent server, with a folder for journals.
pub(crate) struct World {
    pub(crate) platform: RunningPlatform,
    pub(crate) server: RunningServer,
    pub(crate) scratch: Scratch,
}

fn agents() -> AgentSet {
    agents![add_car, widen, refuse_walks, busy, crate::cli_compare::detect, crate::cli_compare::detect_again]
}

async fn start_server(platform: &RunningPlatform, port: u16) -> RunningServer {
    let server = Server::new().agents(agents()).platform(platform.client().unwrap());
    let server = server.save_verification(SaveVerification::Off).dry_runs(DryRuns::Everyone);
    server.port(port).start().await.unwrap()
}

impl World {
    pub(crate) async fn start(project: ProjectSource) -> Self {
        let platform = LocalPlatform::builder().project(project).start().await.unwrap();
        let server = start_server(&platform, 0).await;
        Self { platform, server, scratch: Scratch::new() }
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.scratch.path("journal.jsonl")
    }

    fn command(&self) -> Command {
        let mut command = program();
        command
            .env("ENCORD_DOMAIN", self.platform.url())
            .env("ENCORD_SSH_KEY", self.platform.private_key().unwrap().as_str());
        command
    }

    fn run_command(&self, agent: &str, more: &[&str]) -> Command {
        let mut command = self.command();
        command.args(["run", &format!("{}{agent}", self.server.url()), &studio::PROJECT.to_string(), "--journal"]);
        command.arg(self.journal()).args(more);
        command
    }

    pub(crate) async fn run(&self, agent: &str, more: &[&str]) -> Ran {
        unaligned(run(self.run_command(agent, more)).await)
    }

    async fn with_journal(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command();
        let journal = self.journal();
        command.args(
            arguments.iter().map(|argument| if *argument == "JOURNAL" { journal.to_str().unwrap() } else { argument }),
        );
        unaligned(run(command).await)
    }

    /// Returns the results in the journal, in the order of their data.
    fn results(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.journal()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut results: Vec<_> = lines.filter(|record| record["event"] == "done").collect();
        results.sort_by_key(|result| result["number"].as_u64());
        results
    }

    fn row(&self, data: &str) -> LabelRow {
        let text = self.platform.label_row(&self.platform.label_hash(data, "main").unwrap()).unwrap();
        LabelRow::parse(text, self.platform.ontology(data).unwrap()).unwrap()
    }

    fn cars(&self, data: &str) -> usize {
        self.platform.label_hash(data, "main").map_or(0, |_| self.row(data).objects_of_class("Car").count())
    }

    pub(crate) fn annotate(&self, data: &str, x: f64) {
        let edit = |row: &mut LabelRow| row.add("Car").bounding_box(x, 0.1, 0.1, 0.1).on(0).map(drop);
        self.platform.edit_as("annotator@example.test", data, edit).unwrap();
    }
}

/// Replaces the blanks that align columns by one.
fn unaligned(ran: Ran) -> Ran {
    let out = ran.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
    Ran { out: out.join("\n"), ..ran }
}

fn column(results: &[Value], key: &str) -> Vec<String> {
    results.iter().map(|result| result[key].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn calls_agent_for_each_data_unit() {
    let world = World::start(studio::project()).await;
    let report = world.scratch.path("report.jsonl");
    let ran = world.run("/refuse-walks", &["--report", report.to_str().unwrap()]).await;
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for part in ["changed 2", "failed 1", "2 added, 0 changed, 0 removed", "--retry-failed"] {
        assert!(ran.out.contains(part), "`{part}` is not in {}", ran.out);
    }
    let results = world.results();
    assert_eq!(column(&results, "title"), ["street ü.jpg", "walk", "drive.mp4"]);
    assert_eq!(column(&results, "outcome"), ["changed", "failed", "changed"]);
    assert_eq!(column(&results, "message"), ["Added.", "No walks.", "Added."]);
    assert_eq!((&results[0]["status"], &results[1]["status"]), (&200.into(), &400.into()));
    assert_eq!(results[2]["objects"]["added"], 1);
    assert_eq!((world.cars(studio::IMAGE), world.cars(studio::GROUP), world.cars(studio::VIDEO)), (1, 0, 1));
    assert_eq!(std::fs::read_to_string(report).unwrap().lines().count(), 3);
    // The failed one is called again, and no other.
    let ran = world.with_journal(&["run", "--resume", "JOURNAL", "--retry-failed", "--settle", "0"]).await;
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert_eq!((world.cars(studio::IMAGE), world.results().len()), (1, 4));
}

#[tokio::test]
async fn selects_data_frames_and_objects() {
    let world = World::start(studio::project()).await;
    world.annotate(studio::IMAGE, 0.1);
    world.annotate(studio::IMAGE, 0.3);
    let ran = world.run("/widen", &["--objects", "class=Car"]).await;
    ran.done();
    let results = world.results();
    assert_eq!(column(&results, "outcome"), ["changed", "skipped", "skipped"]);
    assert_eq!((&results[0]["message"], &results[0]["objects"]["changed"]), (&"2 widened.".into(), &2.into()));

    std::fs::remove_file(world.journal()).unwrap();
    world.run("/add-car", &["--title", "drive%", "--frames", "every:5", "--stage", "Agent 1"]).await.done();
    let results = world.results();
    assert_eq!((results.len(), &results[0]["calls"]), (1, &4.into()));
    let row = world.row(studio::VIDEO);
    let frames: Vec<_> = row.objects().flat_map(|object| object.frames().collect::<Vec<_>>()).collect();
    assert_eq!(frames, [0, 5, 10, 15]);

    std::fs::remove_file(world.journal()).unwrap();
    world.run("/add-car", &["--status", "not-labelled", "--data", studio::GROUP]).await.done();
    assert_eq!((world.results().len(), world.cars(studio::GROUP)), (1, 1));
}

#[tokio::test]
async fn dry_run_changes_no_file() {
    let folder = folder::ProjectFolder::new(&format!("project_hash = \"{}\"\n", studio::PROJECT));
    folder.write("data/one.bmp", folder::image(4, 4));
    folder.write("data/two.bmp", folder::image(4, 4));
    let platform = LocalPlatform::builder().folder(folder.path()).start().await.unwrap();
    let server = start_server(&platform, 0).await;
    let world = World { platform, server, scratch: Scratch::new() };
    world.platform.create_label_row(&world.data("one.bmp").await, "main").unwrap();
    let before = contents(folder.path());
    let ran = world.run("/add-car", &["--dry-run"]).await;
    assert!(ran.done().contains("2 added, 0 changed, 0 removed"), "{}", ran.out);
    assert_eq!(contents(folder.path()), before);
    assert_eq!(world.platform.calls().count(CallKind::SaveLabelRows), 0);
    assert_eq!(world.platform.calls().count(CallKind::CreateLabelRows), 0);
    world.with_journal(&["undo", "JOURNAL"]).await.fails_saying("changed nothing");
}

impl World {
    async fn data(&self, title: &str) -> String {
        let filter =
            agent_platform::client::LabelRowFilter { data_title_eq: Some(title.to_owned()), ..Default::default() };
        let rows = self.platform.client().unwrap().list_label_rows(studio::PROJECT, &filter).await.unwrap();
        rows[0].data_hash.clone()
    }
}

/// Returns all files below a folder with their contents.
pub(crate) fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push((path.clone(), std::fs::read(path).unwrap())) }
        }
    }
    files.sort();
    files
}

#[tokio::test]
async fn dry_run_of_unknown_server_is_refused() {
    let world = World::start(studio::project()).await;
    let routes = axum::Router::new().route("/", axum::routing::any(|| async { "{}" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/agent", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let mut command = world.command();
    command.args(["run", &url, &studio::PROJECT.to_string(), "--dry-run"]);
    run(command).await.fails_saying("would save");
}

#[tokio::test]
async fn overloaded_agent_is_called_again() {
    let world = World::start(studio::project()).await;
    let ran = world.run("/busy", &["--concurrency", "2"]).await;
    assert!(ran.done().contains("unchanged 3"), "{}", ran.out);
    assert_eq!(BUSY_CALLS.load(Ordering::Relaxed), 5);
}

#[tokio::test]
async fn undo_puts_back_rows_that_nobody_changed_since() {
    let world = World::start(studio::project()).await;
    world.annotate(studio::IMAGE, 0.1);
    world.annotate(studio::VIDEO, 0.1);
    let before = world.row(studio::IMAGE);
    world.run("/add-car", &[]).await.done();
    world.annotate(studio::VIDEO, 0.7);
    let ran = world.with_journal(&["undo", "JOURNAL", "--dry-run"]).await;
    assert!(ran.code == 3 && ran.out.contains("would be put back 2"), "{}{}", ran.out, ran.err);
    assert_eq!(world.cars(studio::IMAGE), 2);
    let ran = world.with_journal(&["undo", "JOURNAL"]).await;
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("drive.mp4: changed since the run"), "{}", ran.err);
    assert!(world.row(studio::IMAGE).difference_from(&before).is_empty());
    assert_eq!((world.cars(studio::GROUP), world.cars(studio::VIDEO)), (0, 3));
    let ran = world.with_journal(&["undo", "JOURNAL"]).await;
    assert!(ran.out.contains("as before already 2"), "{}", ran.out);
}

#[tokio::test]
async fn diff_shows_changes_between_files_and_rows() {
    let world = World::start(studio::project()).await;
    world.annotate(studio::IMAGE, 0.1);
    let label = world.platform.label_hash(studio::IMAGE, "main").unwrap();
    let before = world.scratch.write("before.json", world.platform.label_row(&label).unwrap());
    world.scratch.write("ontology.json", studio::ONTOLOGY);
    world.annotate(studio::IMAGE, 0.3);
    let after = format!("{}/#project={}&data={}", world.platform.url(), studio::PROJECT, studio::IMAGE);
    let diff = |before: &Path, after: &str| {
        let mut command = world.command();
        command.arg("diff").arg(before).arg(after);
        run(command)
    };
    let ran = diff(&before, &after).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, "added Car on frame 0: box 0.3, 0.1, 0.1 × 0.1\n"), "{}", ran.err);
    assert_eq!(diff(&before, before.to_str().unwrap()).await.done(), "");
}

#[tokio::test]
async fn interrupted_call_is_not_repeated_if_it_saved() {
    let world = World::start(studio::project()).await;
    world.run("/add-car", &["--data", studio::IMAGE]).await.done();
    // As if the process had been killed before it wrote the result, and the last line was torn.
    let text = std::fs::read_to_string(world.journal()).unwrap();
    let kept: Vec<_> = text.lines().filter(|line| !line.contains(r#""event":"done""#)).collect();
    std::fs::write(world.journal(), kept.join("\n") + "\n{\"event\":\"do").unwrap();
    let ran = world.with_journal(&["run", "--resume", "JOURNAL", "--settle", "0"]).await;
    assert!(ran.done().contains("recovered"), "{}{}", ran.out, ran.err);
    assert_eq!((world.cars(studio::IMAGE), column(&world.results(), "outcome")), (1, vec!["recovered".to_owned()]));
    let ran = world.with_journal(&["undo", "JOURNAL"]).await;
    assert!(ran.code == 3 && ran.err.contains("--recovered"), "{}{}", ran.out, ran.err);
    world.with_journal(&["undo", "JOURNAL", "--recovered"]).await.done();
    assert_eq!(world.cars(studio::IMAGE), 0);
}

#[tokio::test]
async fn damaged_and_foreign_journals_are_reported() {
    let world = World::start(studio::project()).await;
    world.run("/add-car", &["--data", studio::IMAGE]).await.done();
    world.run("/add-car", &[]).await.fails_saying("exists: continue its run with `--resume");
    let text = std::fs::read_to_string(world.journal()).unwrap();
    std::fs::write(world.journal(), text.replacen(r#""event":"start""#, r#""event":"stat""#, 1)).unwrap();
    world.with_journal(&["run", "--resume", "JOURNAL"]).await.fails_saying("Line 2 of");
    std::fs::write(world.journal(), "{}\n").unwrap();
    world.with_journal(&["undo", "JOURNAL"]).await.fails_saying("not the journal of a run");
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_finishes_running_calls() {
    let world = World::start(many(200)).await;
    let mut child = spawn(world.run_command("/add-car", &["--rate", "50"]));
    wait_for_lines(&world.journal(), 4, &mut child).await;
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ended = tokio::task::spawn_blocking(move || child.wait()).await.unwrap().unwrap();
    assert_eq!(ended.code(), Some(4));
    let finished = world.results().len();
    assert!((1..200).contains(&finished), "{finished}");
    let ran = world.with_journal(&["run", "--resume", "JOURNAL", "--settle", "0"]).await;
    assert!(ran.err.contains(&format!("{finished} data units are finished, 0 were interrupted")), "{}", ran.err);
    assert!(ran.done().contains("changed 200"), "{}", ran.out);
    assert_each_has_one_car(&world, 200);
}

/// Returns a project with this many images without labels.
fn many(images: usize) -> ProjectSource {
    let project = ProjectSource::new("Many", studio::ONTOLOGY).project_hash(studio::PROJECT);
    (0..images).fold(project, |project, image| {
        project.data(DataSource::image(format!("{image}.jpg"), 160, 120).data_hash(data_hash(image)))
    })
}

fn data_hash(image: usize) -> String {
    format!("aaaa3333-0000-4000-8000-{image:012}")
}

fn assert_each_has_one_car(world: &World, images: usize) {
    let wrong: Vec<_> = (0..images).filter(|image| world.cars(&data_hash(*image)) != 1).collect();
    assert!(wrong.is_empty(), "not exactly one car: {wrong:?}");
}

fn spawn(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until the journal has this many lines, or the process has ended.
async fn wait_for_lines(journal: &Path, lines: usize, child: &mut Child) {
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read(journal).unwrap_or_default();
        if text.iter().filter(|byte| **byte == b'\n').count() >= lines {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Kills a run at random points, continues it each time, and checks that each data unit was processed exactly once.
async fn kill_and_resume(points: usize, images: usize) {
    let platform = LocalPlatform::builder().project(many(images)).start().await.unwrap();
    let port = free_port();
    let mut world = World { server: start_server(&platform, port).await, platform, scratch: Scratch::new() };
    let (mut seed, mut killed) = (u64::from(std::process::id()), 0);
    let mut random = |limit: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % limit
    };
    let journal = world.journal();
    let lines = |journal: &Path| std::fs::read_to_string(journal).unwrap_or_default().lines().count();
    for point in 0..points {
        let command = if point == 0 { world.run_command("/add-car", &["--concurrency", "3"]) } else { world.resume() };
        let before = lines(&journal);
        let mut child = spawn(command);
        let more = usize::try_from(random(2 * images as u64 / points as u64)).unwrap();
        wait_for_lines(&journal, before + 1 + more, &mut child).await;
        tokio::time::sleep(Duration::from_micros(random(3000))).await;
        killed += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        // A call whose client is gone can still save: the graceful shutdown waits for it, in place of `--settle`.
        let World { server, platform, scratch } = world;
        server.stop().await;
        world = World { server: start_server(&platform, port).await, platform, scratch };
    }
    run(world.resume()).await.done();
    assert_each_has_one_car(&world, images);
    let results = world.results();
    let numbers: Vec<_> = results.iter().filter_map(|result| result["number"].as_u64()).collect();
    assert_eq!(numbers, (0..images as u64).collect::<Vec<_>>());
    let recovered = results.iter().filter(|result| result["outcome"] == "recovered").count();
    println!("{killed} of {points} points killed a running process; {recovered} calls had saved before");
    assert!(killed * 2 > points, "only {killed} of {points} points killed a running process");
}

impl World {
    fn resume(&self) -> Command {
        let mut command = self.command();
        command.args(["run", "--concurrency", "3", "--settle", "0", "--resume"]).arg(self.journal());
        command
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_run_continues_without_loss() {
    kill_and_resume(4, 60).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute; run in CI by name"]
async fn killed_run_continues_without_loss_at_fifty_points() {
    kill_and_resume(50, 600).await;
}
