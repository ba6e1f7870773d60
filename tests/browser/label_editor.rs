//! The label editor page with synthetic data: an object of every shape, ten thousand objects on one frame, and a label row
//! of five megabytes. For work on the page, and for the figures in `page/README.md`.
//!
//! `cargo run -p agent-tests --features browser --example label_editor -- [port]` reads the
//! page's files whenever they are requested.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "an example")]

use test_support::label_editor::{World, crowd, data};

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(1).map_or(0, |port| port.parse().unwrap());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../agent-studio/page");
    let projects = vec![data::project(), crowd::project()];
    let world = World::start(projects, port, Some(folder.as_ref())).await;
    data::label(&world.studio);
    println!("{}", world.studio.url());
    tokio::signal::ctrl_c().await.unwrap();
}
