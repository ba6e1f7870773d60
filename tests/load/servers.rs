//! The platform and the agents, each in its own process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use agent_runtime::prelude::*;
use agent_studio::{DataSource, LocalPlatform, ProjectSource};
use serde::{Deserialize, Serialize};

const ONTOLOGY: &str = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
    "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
/// Number of data units, each with a label row.
const DATA: usize = 50;

/// Maximum concurrent calls of the overloaded server, and the duration of each.
pub(crate) const CONCURRENCY: usize = 16;
pub(crate) const CALL_DURATION: Duration = Duration::from_millis(50);

/// Connection data of the platform, printed at start-up.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlatformDetails {
    url: String,
    key: String,
    pub(crate) project: String,
    pub(crate) data: Vec<String>,
}

/// Both processes, stopped on drop.
pub(crate) struct Servers {
    platform: Child,
    agents: Child,
    pub(crate) details: PlatformDetails,
    pub(crate) address: SocketAddr,
    small: Child,
    /// Address of the server with [`CONCURRENCY`] concurrent calls.
    pub(crate) small_address: SocketAddr,
}

impl Servers {
    pub(crate) fn start() -> Self {
        let (platform, line) = start("platform", &[]);
        let details: PlatformDetails = serde_json::from_str(&line).unwrap();
        let (agents, address) = start("agents", &[("ENCORD_DOMAIN", &details.url), ("ENCORD_SSH_KEY", &details.key)]);
        let (small, small_address) = start("small", &[]);
        let (address, small_address) = (address.parse().unwrap(), small_address.parse().unwrap());
        Self { platform, agents, details, address, small, small_address }
    }

    /// Returns resident memory in bytes and open file descriptors of the agent server.
    pub(crate) fn resources(&self) -> (u64, usize) {
        let id = self.agents.id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kilobytes: u64 = line.split_whitespace().next().unwrap().parse().unwrap();
        (kilobytes * 1024, std::fs::read_dir(format!("/proc/{id}/fd")).unwrap().count())
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for process in [&mut self.agents, &mut self.small, &mut self.platform] {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Starts this program as a server, and returns its first line of output.
fn start(kind: &str, settings: &[(&str, &str)]) -> (Child, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--serve", kind]).envs(settings.iter().copied()).stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (process, line.trim().to_owned())
}

/// Runs one of the servers until the process is killed.
pub(crate) async fn serve(kind: &str) {
    match kind {
        "platform" => platform().await,
        "agents" => {
            let agents = agents![nothing, read, nudge, think, refuse, crash];
            let server = Server::new().agents(agents).port(0).start().await.unwrap();
            println!("{}", server.address());
            std::future::pending::<()>().await;
        }
        _ => {
            let server = Server::new().agents(agents![busy]).concurrency(CONCURRENCY).port(0).start().await.unwrap();
            println!("{}", server.address());
            std::future::pending::<()>().await;
        }
    }
}

async fn platform() {
    let mut project = ProjectSource::new("Cars", ONTOLOGY);
    let data: Vec<String> = (0..DATA).map(|n| format!("33333333-aaaa-4bbb-8ccc-{n:012}")).collect();
    for hash in &data {
        project = project.data(DataSource::video(format!("{hash}.mp4"), 640, 480, 100, 25.0).data_hash(hash));
    }
    let running = LocalPlatform::builder().project(project).remembered_calls(10).start().await.unwrap();
    for hash in &data {
        running.create_label_row(hash, "main").unwrap();
    }
    let (key, project) = (running.private_key().unwrap(), running.project_hashes()[0].to_string());
    let details = PlatformDetails { url: running.url(), key: key.to_string(), project, data };
    println!("{}", serde_json::to_string(&details).unwrap());
    std::future::pending::<()>().await;
}

#[editor_agent]
async fn nothing(_payload: AgentPayload) {}

#[editor_agent]
async fn read(frame: Frame, row: &LabelRow) -> String {
    format!("{} on this frame", row.frame(frame).objects().count())
}

/// Moves the box of the frame, or adds it.
#[editor_agent]
async fn nudge(frame: Frame, row: &mut LabelRow) -> Result<&'static str> {
    let there = row.frame(frame).objects().next().map(|object| object.hash().to_owned());
    let left = if frame.0.is_multiple_of(2) { 0.1 } else { 0.2 };
    match there {
        Some(hash) => {
            row.edit(&hash)?.at(frame)?.set(BoundingBox { x: left, y: 0.1, width: 0.2, height: 0.2 })?;
        }
        None => {
            row.add("Car").bounding_box(left, 0.1, 0.2, 0.2).on(frame)?;
        }
    }
    Ok("nudged")
}

#[editor_agent]
async fn think() -> &'static str {
    tokio::time::sleep(Duration::from_millis(20)).await;
    "thought"
}

#[editor_agent]
async fn refuse() -> Result<()> {
    bail!("Not like this.")
}

#[editor_agent]
async fn crash() {
    panic!("on purpose");
}

#[editor_agent]
async fn busy() -> &'static str {
    tokio::time::sleep(CALL_DURATION).await;
    "done"
}
