//! Runs over a project in-process: `Server::run_over`, and the argument `run` of a program.

use std::path::Path;
use std::process::{Command, Output};

use agent_runtime::prelude::*;
use agent_runtime::uuid::Uuid;
use agent_runtime::{BatchRun, SaveVerification};
use agent_studio::{DataSource, LocalPlatform, ProjectSource, RunningPlatform};

const ONTOLOGY: &str = r##"{"objects": [{"id": "1", "name": "Vehicle", "color": "#D33115", "shape": "bounding_box",
    "featureNodeHash": "ob/BOX+1"}], "classifications": []}"##;
const PROJECT: Uuid = Uuid::from_u128(0x8f1d_2c3a_0b7e_4a51_9c64_5d1e_7a90_b2f6);
const UNITS: usize = 12;

/// Adds a vehicle to every image but the fourth.
#[editor_agent]
async fn add_vehicle(row: &mut LabelRow) -> Result<String> {
    if row.data_title().as_deref() == Some("3.jpg") {
        bail!("The image is too dark.");
    }
    row.add("Vehicle").bounding_box(0.25, 0.25, 0.5, 0.5).on(0)?;
    Ok("Added.".to_owned())
}

#[editor_agent]
async fn other() {}

fn data(unit: usize) -> String {
    Uuid::from_u128(0x2222_2222_aaaa_4bbb_8ccc_0000_0000_0000 + unit as u128).to_string()
}

async fn platform() -> RunningPlatform {
    let project = ProjectSource::new("Streets", ONTOLOGY).project_hash(PROJECT);
    let image = |unit| DataSource::image(format!("{unit}.jpg"), 16, 16).data_hash(data(unit));
    let project = (0..UNITS).fold(project, |project, unit| project.data(image(unit)));
    LocalPlatform::builder().project(project).start().await.unwrap()
}

fn server(platform: &RunningPlatform) -> Server {
    let server = Server::new().agents(agents![add_vehicle, other]).platform(platform.client().unwrap());
    server.save_verification(SaveVerification::Off).webhook_secret("made-up secret")
}

/// Returns the number of objects of a data unit.
fn objects(platform: &RunningPlatform, unit: usize) -> usize {
    let Some(label) = platform.label_hash(&data(unit), "main") else { return 0 };
    platform.label_row(&label).unwrap().matches("\"shape\":").count()
}

#[tokio::test]
async fn run_over_saves_every_unit_once() {
    let (platform, folder) = (platform().await, tempfile::tempdir().unwrap());
    let (journal, page, lines) =
        (folder.path().join("run.jsonl"), folder.path().join("run.html"), folder.path().join("report.jsonl"));
    let run = BatchRun::new().agent("add_vehicle").journal(&journal).report(&page).report(&lines).concurrency(3);
    let report = server(&platform).run_over(PROJECT, run.clone()).await.unwrap();
    assert_eq!((report.tally.changed, report.tally.failed, report.units), (UNITS - 1, 1, UNITS), "{report}");
    assert_eq!(report.tally.changes.objects.added, UNITS as u64 - 1);
    let expected: Vec<_> = (0..UNITS).map(|unit| usize::from(unit != 3)).collect();
    assert_eq!((0..UNITS).map(|unit| objects(&platform, unit)).collect::<Vec<_>>(), expected);
    let text = std::fs::read_to_string(&lines).unwrap();
    assert_eq!((text.lines().count(), text.matches("The image is too dark.").count()), (UNITS, 1));
    assert!(std::fs::read_to_string(&page).unwrap().contains("<svg"));

    // The journal is not overwritten, and a run that is finished has nothing left to do.
    let error = server(&platform).run_over(PROJECT, run.clone()).await.unwrap_err().to_string();
    assert!(error.contains("--resume"), "{error}");
    let again = server(&platform).resume_run(&journal, run).await.unwrap();
    assert_eq!((again.tally, again.failed()), (report.tally, 1));
    assert_eq!((0..UNITS).map(|unit| objects(&platform, unit)).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn run_over_selects_and_dry_runs() {
    let (platform, folder) = (platform().await, tempfile::tempdir().unwrap());
    let run = BatchRun::new().agent("/add-vehicle").title("1%").dry_run().journal(folder.path().join("run.jsonl"));
    let report = server(&platform).run_over(PROJECT, run).await.unwrap();
    // 1, 10 and 11.
    assert_eq!((report.units, report.tally.changed, report.tally.changes.objects.added), (3, 3, 3));
    assert!((0..UNITS).all(|unit| objects(&platform, unit) == 0));
}

#[tokio::test]
async fn run_over_names_agents_to_choose_from() {
    let platform = platform().await;
    for (run, says) in [
        (BatchRun::new(), "choose one with --agent. There are /add-vehicle, /other"),
        (BatchRun::new().agent("missing"), "there is no agent `missing`"),
    ] {
        let error = server(&platform).run_over(PROJECT, run).await.unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

/// Runs a program of agents with these arguments, in a folder.
async fn program(platform: &RunningPlatform, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stage-agent"));
    command.args(arguments).current_dir(folder).env("AGENT_SAVE_VERIFY", "off");
    command.env("ENCORD_DOMAIN", platform.url()).env("ENCORD_SSH_KEY", platform.private_key().unwrap().as_str());
    command.env_remove("ENCORD_SSH_KEY_FILE").env_remove("ENCORD_WEBHOOK_SECRET").env_remove("AGENT_STAGE_DRAIN");
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_runs_over_a_project() {
    let (platform, folder) = (platform().await, tempfile::tempdir().unwrap());
    let project = PROJECT.to_string();
    let page = format!("{}/#project={PROJECT}&data=x", platform.url());
    let run = program(&platform, folder.path(), &["run", &page, "--dry-run", "--journal", "dry.jsonl"]).await;
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success() && text.contains("12 changed"), "{text}{}", String::from_utf8_lossy(&run.stderr));
    assert!((0..UNITS).all(|unit| objects(&platform, unit) == 0));

    let run = program(&platform, folder.path(), &["run", &project, "--journal", "run.jsonl"]).await;
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert!((0..UNITS).all(|unit| objects(&platform, unit) == 1));
    let run = program(&platform, folder.path(), &["run", "--resume", "run.jsonl", "--settle", "0"]).await;
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert!((0..UNITS).all(|unit| objects(&platform, unit) == 1));

    let run = program(&platform, folder.path(), &["run", &project, "--fast"]).await;
    let text = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(!run.status.success() && text.contains("--fast"), "{text}");
}
