//! The rules of `docs/ARCHITECTURE.md` that a program can check: allowed dependencies, no import cycles, and citations that resolve.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read the sources fails")]

mod citations;
mod commands;
mod dependencies;
mod module_graph;

use std::path::{Path, PathBuf};

use module_graph::ModuleGraph;

/// The folder of the workspace.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn assert_no_cycles(package: &str) {
    let graph = ModuleGraph::read(&workspace().join(package).join("src"));
    assert!(graph.len() > 5, "{package} has only {} modules: are its sources elsewhere?", graph.len());
    let cycles = graph.sibling_cycles();
    assert!(cycles.is_empty(), "{package} has import cycles:\n{}", cycles.join("\n"));
}

#[test]
fn agent_batch_has_no_import_cycle() {
    assert_no_cycles("agent-batch");
}

#[test]
fn agent_core_has_no_import_cycle() {
    assert_no_cycles("agent-core");
}

#[test]
fn agent_models_has_no_import_cycle() {
    assert_no_cycles("agent-models");
}

#[test]
fn agent_macros_has_no_import_cycle() {
    assert_no_cycles("agent-macros");
}

#[test]
fn agent_platform_has_no_import_cycle() {
    assert_no_cycles("agent-platform");
}

#[test]
fn agent_runtime_has_no_import_cycle() {
    assert_no_cycles("agent-runtime");
}

#[test]
fn agent_studio_has_no_import_cycle() {
    assert_no_cycles("agent-studio");
}
