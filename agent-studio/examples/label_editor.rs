//! The label editor page with made-up data: an object of every shape, ten thousand objects on one frame, and a label row
//! of five megabytes. For work on the page, and for the figures in `page/README.md`.
//!
//! `cargo run -p agent-studio --example label_editor -- [port]` reads the page's files whenever they are asked for.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "an example")]
#![allow(dead_code, reason = "the tests use more of what is shared")]

#[path = "../tests/browser/agents.rs"]
mod agents;
#[path = "../tests/browser/crowd.rs"]
mod crowd;
#[path = "../tests/browser/data.rs"]
mod data;
#[path = "../tests/browser/world.rs"]
mod world;

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(1).map_or(0, |port| port.parse().unwrap());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/page");
    let projects = vec![data::project(), crowd::project()];
    let world = world::World::start(projects, port, Some(folder.as_ref())).await;
    data::label(&world.studio);
    println!("{}", world.studio.url());
    tokio::signal::ctrl_c().await.unwrap();
}
