//! `agent-studio replay` against the recorded Python agents: calls that the studio has saved are repeated.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use agent_studio::{ClientKey, LocalPlatform, Page};
use tempfile::TempDir;
use test_support::free_port::free_port;
use test_support::studio::recorded::{self, IMAGE, PROJECT};

use crate::app::App;

const STUDIO: &str = env!("CARGO_BIN_EXE_dev-studio");

/// Calls agents of the app, and saves each call as a case with the agent's name.
async fn save_cases(cases: &Path, agents: &[&str]) {
    let key = ClientKey::random().unwrap();
    let builder = LocalPlatform::builder().project(recorded::project()).public_key("agent@example.test", key.key_id());
    let platform = builder.page(Page::new().cases(cases)).start().await.unwrap();
    let app = App::start(&platform.url(), &key.openssh().unwrap());
    let editor = format!("{}/#project={PROJECT}&data={IMAGE}&frame=0", platform.url());
    for agent in agents {
        let mut call = Command::new(STUDIO);
        call.args(["call", &format!("{}/{agent}", app.url()), &editor, "--save-case", agent]);
        let output = call.output().unwrap();
        // 3 for a response such as 400.
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", text(&output));
    }
}

/// Replays the cases of a folder. The app is started with the variables that the command prints.
fn replay(cases: &Path) -> Output {
    let (platform_port, app_port) = (free_port(), free_port());
    let mut command = Command::new(STUDIO);
    command.args(["replay", &format!("http://127.0.0.1:{app_port}")]).arg(cases);
    command.args(["--port", &platform_port.to_string()]);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _app = start_app(&mut process, app_port);
    process.wait_with_output().unwrap()
}

fn start_app(replay: &mut Child, port: u16) -> App {
    let mut lines = BufReader::new(replay.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut exported = |name: &str| {
        let found = lines.find_map(|line| Some(line.split_once(&format!("export {name}="))?.1.to_owned()));
        found.unwrap().trim().trim_matches('\'').to_owned()
    };
    let (platform, key) = (exported("ENCORD_DOMAIN"), exported("ENCORD_SSH_KEY_FILE"));
    std::thread::spawn(move || lines.for_each(drop));
    App::start_on(port, &platform, &std::fs::read_to_string(key).unwrap())
}

fn text(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn edit(path: &Path, from: &str, to: &str) {
    let before = std::fs::read_to_string(path).unwrap();
    assert!(before.contains(from), "{from} is not in {before}");
    std::fs::write(path, before.replace(from, to)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replays_python_agents_and_shows_differences() {
    let cases = TempDir::new().unwrap();
    save_cases(cases.path(), &["add-box", "frame-data", "agent-exception"]).await;
    // The message has the hash of the new object.
    let manifest = cases.path().join("add-box/case.toml");
    let added = std::fs::read_to_string(&manifest).unwrap() + "message_pattern = '^Added .{8}$'\n";
    std::fs::write(&manifest, added).unwrap();

    let passed = replay(cases.path());
    assert!(passed.status.success(), "{}", text(&passed));
    let shown = String::from_utf8_lossy(&passed.stdout).into_owned();
    assert!(shown.contains("3 cases: 3 as expected."), "{shown}");

    edit(&cases.path().join("add-box/changes.json"), "0.25", "0.35");
    edit(&cases.path().join("agent-exception/response.json"), "Only polygons", "Only boxes");
    let failed = replay(cases.path());
    assert_eq!(failed.status.code(), Some(3), "{}", text(&failed));
    let shown = String::from_utf8_lossy(&failed.stdout).into_owned();
    for part in [
        "ok        frame-data",
        "differs   add-box",
        "differs   agent-exception",
        "boundingBox.x: 0.35 → 0.25",
        "Only polygons, please",
        "Only boxes, please",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    assert!(shown.contains("3 cases: 1 as expected, 2 failed."), "{shown}");
}
