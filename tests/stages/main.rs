//! Throughput of work on a stage: `cargo bench -p agent-tests --bench stages`. Measures a drain by 1 to 8 processes, and with
//! `AGENT_PYTHON` (an interpreter with `encord-agents`) the `Runner` of the Python package on the same stage.
//!
//! `STAGE_TASKS` is the number of tasks. Default: 10,000. `STAGE_SHARDS` lists the numbers of processes. Default: `1 2 4 8`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark"
)]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use agent_runtime::uuid::Uuid;
use agent_studio::{DataSource, LocalPlatform, Pathway, ProjectSource, RunningPlatform, Stage, StageKind};
use test_support::keys;

const AGENT: &str = env!("CARGO_BIN_EXE_stage-agent");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/stages/stage_runner.py");
const STAGE: &str = "Pre-label";
const PROJECT: Uuid = Uuid::from_u128(0x8f1d_2c3a_0b7e_4a51_9c64_5d1e_7a90_b2f5);
const ONTOLOGY: &str = r##"{"objects": [{"id": "1", "name": "Vehicle", "color": "#D33115", "shape": "bounding_box",
    "featureNodeHash": "ob/BOX+1"}], "classifications": []}"##;

fn data(n: usize) -> String {
    Uuid::from_u128(0x1111_1111_aaaa_4bbb_8ccc_0000_0000_0000 + n as u128).to_string()
}

/// Starts a platform whose tasks wait in the stage.
async fn platform(tasks: usize) -> RunningPlatform {
    let id = Uuid::from_u128;
    let mut agent = Stage::new(StageKind::Agent, id(0x5001), STAGE);
    agent.pathways = Some(vec![Pathway::new(id(0x6001), "done", id(0x5003))]);
    let mut project = ProjectSource::new("Streets", ONTOLOGY).project_hash(PROJECT);
    project.stages = vec![
        Stage::new(StageKind::Annotation, id(0x5000), "Annotate"),
        agent,
        Stage::new(StageKind::Done, id(0x5003), "Complete"),
    ];
    let image = |n| DataSource::image(format!("{n:06}.jpg"), 16, 16).data_hash(data(n)).stage(STAGE);
    let project = (0..tasks).fold(project, |project, n| project.data(image(n)));
    let key = keys::KEY_ID;
    LocalPlatform::builder().project(project).public_key("agent@example.test", key).start().await.unwrap()
}

/// Asserts that each task was moved, with one object.
fn check(platform: &RunningPlatform, tasks: usize) {
    for n in 0..tasks {
        let data = data(n);
        assert_eq!(platform.stage(&data).as_deref(), Some("Complete"), "task {n}");
        let row = platform.label_row(&platform.label_hash(&data, "main").unwrap()).unwrap();
        assert_eq!(row.matches("\"objectHash\":").count(), 2, "task {n} in the labels and the answers: {row}");
    }
}

/// The peak memory of a process in MB.
fn peak_memory(process: &Child) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}

/// Waits for processes. Returns the time, and the largest peak memory.
fn wait(mut processes: Vec<Child>, begin: Instant) -> (Duration, f64) {
    let mut peak = 0_f64;
    while !processes.is_empty() {
        peak = processes.iter().filter_map(peak_memory).fold(peak, f64::max);
        processes.retain_mut(|process| match process.try_wait().unwrap() {
            Some(status) => {
                assert!(status.success(), "{status}");
                false
            }
            None => true,
        });
        std::thread::sleep(Duration::from_millis(5));
    }
    (begin.elapsed(), peak)
}

fn command(program: &str, platform: &RunningPlatform) -> Command {
    let mut command = Command::new(program);
    command.env("ENCORD_DOMAIN", platform.url()).env("ENCORD_SSH_KEY", keys::PLAIN).env_remove("ENCORD_SSH_KEY_FILE");
    command.env("RUST_LOG", "error").stdout(Stdio::null());
    command
}

fn drain(platform: &RunningPlatform, shards: usize) -> (Duration, f64) {
    let begin = Instant::now();
    let start = |index: usize| {
        let mut agent = command(AGENT, platform);
        agent.args(["--drain", "--project", &PROJECT.to_string(), "--shard", &format!("{index}/{shards}")]);
        agent.env("AGENT_STAGE_CONCURRENCY", "64").env("AGENT_SAVE_VERIFY", "off").spawn().unwrap()
    };
    wait((0..shards).map(start).collect(), begin)
}

#[tokio::main]
async fn main() {
    let tasks = std::env::var("STAGE_TASKS").map_or(10_000, |tasks| tasks.parse().unwrap());
    let shards = std::env::var("STAGE_SHARDS").unwrap_or_else(|_| "1 2 4 8".to_owned());
    println!("{tasks} tasks, an agent of 5 ms");
    let rate = |time: Duration| f64::from(u32::try_from(tasks).unwrap()) / time.as_secs_f64();
    let mut first = None;
    for shards in shards.split_whitespace().map(|count| count.parse::<usize>().unwrap()) {
        let platform = platform(tasks).await;
        let (time, peak) = tokio::task::block_in_place(|| drain(&platform, shards));
        check(&platform, tasks);
        let rate = rate(time);
        first.get_or_insert(rate);
        println!(
            "{shards} processes: {:.1} s, {rate:.0} tasks per second, peak memory {peak:.1} MB",
            time.as_secs_f64()
        );
    }
    if let (Ok(python), Some(first)) = (std::env::var("AGENT_PYTHON"), first) {
        let platform = platform(tasks).await;
        let begin = Instant::now();
        let mut runner = command(&python, &platform);
        runner.args([SCRIPT, &PROJECT.to_string()]).env("PYTHONDONTWRITEBYTECODE", "1");
        let (time, peak) = tokio::task::block_in_place(|| wait(vec![runner.spawn().unwrap()], begin));
        check(&platform, tasks);
        let rate = rate(time);
        println!("Python Runner: {:.1} s, {rate:.0} tasks per second, peak memory {peak:.1} MB", time.as_secs_f64());
        println!("one process compared with the Runner: {:.1}", first / rate);
    }
}
