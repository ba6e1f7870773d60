//! Acknowledged labels are never lost. Two server processes with several concurrent writers share one label row, on a
//! platform whose timestamps have a resolution of seconds or microseconds, with a latency of about 0 or 40 ms.
//!
//! Each writer repeatedly calls an agent that adds a box. At the end, the row must contain every box whose call got
//! 200. `AGENT_TEST_SAVES` sets the number of acknowledged saves per scenario. Default: 24.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent_studio::TimestampResolution;
use tokio::task::JoinSet;

use crate::platform::world::World;
use crate::program::Program;
use test_support::wire::{Connection, PAYLOAD};

const PROCESSES: usize = 2;
const WRITERS_PER_PROCESS: usize = 2;

/// Average time limit per acknowledged save, on a busy machine.
const TIME_PER_SAVE: Duration = Duration::from_secs(3);

/// The platform's properties, and how the agents save.
#[derive(Debug, Clone, Copy)]
struct Scenario {
    path: &'static str,
    resolution: TimestampResolution,
    latency: Duration,
}

/// The calls of all writers.
#[derive(Default)]
struct Calls {
    acknowledged: Vec<String>,
    statuses: BTreeMap<u16, usize>,
}

fn saves() -> usize {
    std::env::var("AGENT_TEST_SAVES").map_or(24, |saves| saves.parse().expect("AGENT_TEST_SAVES is a number"))
}

/// Calls the agent until enough saves are acknowledged.
async fn write(address: SocketAddr, path: &'static str, calls: Arc<Mutex<Calls>>, until: Instant) {
    let mut connection = Connection::open(address).await;
    while calls.lock().unwrap().acknowledged.len() < saves() {
        assert!(Instant::now() < until, "{path}: too slow: {:?}", calls.lock().unwrap().statuses);
        connection.post(path, &[], PAYLOAD).await;
        let response = connection.response().await.unwrap();
        let mut calls = calls.lock().unwrap();
        *calls.statuses.entry(response.status).or_default() += 1;
        match response.status {
            200 => calls.acknowledged.push(response.message()),
            409 => {}
            status => panic!("{path}: {status}: {}", response.body),
        }
    }
}

/// Runs a scenario. Returns the acknowledged labels that the row lacks at its end.
async fn lost_labels(scenario: Scenario) -> Vec<String> {
    let world = World::start_with(|builder| builder.timestamps(scenario.resolution).latency(scenario.latency)).await;
    let programs: Vec<_> = (0..PROCESSES).map(|_| Program::start_at(world.platform(), &[])).collect();
    let calls = Arc::new(Mutex::new(Calls::default()));
    let began = Instant::now();
    let until = began + TIME_PER_SAVE * u32::try_from(saves()).unwrap();
    let mut writers = JoinSet::new();
    for program in &programs {
        for _ in 0..WRITERS_PER_PROCESS {
            writers.spawn(write(program.address(), scenario.path, Arc::clone(&calls), until));
        }
    }
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    let repairs = repairs(&programs, scenario.path).await;
    let row = world.video_row();
    let calls = calls.lock().unwrap();
    let lost_labels: Vec<_> = calls.acknowledged.iter().filter(|hash| !row.contains(hash.as_str())).cloned().collect();
    println!(
        "{:15} {:12} {:2} ms: {} acknowledged, {} lost, {} conflicts, {repairs} put back, {:.1} s",
        scenario.path,
        format!("{:?}", scenario.resolution),
        scenario.latency.as_millis(),
        calls.acknowledged.len(),
        lost_labels.len(),
        calls.statuses.get(&409).copied().unwrap_or_default(),
        began.elapsed().as_secs_f64(),
    );
    lost_labels
}

/// Returns the number of read-backs that found labels replaced by another process.
async fn repairs(programs: &[Program], path: &str) -> u64 {
    let name = format!(r#"editor_agent_failed_verifications_total{{agent="{path}",reason="overwritten"}} "#);
    let mut repairs = 0;
    for program in programs {
        let mut connection = Connection::open(program.address()).await;
        connection.write("GET /metrics HTTP/1.1\r\nHost: agent.test\r\n\r\n").await;
        let metrics = connection.response().await.unwrap().body;
        let count = metrics.lines().find_map(|line| line.strip_prefix(&name));
        repairs += count.unwrap_or_else(|| panic!("no {name} in\n{metrics}")).parse::<u64>().unwrap();
    }
    repairs
}

/// Runs the scenarios of one kind of agent concurrently.
async fn assert_no_lost_labels(path: &'static str) {
    let mut scenarios = JoinSet::new();
    for resolution in [TimestampResolution::Seconds, TimestampResolution::Microseconds] {
        for latency in [Duration::ZERO, Duration::from_millis(40)] {
            let scenario = Scenario { path, resolution, latency };
            scenarios.spawn(async move { (scenario, lost_labels(scenario).await) });
        }
    }
    for (scenario, lost_labels) in scenarios.join_all().await {
        assert!(
            lost_labels.is_empty(),
            "{scenario:?}: {} acknowledged labels are lost_labels: {lost_labels:?}",
            lost_labels.len()
        );
    }
}

#[tokio::test]
async fn agents_that_reject_conflicts_lose_no_labels() {
    assert_no_lost_labels("/write-or-reject").await;
}

#[tokio::test]
async fn agents_that_retry_lose_no_labels() {
    assert_no_lost_labels("/write-or-retry").await;
}

#[tokio::test]
async fn agents_that_merge_lose_no_labels() {
    assert_no_lost_labels("/write-or-merge").await;
}

#[tokio::test]
async fn agents_that_save_by_value_lose_no_labels() {
    assert_no_lost_labels("/write-by-value").await;
}
