//! `agent-studio serve`, `print` and `--help`.

use crate::cli::{Scratch, Serving, program, run};
use agent_platform::auth::Credentials;
use agent_platform::client::{Domain, PlatformClient};
use agent_platform::hash::ProjectHash;
use test_support::studio::folder::ProjectFolder;

fn serve(folder: &ProjectFolder, more: &[&str]) -> Serving {
    let mut command = program();
    command.arg("serve").arg(folder.path()).args(["--port", "0"]).args(more);
    Serving::start(command, "Stop with ctrl-c")
}

fn client(serving: &Serving) -> PlatformClient {
    let key = serving.after("ENCORD_SSH_KEY_FILE=").trim_matches('\'').to_owned();
    let credentials = Credentials::from_variables(|name| (name == "ENCORD_SSH_KEY_FILE").then(|| key.clone())).unwrap();
    let domain = Domain::parse(serving.after("ENCORD_DOMAIN=")).unwrap();
    PlatformClient::builder().credentials(credentials).domain(domain).build().unwrap()
}

#[tokio::test]
async fn printed_settings_reach_platform() {
    let folder = ProjectFolder::new("");
    let mut serving = serve(&folder, &[]);
    client(&serving).check().await.unwrap();
    let page = test_support::http_client::get(serving.after("ENCORD_DOMAIN="), "/").await;
    assert!(page.status == 200 && page.text().contains("<html"), "{page:?}");
    assert!(serving.said.contains(&format!("Label editor on {}/", serving.after("ENCORD_DOMAIN="))));
    assert!(serving.said.contains("Folder"), "{}", serving.said);
    assert!(!serving.said.contains('\x1b'), "no colours where there is no terminal");
    assert_eq!(serving.interrupt(), Some(0));
    // After the shutdown, the port is free and the folder is unlocked.
    drop(serve(&folder, &[]));
}

#[cfg(unix)]
#[tokio::test]
async fn keeps_key_readable_for_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = ProjectFolder::new("");
    let mut serving = serve(&folder, &[]);
    let path = folder.path().join(".scratch/key");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    let first = client(&serving);
    let key = std::fs::read(&path).unwrap();
    assert_eq!(folder.read(".scratch/.gitignore"), "*\n");
    serving.interrupt();
    // The permissions were changed in between.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let serving = serve(&folder, &[]);
    assert_eq!((mode(&path), std::fs::read(&path).unwrap()), (0o600, key));
    client(&serving).check().await.unwrap();
    drop(first);
}

#[tokio::test]
async fn applies_latency_and_admin_options() {
    let folder = ProjectFolder::new("");
    let serving = serve(&folder, &["--latency", "300", "--admin"]);
    let platform = client(&serving);
    platform.check().await.unwrap();
    let began = std::time::Instant::now();
    platform.check().await.unwrap();
    assert!(began.elapsed().as_millis() >= 300, "{:?}", began.elapsed());
    assert_eq!(test_support::http_client::get(serving.after("ENCORD_DOMAIN="), "/admin/calls").await.status, 200);
}

#[tokio::test]
async fn reports_unservable_folders() {
    let scratch = Scratch::new();
    let mut command = program();
    command.arg("serve").arg(scratch.path(""));
    run(command).await.fails_saying("is not a project folder");
    let folder = ProjectFolder::new("titel = 3\n");
    let mut command = program();
    command.arg("serve").arg(folder.path()).args(["--port", "0"]);
    let ran = run(command).await;
    assert!(ran.code == 1 && ran.err.contains("titel") && ran.err.contains("project.toml"), "{}", ran.err);
    let folder = ProjectFolder::new("");
    let mut command = program();
    command.arg("serve").arg(folder.path()).args(["--port", "0", "--agents", "127.0.0.1"]);
    run(command).await.fails_saying("is not the URL of an agent server");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = program();
    command.arg("serve").arg(folder.path()).args(["--port", &port]);
    run(command).await.fails_saying("choose another with --port");
    let mut serving = serve(&folder, &[]);
    let mut command = program();
    command.arg("serve").arg(folder.path()).args(["--port", "0"]);
    run(command).await.fails_saying("is being served by another process");
    serving.interrupt();
}

#[cfg(unix)]
#[tokio::test]
async fn writes_variables_to_env_file() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, scratch) = (ProjectFolder::new(""), Scratch::new());
    let path = scratch.path(".env");
    let started = || {
        let mut command = program();
        command.arg("serve").arg(folder.path()).args(["--port", "0", "--sign-with", "AGENT_TEST_SECRET"]);
        command.arg("--write-env").arg(&path).env("AGENT_TEST_SECRET", "whsec_made-up");
        command
    };
    // The second start overwrites the file of the first one.
    drop(Serving::start(started(), "Stop with ctrl-c"));
    let serving = Serving::start(started(), "Stop with ctrl-c");
    let text = std::fs::read_to_string(&path).unwrap();
    for line in [
        format!("ENCORD_DOMAIN={}", serving.after("ENCORD_DOMAIN=")),
        format!("ENCORD_SSH_KEY_FILE={}", serving.after("ENCORD_SSH_KEY_FILE=").trim_matches('\'')),
        "ENCORD_WEBHOOK_SECRET=whsec_made-up".to_owned(),
    ] {
        assert!(text.lines().any(|other| other == line), "{line} is not in {text}");
    }
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!serving.said.contains("whsec_made-up"));
    drop(serving);
    std::fs::write(&path, "MODEL_KEY=1\n").unwrap();
    run(started()).await.fails_saying("is not overwritten");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "MODEL_KEY=1\n");
}

#[tokio::test]
async fn rejects_unset_secret() {
    let folder = ProjectFolder::new("");
    let mut command = program();
    command.arg("serve").arg(folder.path()).args(["--port", "0", "--sign-with", "AGENT_TEST_UNSET_SECRET"]);
    run(command).await.fails_saying("AGENT_TEST_UNSET_SECRET is not set");
}

#[tokio::test]
async fn prints_completions_and_manual_page() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let mut command = program();
        command.args(["print", "completions", shell]);
        let ran = run(command).await;
        assert!(ran.done().contains("agents-port"), "{shell}");
    }
    let mut command = program();
    command.args(["print", "manual-page"]);
    let ran = run(command).await;
    assert!(ran.done().contains(".TH agent-studio 1") && ran.out.contains("agents\\-port"), "{}", ran.out);
}

#[tokio::test]
async fn failed_start_removes_sample_copy() {
    let scratch = Scratch::new();
    std::fs::create_dir_all(scratch.path("temporary")).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for arguments in [&["--port", &port][..], &["--port", "0", "--agents", "no address"]] {
        let mut command = program();
        command.arg("serve").args(arguments).env("TMPDIR", scratch.path("temporary"));
        let ran = run(command).await;
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        let left: Vec<_> = std::fs::read_dir(scratch.path("temporary")).unwrap().map(Result::unwrap).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[tokio::test]
async fn prints_help_and_version() {
    let mut command = program();
    command.arg("--version");
    assert_eq!(run(command).await.done(), concat!("agent-studio ", env!("CARGO_PKG_VERSION"), "\n"));
    for arguments in [
        &["--help"][..],
        &["serve", "--help"],
        &["call", "--help"],
        &["agents", "--help"],
        &["doctor", "--help"],
        &["pull", "--help"],
        &["import", "coco", "--help"],
        &["new", "--help"],
        &["print", "agent-nodes", "--help"],
    ] {
        let mut command = program();
        command.args(arguments);
        let help = run(command).await.done().to_owned();
        assert!(help.contains("Usage: agent-studio") && !help.contains('\x1b'), "{help}");
    }
    let mut command = program();
    command.arg("serv");
    let ran = run(command).await;
    assert!(ran.code == 2 && ran.err.contains("serve"), "{}", ran.err);
}

#[tokio::test]
async fn prints_agent_stages() {
    let folder = ProjectFolder::new("");
    let serving = serve(&folder, &[]);
    let project = serving.after("Folder  ").to_owned();
    let print = |project: &str, more: &[&str]| {
        let mut command = program();
        command.args(["print", "agent-nodes", project]).args(more);
        command.env("ENCORD_DOMAIN", serving.after("ENCORD_DOMAIN="));
        command.env("ENCORD_SSH_KEY_FILE", serving.after("ENCORD_SSH_KEY_FILE=").trim_matches('\''));
        run(command)
    };
    let stages = client(&serving).project(project.parse::<ProjectHash>().unwrap()).await.unwrap();
    let agent = stages.stages().iter().find(|stage| stage.title == "Agent 1").unwrap();
    let shown = print(&project, &[]).await.done().to_owned();
    assert!(shown.contains(&format!("Agent 1  {}", agent.uuid)), "{shown}");
    for pathway in &agent.pathways {
        assert!(shown.contains(&format!("{}  {}", pathway.title, pathway.uuid)), "{shown}");
    }
    assert!(shown.contains("to Review 1") && !shown.contains("Annotate 1"), "{shown}");
    let json: serde_json::Value = serde_json::from_str(print(&project, &["--json"]).await.done()).unwrap();
    assert_eq!(json[0]["uuid"], agent.uuid.to_string());
    assert_eq!(json[0]["pathways"][1]["destination"], "Complete");
    print("00000000-0000-4000-8000-000000000000", &[]).await.fails_saying("cannot be read from");
    let mut command = program();
    command.args(["print", "agent-nodes", &project]).env("ENCORD_DOMAIN", serving.after("ENCORD_DOMAIN="));
    run(command).await.fails_saying("set ENCORD_SSH_KEY_FILE");
    // An agent's URL has no project.
    let mut command = program();
    command.args(["print", "agent-nodes", "http://127.0.0.1:8080/check"]);
    let ran = run(command).await;
    assert!(ran.code == 2 && ran.err.contains("write a project hash, or a URL with one"), "{}", ran.err);
}
