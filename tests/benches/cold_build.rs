//! Benchmark of `cargo build` from an empty target folder: an agent that reads a label row, compared with an axum program that has
//! an HTTP client, TLS and the same image formats: `cargo bench -p agent-benches --bench cold_build`.
//!
//! With `-- test` it measures `cargo test` instead: of a crate that `agent-studio new` creates, compared with the axum program and a
//! test of its router.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const ROUNDS: usize = 2;

/// Parallel jobs of each build.
const JOBS: &str = "2";

const AGENT: &str = "use agent_runtime::prelude::*;

#[editor_agent]
async fn count(row: &LabelRow) -> String {
    format!(\"{} objects\", row.objects().count())
}

#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}
";

const AXUM: &str = "use axum::{Json, Router, routing::post};

#[derive(serde::Deserialize)]
#[serde(rename_all = \"camelCase\")]
struct Payload {
    data_hash: String,
}

async fn count(Json(payload): Json<Payload>) -> Json<serde_json::Value> {
    let url = format!(\"https://api.encord.com/{}\", payload.data_hash);
    let file = reqwest::get(url).await.unwrap().bytes().await.unwrap();
    let image = image::load_from_memory(&file).unwrap();
    Json(serde_json::json!({ \"message\": format!(\"{} pixels wide\", image.width()) }))
}

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().init();
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:8080\").await.unwrap();
    axum::serve(listener, router()).await.unwrap();
}

fn router() -> Router {
    Router::new().route(\"/count\", post(count))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    #[tokio::test]
    async fn rejects_empty_payload() {
        let request = Request::post(\"/count\").header(\"content-type\", \"application/json\").body(Body::from(\"{}\"));
        let response = super::router().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), 422);
    }
}
";

/// Dependencies of the axum program, with the features that `agent-runtime` enables by default.
const AXUM_DEPENDENCIES: &str = r#"
axum = { version = "0.8", default-features = false, features = ["http1", "json", "tokio"] }
image = { version = "0.25", default-features = false, features = ["bmp", "gif", "jpeg", "png", "tiff", "webp"] }
reqwest = { version = "0.13", default-features = false, features = ["gzip", "http2", "rustls-no-provider"] }
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tokio = { version = "1", default-features = false, features = ["macros", "net", "rt-multi-thread", "signal", "sync", "time"] }
tracing-subscriber = { version = "0.3", default-features = false, features = ["ansi", "fmt", "json", "std"] }

[dev-dependencies]
tower = { version = "0.5", default-features = false, features = ["util"] }
"#;

fn main() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let folder = workspace.join("target/cold-build");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    let axum = package(&folder, workspace, "by-hand", AXUM_DEPENDENCIES, AXUM);
    let (command, agent, target) = match std::env::args().any(|argument| argument == "test") {
        true => ("test", new_crate(&folder, workspace), 1.3),
        false => {
            let runtime = format!("agent-runtime = {{ path = {:?} }}\n", workspace.join("agent-runtime"));
            ("build", package(&folder, workspace, "agent", &runtime, AGENT), 1.15)
        }
    };
    println!("cargo {command} of a new program, -j{JOBS}, in seconds:");
    println!("{:>12}{:>14}{:>8}", "agent", "axum by hand", "ratio");
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let (ours, theirs) = (seconds(command, &agent), seconds(command, &axum));
        println!("{ours:>12.1}{theirs:>14.1}{:>8.2}", ours / theirs);
        ratios.push(ours / theirs);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median of the ratios {:.2}   (at most {target})", ratios[ratios.len() / 2]);
    fs::remove_dir_all(&folder).unwrap();
}

/// Creates a crate as a user does, with the workspace's locked versions.
fn new_crate(folder: &Path, workspace: &Path) -> PathBuf {
    let folder = folder.join("street-agents");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--package", "agent-studio", "--", "new"]).arg(&folder).current_dir(workspace);
    assert!(cargo.status().unwrap().success(), "the crate was not created");
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

/// Writes a package with the workspace's locked versions.
fn package(folder: &Path, workspace: &Path, name: &str, dependencies: &str, source: &str) -> PathBuf {
    let folder = folder.join(name);
    fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/main.rs"), source).unwrap();
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

/// Returns the duration of `cargo build` or `cargo test` from an empty target folder, in seconds.
fn seconds(command: &str, package: &Path) -> f64 {
    let target = package.join("target");
    if target.exists() {
        fs::remove_dir_all(&target).unwrap();
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([command, "--quiet", "--offline", "-j", JOBS]).current_dir(package);
    cargo.env("CARGO_TARGET_DIR", &target).env("CARGO_INCREMENTAL", "1").env_remove("CARGO_PROFILE_DEV_DEBUG");
    let start = Instant::now();
    assert!(cargo.stdout(Stdio::null()).status().unwrap().success(), "{} fails", package.display());
    start.elapsed().as_secs_f64()
}
