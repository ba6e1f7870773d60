//! Lints on generated code: `lint-silence/main.rs` under all of Clippy.

use std::fs;
use std::path::Path;

mod cargo;

use cargo::cargo;

#[test]
#[ignore = "needs Clippy, and checks every dependency"]
fn generated_code_passes_every_lint() {
    let version = cargo().args(["clippy", "--version"]).output().expect("cargo starts");
    assert!(version.status.success(), "this test needs Clippy: add it with `rustup component add clippy`");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = here.ancestors().nth(2).unwrap();
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lint-silence");
    // Most dependencies are checked there already.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    fs::create_dir_all(&package).unwrap();
    fs::write(package.join("Cargo.toml"), manifest(workspace, here)).unwrap();
    // The versions that the workspace has, which need no network.
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    fs::copy(workspace.join("agent-studio/sample/ontology.json"), package.join("ontology.json")).unwrap();
    let mut clippy = cargo();
    clippy.args(["clippy", "--offline", "--quiet", "--manifest-path"]).arg(package.join("Cargo.toml"));
    clippy.arg("--target-dir").arg(target);
    clippy.env_remove("RUSTFLAGS");
    let output = clippy.output().expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

fn manifest(workspace: &Path, here: &Path) -> String {
    let (runtime, source) = (workspace.join("agent-runtime"), here.join("lint-silence/main.rs"));
    format!(
        "[package]\nname = \"lint-silence\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [[bin]]\nname = \"lint-silence\"\npath = {source:?}\n\n\
         [dependencies]\nagent-runtime = {{ path = {runtime:?} }}\n\n[workspace]\n"
    )
}
