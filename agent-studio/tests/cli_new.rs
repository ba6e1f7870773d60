//! `agent-studio new`.

use std::path::Path;

use agent_studio::{DataSource, LocalPlatform, ProjectSource, RunningPlatform};
use test_support::studio::{IMAGE, ONTOLOGY, PROJECT};

use crate::cli::{Ran, Scratch, program, run};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

async fn new(folder: &Path, more: &[&str]) -> Ran {
    let mut command = program();
    command.arg("new").arg(folder).args(more);
    run(command).await
}

#[tokio::test]
async fn creates_complete_crate() {
    let scratch = Scratch::new();
    let folder = scratch.path("street-agents");
    let runtime = workspace().join("agent-runtime");
    let path = ["--runtime-path", runtime.to_str().unwrap()];
    new(&folder, &path).await.done();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    assert_eq!(manifest["package"]["name"].as_str(), Some("street-agents"));
    let dependency = manifest["dependencies"]["agent-runtime"]["path"].as_str().unwrap();
    assert!(Path::new(dependency).is_absolute() && Path::new(dependency).join("Cargo.toml").is_file());
    let studio = &manifest["dev-dependencies"]["agent-studio"];
    assert!(Path::new(studio["path"].as_str().unwrap()).join("Cargo.toml").is_file());
    assert_eq!(studio["default-features"].as_bool(), Some(false));
    assert_eq!(manifest["features"]["lambda"][0].as_str(), Some("agent-runtime/lambda"));
    assert!(read(".gitignore").contains("target/\n.scratch/\n.env\n") && read("README.md").contains("# street-agents"));
    assert!(read(".dockerignore").contains("**/.env\n") && read(".env").lines().all(|line| line.starts_with('#')));
    assert!(read(".github/workflows/test.yml").contains("cargo test"));
    assert!(read("tests/cases.rs").contains("env!(\"CARGO_BIN_EXE_street-agents\")"));
    assert_eq!(manifest["test"][0]["harness"].as_bool(), Some(false));
    for file in
        ["case.toml", "changes.json", "ontology.json", "payload.json", "project.json", "response.json", "row.json"]
    {
        assert!(!read(&format!("cases/simplify-astronaut/{file}")).is_empty(), "{file}");
    }
    assert!(
        read("src/main.rs").contains("on_conflict = \"merge\"")
            && read("src/main.rs").contains("TestProject::sample()")
    );
    for file in ["README.md", "src/main.rs", "Dockerfile", ".dockerignore"] {
        assert!(!read(file).contains("{{"), "{file}");
    }
    // The image is built with the folder of agent-runtime's workspace, at the place that Cargo.toml names.
    let source = format!("COPY --from=agent-source [\".\", \"{}\"]", workspace().display());
    assert!(read("Dockerfile").contains(&source) && read("README.md").contains("--build-context 'agent-source="));
    new(&folder, &path).await.fails_saying("already exists");
    let git = scratch.path("from-git");
    new(&git, &["--runtime-git", "https://example.com/a.git"]).await.done();
    let recipe = std::fs::read_to_string(git.join("Dockerfile")).unwrap();
    assert!(recipe.contains("PROGRAM=from-git\n") && !recipe.contains("agent-source"), "{recipe}");
    let manifest: toml::Table = toml::from_str(&std::fs::read_to_string(git.join("Cargo.toml")).unwrap()).unwrap();
    assert_eq!(manifest["dependencies"]["agent-runtime"]["git"].as_str(), Some("https://example.com/a.git"));
    assert_eq!(manifest["dev-dependencies"]["agent-studio"]["git"].as_str(), Some("https://example.com/a.git"));
}

/// Starts a platform with a project. Returns it with the label editor's URL of an image.
async fn platform() -> (RunningPlatform, String) {
    let image = DataSource::image("street.png", 64, 48).data_hash(IMAGE);
    let project = ProjectSource::new("Streets", ONTOLOGY).project_hash(PROJECT).data(image);
    let running = LocalPlatform::builder().project(project).start().await.unwrap();
    let place = format!("{}/#project={PROJECT}&data={IMAGE}&frame=0", running.url());
    (running, place)
}

async fn new_with_ontology(studio: &RunningPlatform, folder: &Path, url: &str) -> Ran {
    let mut command = program();
    command.env("ENCORD_SSH_KEY", studio.private_key().unwrap().as_str());
    command.arg("new").arg(folder).arg("--runtime-path").arg(workspace()).args(["--project", url]);
    run(command).await
}

#[tokio::test]
async fn adds_ontology_of_project_with_agent() {
    let (studio, place) = platform().await;
    let scratch = Scratch::new();
    let folder = scratch.path("car-agents");
    new_with_ontology(&studio, &folder, &place).await.done();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(read("ontology.json").contains("\"Car\""));
    assert!(read("src/labels.rs").contains("ontology!(\"ontology.json\");"));
    assert!(read("src/labels.rs").contains("FrameObjects<Car>") && !read("src/labels.rs").contains("{{"));
    assert!(read("src/main.rs").contains("mod labels;\n\nuse agent_runtime"));
    let other = scratch.path("other-agents");
    new_with_ontology(&studio, &other, "https://example.com").await.fails_saying("is not the URL of a label editor");
    assert!(!other.exists());
}

#[tokio::test]
async fn reports_invalid_arguments() {
    let scratch = Scratch::new();
    let runtime = workspace().join("agent-runtime");
    let path = ["--runtime-path", runtime.to_str().unwrap()];
    for name in ["Street Agents", "1st", "async", "test", "ü", ".."] {
        new(&scratch.path(name), &path).await.fails_saying("is not a valid crate name");
    }
    let wrong = scratch.path("");
    new(&scratch.path("a"), &["--runtime-path", wrong.to_str().unwrap()])
        .await
        .fails_saying("not the folder of agent-runtime");
}

#[tokio::test]
async fn default_runtime_is_checkout_of_program() {
    let scratch = Scratch::new();
    let repository = ["--runtime-path", workspace().to_str().unwrap()];
    for (name, arguments) in [("a", &[][..]), ("b", &repository)] {
        new(&scratch.path(name), arguments).await.done();
        let manifest = std::fs::read_to_string(scratch.path(name).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = toml::from_str(&manifest).unwrap();
        let path = manifest["dependencies"]["agent-runtime"]["path"].as_str().unwrap();
        assert_eq!(Path::new(path), std::fs::canonicalize(workspace().join("agent-runtime")).unwrap());
    }
}

/// Adds a case, which differs from its expectations until they are accepted.
async fn assert_cases_run_without_build(folder: &Path, cargo: &impl Fn(&[&str]) -> std::process::Command) {
    let (example, copy) = (folder.join("cases/simplify-astronaut"), folder.join("cases/copy"));
    std::fs::create_dir(&copy).unwrap();
    for entry in std::fs::read_dir(&example).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    let response = copy.join("response.json");
    let text = std::fs::read_to_string(&response).unwrap();
    std::fs::write(&response, text.replace("84 vertices", "85 vertices")).unwrap();
    let tests = ["test", "--test", "cases"];
    let ran = run(cargo(&tests)).await;
    assert!(ran.code != 0 && !ran.err.contains("Compiling"), "{}{}", ran.out, ran.err);
    for part in ["1 passed; 1 failed", "85 vertices removed.", "84 vertices removed.", "AGENT_CASES=accept"] {
        assert!(ran.out.contains(part), "{part} is not in {}", ran.out);
    }
    let mut accept = cargo(&tests);
    accept.env("AGENT_CASES", "accept");
    let ran = run(accept).await;
    assert!(ran.done().contains("copy accepted:"), "{}", ran.out);
    assert_eq!(std::fs::read_to_string(&response).unwrap(), text);
    assert!(run(cargo(&tests)).await.done().contains("2 passed"));
}

/// Compiles the crate with the workspace's own versions, and runs its test and its server against the studio.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "compiles a whole crate"]
async fn created_crate_compiles_and_runs() {
    use crate::cli::Serving;

    let scratch = Scratch::new();
    let folder = scratch.path("street-agents");
    let (studio, place) = platform().await;
    new_with_ontology(&studio, &folder, &place).await.done();
    std::fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_BIN_EXE_agent-studio")).ancestors().nth(2).unwrap().to_owned();
    let cargo = |arguments: &[&str]| {
        let mut command = test_support::cargo::cargo();
        command.args(arguments).current_dir(&folder).env("CARGO_TARGET_DIR", &target);
        command
    };
    let ran = run(cargo(&["test", "-q"])).await;
    assert!(
        ran.done().contains("3 passed") && ran.out.contains("1 passed"),
        "the unit tests and the case: {}",
        ran.out
    );
    assert_cases_run_without_build(&folder, &cargo).await;
    run(cargo(&["build", "-q"])).await.done();
    let mut server = std::process::Command::new(target.join("debug/street-agents"));
    server.env("PORT", "0").env("ENCORD_DOMAIN", studio.url()).env("AGENT_CHECK_PLATFORM", "true");
    server.env("ENCORD_SSH_KEY", studio.private_key().unwrap().as_str());
    let serving = Serving::start(server, "Stop with ctrl-c");
    let mut command = program();
    command.args(["agents", serving.after("editor agents on ")]);
    let ran = run(command).await;
    assert!(ran.done().contains("where_am_i") && ran.out.contains("/simplify-polygons"), "{}", ran.out);

    // The crate does not have the feature `lambda`.
    let mut function = std::process::Command::new(target.join("debug/street-agents"));
    function.env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9").env("PORT", "0");
    let ran = run(function).await;
    assert!(ran.code != 0 && ran.out.is_empty(), "{}", ran.out);
    assert!(ran.err.contains("started in AWS Lambda") && ran.err.contains("feature `lambda`"), "{}", ran.err);
}
