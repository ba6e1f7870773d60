//! Acknowledged labels are never lost: two server processes, several writers at once on one label row, on a platform whose
//! times have whole seconds or microseconds, near or 40 ms away.
//!
//! Each writer calls an agent that adds a box, again and again. At the end every box whose call was answered 200 must be in the
//! row. `AGENT_TEST_SAVES` sets the number of acknowledged saves per scenario. Default: 24.

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

/// Time that an acknowledged save may take on average, on a machine that has other things to do.
const TIME_PER_SAVE: Duration = Duration::from_secs(3);

/// One platform, and the way in which the agents save.
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

/// Calls the agent until there are enough acknowledged saves.
async fn write(address: SocketAddr, path: &'static str, calls: Arc<Mutex<Calls>>, until: Instant) {
    let mut connection = Connection::open(address).await;
    while calls.lock().unwrap().acknowledged.len() < saves() {
        assert!(Instant::now() < until, "{path}: too slow: {:?}", calls.lock().unwrap().statuses);
        connection.post(path, &[], PAYLOAD).await;
        let answer = connection.answer().await.unwrap();
        let mut calls = calls.lock().unwrap();
        *calls.statuses.entry(answer.status).or_default() += 1;
        match answer.status {
            200 => calls.acknowledged.push(answer.message()),
            409 => {}
            status => panic!("{path}: {status}: {}", answer.body),
        }
    }
}

/// Runs a scenario, and returns the acknowledged labels that are not in the row at its end.
async fn lost(scenario: Scenario) -> Vec<String> {
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
    let lost: Vec<_> = calls.acknowledged.iter().filter(|hash| !row.contains(hash.as_str())).cloned().collect();
    println!(
        "{:15} {:12} {:2} ms: {} acknowledged, {} lost, {} conflicts, {repairs} put back, {:.1} s",
        scenario.path,
        format!("{:?}", scenario.resolution),
        scenario.latency.as_millis(),
        calls.acknowledged.len(),
        lost.len(),
        calls.statuses.get(&409).copied().unwrap_or_default(),
        began.elapsed().as_secs_f64(),
    );
    lost
}

/// The read-backs that found labels replaced by another process.
async fn repairs(programs: &[Program], path: &str) -> u64 {
    let name = format!(r#"editor_agent_failed_verifications_total{{agent="{path}",reason="overwritten"}} "#);
    let mut repairs = 0;
    for program in programs {
        let mut connection = Connection::open(program.address()).await;
        connection.write("GET /metrics HTTP/1.1\r\nHost: agent.test\r\n\r\n").await;
        let metrics = connection.answer().await.unwrap().body;
        let count = metrics.lines().find_map(|line| line.strip_prefix(&name));
        repairs += count.unwrap_or_else(|| panic!("no {name} in\n{metrics}")).parse::<u64>().unwrap();
    }
    repairs
}

/// Runs the scenarios of one kind of agent at once.
async fn nothing_is_lost(path: &'static str) {
    let mut scenarios = JoinSet::new();
    for resolution in [TimestampResolution::Seconds, TimestampResolution::Microseconds] {
        for latency in [Duration::ZERO, Duration::from_millis(40)] {
            let scenario = Scenario { path, resolution, latency };
            scenarios.spawn(async move { (scenario, lost(scenario).await) });
        }
    }
    for (scenario, lost) in scenarios.join_all().await {
        assert!(lost.is_empty(), "{scenario:?}: {} acknowledged labels are lost: {lost:?}", lost.len());
    }
}

#[tokio::test]
async fn nothing_is_lost_by_agents_that_refuse() {
    nothing_is_lost("/write-or-refuse").await;
}

#[tokio::test]
async fn nothing_is_lost_by_agents_that_retry() {
    nothing_is_lost("/write-or-retry").await;
}

#[tokio::test]
async fn nothing_is_lost_by_agents_that_merge() {
    nothing_is_lost("/write-or-merge").await;
}

#[tokio::test]
async fn nothing_is_lost_by_agents_that_save_by_value() {
    nothing_is_lost("/write-by-value").await;
}
