//! The image of a crate created by `agent-studio new`, built without Docker from the instructions of its Dockerfile, and run in its own
//! root directory as its user. Needs `unshare`, `openssl` and a C compiler.

mod container;
mod dockerfile;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::container::{Authority, Container};
use self::dockerfile::{Build, Image};
use crate::cli::{Scratch, program, run};
use agent_studio::LocalPlatform;

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Creates a crate whose Cargo.lock has the versions of the workspace.
async fn new_crate(scratch: &Scratch) -> PathBuf {
    let folder = scratch.path("street-agents");
    let mut command = program();
    command.arg("new").arg(&folder).arg("--runtime-path").arg(workspace().join("agent-runtime"));
    run(command).await.done();
    fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    // Removes unused entries, as the first `cargo test` of a user does.
    let mut cargo = std::process::Command::new("cargo");
    cargo.args(["metadata", "--offline", "--format-version=1"]).current_dir(&folder);
    run(cargo).await.done();
    folder
}

fn built(context: &Path, stages: &Path) -> Image {
    Build::new(context, &context.join("Dockerfile")).context("agent-source", workspace()).run(stages)
}

/// Stages are kept under `target/`, so that a second run compiles less.
fn stages(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("image").join(name)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs `unshare`, `openssl` and a C compiler, and compiles a whole crate"]
async fn created_crate_builds_and_runs_in_empty_root() {
    let scratch = Scratch::new();
    let folder = new_crate(&scratch).await;
    let stages = stages("street-agents");
    let image = built(&folder, &stages);
    assert_eq!(image.files(), ["agents", "etc/ssl/certs/ca-certificates.crt"]);
    let set = [("HOST", "0.0.0.0"), ("PORT", "8080"), ("AGENT_LOG", "json")];
    assert_eq!(image.environment, set.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!((image.user.as_str(), image.entry_point.as_slice()), ("65532:65532", ["/agents".to_owned()].as_slice()));
    assert_eq!(image.compiled.last().unwrap(), &["street-agents"], "the dependencies were compiled before");

    runs_and_stops(&image).await;
    checks_certificates(&image).await;

    // A change of an agent keeps the layer of the dependencies; a change of the manifest does not.
    let before = image.fingerprint_of("manifests/manifests");
    let source = folder.join("src/main.rs");
    fs::write(&source, fs::read_to_string(&source).unwrap().replace("{} selected.", "{} picked.")).unwrap();
    let again = built(&folder, &stages);
    assert_eq!(again.fingerprint_of("manifests/manifests"), before);
    let container = Container::start(&again, &[("ENCORD_SSH_KEY", key().await.as_str())]);
    assert_eq!(container.call("/where-am-i", r#"["a1B2c3D4"]"#).1, r#"{"message":"Frame 7, 1 picked."}"#);
}

/// An arbitrary key: an agent that needs the platform does not start without one.
async fn key() -> String {
    LocalPlatform::builder().start().await.unwrap().private_key().unwrap().to_string()
}

async fn runs_and_stops(image: &Image) {
    let studio = LocalPlatform::builder().start().await.unwrap();
    // By name: a static program resolves names with the files of the image and those that Docker adds.
    let domain = studio.url().replace("127.0.0.1", "localhost");
    let key = studio.private_key().unwrap();
    let mut container = Container::start(
        image,
        &[("ENCORD_DOMAIN", &domain), ("ENCORD_SSH_KEY", key.as_str()), ("AGENT_CHECK_PLATFORM", "true")],
    );
    println!("from starting the process to its first answer: {:.1} ms", container.started_in.as_secs_f64() * 1e3);
    assert!(container.started_in < Duration::from_secs(1), "{:?}", container.started_in);
    assert_eq!((container.effective_user(), container.capabilities()), (65532, 0));
    assert_eq!(container.get("/healthz").1, r#"{"status":"ok"}"#);
    assert!(container.get("/readyz").1.contains(r#""platform":"ok""#));
    assert_eq!(container.call("/where-am-i", r#"["a1B2c3D4"]"#).1, r#"{"message":"Frame 7, 1 selected."}"#);

    // SIGTERM during a call: the call completes, and then the program ends, within the 10 s that platforms give.
    studio.set_latency(Duration::from_millis(700));
    let call = container.call_meanwhile("/simplify-polygons", "[]");
    container.wait_for_a_call();
    let (code, took) = container.terminate();
    let (status, answer) = call.join().unwrap();
    assert_ne!(status, 503, "the call was cut off: {answer}");
    assert!(answer.contains("message"), "{answer}");
    assert_eq!(code, Some(0));
    assert!(took > Duration::from_millis(200) && took < Duration::from_secs(10), "{took:?}");
}

/// Tests that the program trusts only the certificates of the image.
async fn checks_certificates(image: &Image) {
    let authority = Authority::new();
    let server = authority.serve();
    let domain = format!("https://localhost:{}", server.port);
    let key = key().await;
    let settings = [("ENCORD_DOMAIN", domain.as_str()), ("ENCORD_SSH_KEY", &key), ("AGENT_CHECK_PLATFORM", "true")];
    let unknown = Container::refuses_to_start(image, &settings);
    assert!(unknown.contains("certificate"), "{unknown}");
    authority.join(image);
    let trusted = Container::refuses_to_start(image, &settings);
    assert!(!trusted.contains("certificate"), "{trusted}");
}

/// Tests that the examples' Dockerfile is the template with other names, and finds the programs of a workspace.
#[test]
#[ignore = "needs `unshare`, `openssl` and a C compiler, and compiles a whole crate"]
fn examples_use_same_dockerfile() {
    let ours = fs::read_to_string(workspace().join("examples/deploy/container/Dockerfile")).unwrap();
    let template = fs::read_to_string(workspace().join("agent-studio/src/cli/new/template/dockerfile")).unwrap();
    let command = "docker build --tag editor-agents --file examples/deploy/container/Dockerfile .";
    let of_examples = template
        .replace("{{build}}", command)
        .replace("{{runtime_source}}", "")
        .replace("PACKAGE={{name}}", "PACKAGE=agent-examples")
        .replace("PROGRAM={{name}}", "PROGRAM=example-agents");
    assert_eq!(ours, of_examples);
    let ignored = fs::read_to_string(workspace().join(".dockerignore")).unwrap();
    assert_eq!(
        ignored,
        fs::read_to_string(workspace().join("agent-studio/src/cli/new/template/docker_ignored")).unwrap()
    );
    let toolchain = fs::read_to_string(workspace().join("rust-toolchain.toml")).unwrap();
    let base = ours.lines().find_map(|line| line.strip_prefix("FROM rust:")).unwrap().split('-').next().unwrap();
    assert!(toolchain.contains(&format!("channel = \"{base}\"")), "the image has Rust {base}");
}

/// Builds the smallest program of this workspace, whose dependencies compile from the manifests alone.
#[test]
#[ignore = "needs `unshare`, `openssl` and a C compiler, and compiles a whole crate"]
fn builds_workspace_member() {
    let recipe = workspace().join("examples/deploy/container/Dockerfile");
    let image = Build::new(workspace(), &recipe)
        .argument("PACKAGE", "agent-tests")
        .argument("PROGRAM", "smallest-agent")
        .run(&stages("workspace"));
    assert!(image.compiled.last().unwrap().iter().all(|name| name.starts_with("agent-")), "{:?}", image.compiled);
    let mut container = Container::start(&image, &[]);
    assert_eq!(container.call("/nothing", "[]"), (200, "null".to_owned()));
    assert_eq!(container.terminate().0, Some(0));
}
