//! Throughput and memory of `agent-studio run` with an agent that takes 5 ms.
//!
//! `cargo bench -p agent-studio --bench batch`. Platform and agent run in this process, the command in another one.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use agent_runtime::prelude::*;
use agent_runtime::{DryRuns, SaveVerification};
use agent_studio::{DataSource, LocalPlatform, ProjectSource};
use test_support::studio::{ONTOLOGY, PROJECT};

/// Adds a box after 5 ms.
#[editor_agent]
async fn slow_box(row: &mut LabelRow) -> Result<String> {
    tokio::time::sleep(Duration::from_millis(5)).await;
    row.add("Car").bounding_box(0.5, 0.5, 0.1, 0.1).on(0)?;
    Ok("Added.".to_owned())
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("| data units | options | seconds | data units per second | peak memory |");
    println!("|---|---|---|---|---|");
    for (units, options) in [
        (1_000, &["--concurrency", "32"][..]),
        (10_000, &["--concurrency", "32"]),
        (10_000, &["--concurrency", "32", "--dry-run"]),
    ] {
        runtime.block_on(measure(units, options));
    }
}

async fn measure(units: usize, options: &[&str]) {
    let project = ProjectSource::new("Many", ONTOLOGY).project_hash(PROJECT);
    let project = (0..units).fold(project, |project, unit| {
        project.data(
            DataSource::image(format!("{unit}.jpg"), 160, 120).data_hash(format!("aaaa3333-0000-4000-8000-{unit:012}")),
        )
    });
    let platform = LocalPlatform::builder().project(project).start().await.unwrap();
    let server = Server::new().agents(agents![slow_box]).platform(platform.client().unwrap());
    let server = server.save_verification(SaveVerification::Off).dry_runs(DryRuns::Everyone);
    let server = server.port(0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-studio"));
    command.args(["run", &format!("{}/slow-box", server.url()), &PROJECT.to_string(), "--journal"]);
    command.arg(folder.path().join("run.jsonl")).args(options).stdout(Stdio::null()).stderr(Stdio::null());
    command.env("ENCORD_DOMAIN", platform.url()).env("ENCORD_SSH_KEY", platform.private_key().unwrap().as_str());
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        peak = peak_memory(child.id()).unwrap_or(peak);
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    assert!(status.success(), "{status}");
    let seconds = start.elapsed().as_secs_f64();
    let per_second = f64::from(u32::try_from(units).unwrap()) / seconds;
    println!("| {units} | {} | {seconds:.1} | {per_second:.0} | {} MiB |", options.join(" "), peak >> 10);
}

/// Returns the peak resident memory of a process in KiB, on Linux.
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
