//! `agent-studio call`, `agents` and `doctor`, against an agent server.

use crate::cli::{Ran, Scratch, program, run};
use agent_runtime::prelude::*;
use agent_runtime::{DryRuns, Notification, RunningServer, StageWorkAvailable, axum, handlers, on_notification};
use agent_studio::{CallKind, LocalPlatform, RunningPlatform};
use serde_json::Value;
use test_support::studio::{self, folder::ProjectFolder};

const SECRET: &str = "whsec_made-up";
const PROJECT: &str = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3";
const DATA: &str = "33333333-aaaa-4bbb-8ccc-000000000003";

/// Says what it was asked.
///
/// At length.
#[editor_agent]
async fn echo(payload: AgentPayload) -> String {
    serde_json::to_string(&payload).unwrap_or_default()
}

/// Pathways of the test agent.
#[derive(Debug, Decisions)]
enum Pathway {
    Approve,
}

#[editor_agent]
async fn decide(frame: Frame) -> Result<AgentResponse<Pathway>> {
    ensure!(frame.0 != 1, "Not on frame 1.");
    Ok(AgentResponse::message("Looks good.").decide(Pathway::Approve))
}

#[editor_agent]
async fn fail() -> Result<String> {
    Err(AgentError::new(ErrorStatus::BadGateway, "Nobody there."))
}

#[on_notification]
async fn work(_work: Notification<StageWorkAvailable>) {}

async fn server() -> RunningServer {
    let signed = |headers: HeaderMap, body: String| async move {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned();
        let origin = header("origin");
        format!("{} {} {origin} {body}", header("x-encord-timestamp"), header("x-encord-signature"))
    };
    let routes = axum::Router::new().route("/signed", axum::routing::post(signed));
    Server::new().agents(agents![echo, decide, fail]).routes(routes).port(0).start().await.unwrap()
}

fn url(server: &RunningServer, path: &str) -> String {
    server.url() + path
}

fn editor(end: &str) -> String {
    format!("https://app.encord.com/label_editor/{PROJECT}/{DATA}{end}")
}

async fn call(agent: &str, editor: &str, more: &[&str]) -> Ran {
    let mut command = program();
    command.args(["call", agent, editor]).args(more).env("CLI_TEST_SECRET", "it's a secret");
    run(command).await
}

#[tokio::test]
async fn calls_agent_like_the_editor() {
    let server = server().await;
    let ran = call(&url(&server, "/echo"), &editor("/12?objectHash=a%2Fb"), &["--json"]).await;
    let report: Value = serde_json::from_str(ran.done()).unwrap();
    let message: Value = serde_json::from_str(report["answer"]["body"].as_str().unwrap()).unwrap();
    let asked: Value = serde_json::from_str(message["message"].as_str().unwrap()).unwrap();
    assert_eq!(asked["projectHash"], PROJECT);
    assert_eq!((&asked["dataHash"], &asked["frame"]), (&DATA.into(), &12.into()));
    assert_eq!(asked["objectHashes"][0], "a/b");
    assert_eq!(report["request"]["headers"]["origin"], "https://app.encord.com");
    assert_eq!(report["answer"]["readableByPage"], true);
    assert!(report["answer"]["milliseconds"].as_f64().unwrap() > 0.0);
    let trace = report["traceId"].as_str().unwrap();
    assert!(report["answer"]["headers"]["x-cloud-trace-context"].as_str().unwrap().starts_with(trace));
    assert_eq!(report["editorUrl"], editor("/12"));
    // Options take precedence over the URL.
    let studio = format!("http://127.0.0.1:8899/#project={PROJECT}&data={DATA}&frame=3");
    let ran = call(&url(&server, "/echo"), &studio, &["--frame", "4", "--object", "x", "--object", "y"]).await;
    assert!(ran.done().contains(r#""frame":4,"objectHashes":["x","y"]"#), "{}", ran.out);
    assert!(ran.out.contains("cannot read the response"), "that origin is not allowed: {}", ran.out);
}

#[tokio::test]
async fn exit_code_reflects_status() {
    let server = server().await;
    let ran = call(&url(&server, "/decide"), &editor("/0"), &[]).await;
    let table = ran.done();
    for part in ["200 OK", "Looks good.", "Approve", " ms", "trace id", "curl -sS -X POST"] {
        assert!(table.contains(part), "{part} is not in {table}");
    }
    let ran = call(&url(&server, "/decide"), &editor("/1"), &[]).await;
    assert!(ran.code == 3 && ran.out.contains("400 Bad Request") && ran.out.contains("Not on frame 1."), "{}", ran.out);
    assert_eq!(call(&url(&server, "/nowhere"), &editor("/1"), &[]).await.code, 3);
    let ran = call(&url(&server, "/fail"), &editor("/1"), &["--json"]).await;
    assert_eq!(
        (ran.code, serde_json::from_str::<Value>(&ran.out).unwrap()["answer"]["status"].as_u64()),
        (4, Some(502))
    );
    let address = url(&server, "/decide");
    server.stop().await;
    let ran = call(&address, &editor("/1"), &[]).await;
    assert!(ran.code == 5 && ran.out.contains("Nothing listens on 127.0.0.1:"), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("start the agents with `agent-studio dev`"), "{}", ran.out);
}

#[tokio::test]
async fn curl_command_sends_same_request() {
    let server = server().await;
    let ran = call(&url(&server, "/signed"), &editor("/2"), &["--object", "it's", "--json"]).await;
    let report: Value = serde_json::from_str(ran.done()).unwrap();
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", report["curl"].as_str().unwrap()]);
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    assert_eq!(run(shell).await.done(), report["answer"]["body"].as_str().unwrap());
}

#[tokio::test]
async fn signed_call_has_no_origin() {
    let server = server().await;
    let agent = url(&server, "/signed");
    let ran = call(&agent, &editor("/2"), &["--sign-with", "CLI_TEST_SECRET", "--json"]).await;
    let report: Value = serde_json::from_str(ran.done()).unwrap();
    let body = report["answer"]["body"].as_str().unwrap();
    let [time, signature, origin, sent] = body.splitn(4, ' ').collect::<Vec<_>>()[..] else { panic!("{body}") };
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"it's a secret");
    let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&signature[2 * at..2 * at + 2], 16).unwrap()).collect();
    ring::hmac::verify(&key, format!("{time}.{sent}").as_bytes(), &bytes).unwrap();
    assert_eq!(origin, "-", "the backend is no page");
    assert!(!ran.out.contains("a secret"), "{}", ran.out);
    call(&agent, &editor("/2"), &["--sign-with", "CLI_TEST_NO_SECRET"])
        .await
        .fails_saying("CLI_TEST_NO_SECRET is not set");
    let ran = call(&agent, &editor("/2"), &["--sign-with", "CLI_TEST_SECRET", "--test-header"]).await;
    assert_eq!(ran.code, 2);
}

#[editor_agent]
async fn adds_a_box(row: &mut LabelRow) -> Result<String> {
    row.add("Car").bounding_box(0.5, 0.5, 0.1, 0.1).on(0)?;
    Ok("Added.".to_owned())
}

#[tokio::test]
async fn dry_run_shows_the_label_changes() {
    let platform = LocalPlatform::builder().project(studio::project()).start().await.unwrap();
    let server = Server::new().agents(agents![adds_a_box]).platform(platform.client().unwrap());
    let server = server.dry_runs(DryRuns::Everyone).port(0).start().await.unwrap();
    let editor = format!("https://app.encord.com/label_editor/{}/{}/0", studio::PROJECT, studio::IMAGE);
    let ran = call(&url(&server, "/adds-a-box"), &editor, &["--dry-run"]).await;
    assert!(ran.done().contains("added Car on frame 0: box 0.5, 0.5, 0.1 × 0.1"), "{}", ran.done());
    assert_eq!(platform.calls().count(CallKind::SaveLabelRows), 0);
}

#[tokio::test]
async fn test_header_does_not_run_agent() {
    let server = server().await;
    let ran = call(&url(&server, "/decide"), &editor("/1"), &["--test-header"]).await;
    assert!(ran.done().contains("200 OK") && !ran.out.contains("Not on frame"), "{}", ran.out);
}

#[tokio::test]
async fn reports_invalid_urls() {
    call("http://127.0.0.1:1/x", "hello", &[]).await.fails_saying("address bar");
    call("127.0.0.1:8080/x", &editor(""), &[]).await.fails_saying("is not the URL of a server");
}

#[tokio::test]
async fn lists_agents() {
    let server = server().await;
    let list = |url: String, more: &'static [&str]| {
        let mut command = program();
        command.args(["agents", &url]).args(more);
        run(command)
    };
    let ran = list(server.url(), &[]).await;
    for part in ["echo", "/echo", "Says what it was asked.", "Approve", "nothing", "60 s"] {
        assert!(ran.done().contains(part), "{part} is not in {}", ran.out);
    }
    assert!(!ran.out.contains("At length"), "{}", ran.out);
    let ran = list(server.url(), &["--json"]).await;
    let listing: Value = serde_json::from_str(ran.done()).unwrap();
    assert_eq!(listing["agents"].as_array().unwrap().len(), 3);
    list(url(&server, "/healthz"), &[]).await.fails_saying("is not a list of agents");
    let signed = Server::new().agents(agents![fail]).on_notification(handlers![work]).webhook_secret(SECRET);
    let signed = signed.port(0).start().await.unwrap();
    let ran = list(signed.url(), &[]).await;
    for part in [&url(&signed, "/work"), "notifications: register it", "signed calls only"] {
        assert!(ran.done().contains(part), "{part} is not in {}", ran.out);
    }
    let address = server.url();
    server.stop().await;
    list(address, &[]).await.fails_saying("Nothing listens on 127.0.0.1:");
}

async fn doctor(url: &str, more: &[&str]) -> (i32, Vec<Value>) {
    let mut command = program();
    command.args(["doctor", "--json", url]).args(more).env("CLI_TEST_SECRET", SECRET).env("CLI_TEST_OTHER", "other");
    let ran = run(command).await;
    let findings = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    (ran.code, findings)
}

fn state<'a>(findings: &'a [Value], what: &str) -> &'a str {
    let found = findings.iter().find(|finding| finding["what"] == what);
    found.unwrap_or_else(|| panic!("no {what} in {findings:?}"))["state"].as_str().unwrap()
}

#[tokio::test]
async fn doctor_accepts_healthy_server() {
    let server = server().await;
    let (code, findings) = doctor(&url(&server, ""), &[]).await;
    assert_eq!(code, 0, "{findings:?}");
    assert_eq!(state(&findings, "health"), "ok");
    assert_eq!(state(&findings, "listing"), "ok");
    assert_eq!(state(&findings, "/echo from https://app.encord.com"), "ok");
    assert_eq!(state(&findings, "/echo from http://127.0.0.1:8899"), "note");
    assert_eq!(state(&findings, "/echo from other pages"), "ok");
    assert_eq!(state(&findings, "/decide test header"), "ok");
    assert_eq!(state(&findings, "https"), "note");
    assert_eq!(state(&findings, "ready"), "ok");
    assert_eq!(state(&findings, "unsigned calls"), "note");
    let version = concat!("The server runs agent-studio ", env!("CARGO_PKG_VERSION"), " on agent-runtime ");
    let found = findings.iter().find(|finding| finding["what"] == "version").unwrap();
    assert!(found["found"].as_str().unwrap().starts_with(version), "{found}");
    let (code, findings) = doctor(&url(&server, "/nowhere"), &[]).await;
    assert_eq!((code, state(&findings, "listing")), (1, "wrong"));
}

#[tokio::test]
async fn doctor_collapses_equal_lines() {
    let server = server().await;
    let mut command = program();
    command.args(["doctor", &server.url()]);
    let ran = run(command).await;
    let lines: Vec<_> = ran.done().lines().filter(|line| line.contains("test header")).collect();
    assert!(matches!(lines.as_slice(), [line] if line.contains("test header (3 agents)")), "{}", ran.out);
    assert!(ran.out.contains("Agents: /echo, /decide, /fail."), "{}", ran.out);
    let mut command = program();
    command.args(["doctor", &server.url(), "--origin", "nonsense"]);
    run(command).await.fails_saying("`nonsense` is not the origin of a page");
}

#[tokio::test]
async fn doctor_accepts_verified_signatures() {
    let server = Server::new().agents(agents![echo, fail]).webhook_secret(SECRET).port(0).start().await.unwrap();
    let address = url(&server, "/fail");
    let (code, findings) = doctor(&address, &[]).await;
    assert_eq!((code, state(&findings, "/fail signatures")), (0, "ok"), "{findings:?}");
    let (code, findings) = doctor(&address, &["--sign-with", "CLI_TEST_SECRET"]).await;
    let said: Vec<_> = findings.iter().filter(|finding| finding["what"] == "/fail signatures").collect();
    assert_eq!((code, said.len()), (0, 2), "{findings:?}");
    assert_eq!(said[1]["found"], "A call signed with the given secret is accepted.");
    let (code, findings) = doctor(&address, &["--sign-with", "CLI_TEST_OTHER"]).await;
    let said = findings.iter().rfind(|finding| finding["what"] == "/fail signatures").unwrap();
    assert!(code == 1 && said["found"].as_str().unwrap().contains("the server has another secret"), "{said}");
    server.stop().await;
}

/// A server that lists a signature policy, but accepts every call.
#[tokio::test]
async fn doctor_reports_unverified_signatures() {
    use axum::routing::{get, post};
    let listing = || async { r#"{"agents": [{"name": "a", "path": "/a", "signature": "required"}]}"# };
    let ready = || async { r#"{"status": "ready", "platform": "failing"}"# };
    let anybody = [("access-control-allow-origin", "*"), ("access-control-allow-headers", "*")];
    let agent = post(|| async { "null" }).options(move || async move { (anybody, "OK") });
    let router = axum::Router::new().route("/", get(listing)).route("/readyz", get(ready)).route("/a", agent);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let (code, findings) = doctor(&address, &[]).await;
    assert_eq!(code, 1);
    for what in ["/a from other pages", "/a signatures", "ready"] {
        assert_eq!(state(&findings, what), "wrong", "{findings:?}");
    }
    assert_eq!(state(&findings, "/a from https://app.encord.com"), "ok");
    serving.abort();
}

#[tokio::test]
async fn doctor_reports_forbidden_editor_origin() {
    let ok = || async { "null" };
    let router = axum::Router::new().route("/agent", axum::routing::post(ok));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/agent", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let (code, findings) = doctor(&address, &["--origin", "https://app.encord.com"]).await;
    assert_eq!(code, 1);
    assert_eq!(state(&findings, "health"), "note");
    assert_eq!(state(&findings, "/agent from https://app.encord.com"), "wrong");
    assert_eq!(state(&findings, "/agent test header"), "note", "answered, but no page can read it");
    serving.abort();
    let _ = serving.await;
    let (code, findings) = doctor(&address, &[]).await;
    assert_eq!((code, state(&findings, "health")), (1, "wrong"));
}

/// A decision that is not a pathway of the tests' stages.
#[derive(Debug, Decisions)]
enum Route {
    #[decision("review")]
    Review,
    #[decision("Complet")]
    Complete,
    #[decision("escalate")]
    Escalate,
}

#[editor_agent]
async fn route(frame: Frame) -> AgentResponse<Route> {
    let decision = match frame.0 {
        0 => Route::Review,
        1 => Route::Complete,
        _ => Route::Escalate,
    };
    AgentResponse::message("Routed.").decide(decision)
}

/// A decision that is a pathway of all of the tests' stages.
#[derive(Debug, Decisions)]
enum Known {
    #[decision("review")]
    Review,
}

#[editor_agent]
async fn known() -> AgentResponse<Known> {
    AgentResponse::message("Known.").decide(Known::Review)
}

/// Runs the doctor on a server and the only project of a platform. Returns the exit code and the findings about decisions.
async fn compared(server: &RunningServer, path: &str, platform: &RunningPlatform) -> (i32, Vec<(String, String)>) {
    let scratch = Scratch::new();
    let key = scratch.write("key", platform.private_key().unwrap().as_str());
    let project = platform.project_hashes()[0].to_string();
    let mut command = program();
    command.args(["doctor", "--json", &url(server, path), "--project", &project]);
    command.env("ENCORD_DOMAIN", platform.url()).env("ENCORD_SSH_KEY_FILE", key);
    let ran = run(command).await;
    let findings: Vec<Value> = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err));
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let about = |finding: &&Value| text(finding, "what").contains("decisions");
    (ran.code, findings.iter().filter(about).map(|finding| (text(finding, "state"), text(finding, "found"))).collect())
}

const TWO_AGENTS: &str = r#"
    [[stage]]
    title = "First check"
    kind = "AGENT"
    pathways = [{ title = "review", to = "End" }, { title = "Complete", to = "End" }]
    [[stage]]
    title = "Second check"
    kind = "AGENT"
    pathways = [{ title = "other", to = "End" }]
    [[stage]]
    title = "End"
    kind = "DONE"
"#;

async fn platform(stages: &str) -> (ProjectFolder, RunningPlatform) {
    let folder = ProjectFolder::new(stages);
    let running = LocalPlatform::builder().folder(folder.path()).start().await.unwrap();
    (folder, running)
}

#[tokio::test]
async fn doctor_reports_unknown_decisions() {
    let server = Server::new().agents(agents![route, known, echo]).port(0).start().await.unwrap();
    let (_folder, two) = platform(TWO_AGENTS).await;
    let (code, findings) = compared(&server, "", &two).await;
    assert_eq!(code, 1, "{findings:?}");
    let wrong: Vec<_> =
        findings.iter().filter(|(state, _)| state == "wrong").map(|(_, found)| found.as_str()).collect();
    let stage = "which is not a pathway of stage `First check`, which has `review`, `Complete`: the task fails.";
    assert_eq!(
        wrong,
        [
            format!("Agent `route` can decide `Complet`, {stage} Did you mean `Complete`?"),
            format!("Agent `route` can decide `escalate`, {stage}"),
        ]
    );
    let known = ("ok".to_owned(), "Every decision is a pathway of stage `First check`.".to_owned());
    assert!(findings.contains(&known) && findings.len() == 3, "{findings:?}");
}

#[tokio::test]
async fn doctor_accepts_known_decisions() {
    let server = Server::new().agents(agents![route, known, echo]).port(0).start().await.unwrap();
    let (_folder, two) = platform(TWO_AGENTS).await;
    let (code, findings) = compared(&server, "/known", &two).await;
    assert_eq!((code, findings.len(), findings[0].0.as_str()), (0, 1, "ok"), "{findings:?}");
    let (code, findings) = compared(&server, "/echo", &two).await;
    assert_eq!((code, findings[0].0.as_str()), (0, "note"), "{findings:?}");
    let (_folder, none) = platform("[[stage]]\ntitle = \"Label\"\nkind = \"ANNOTATION\"").await;
    let (code, findings) = compared(&server, "/known", &none).await;
    assert_eq!((code, findings[0].0.as_str()), (0, "note"), "{findings:?}");
}

#[tokio::test]
async fn doctor_reports_unreadable_project() {
    let server = server().await;
    let (_folder, running) = platform("").await;
    let scratch = Scratch::new();
    let key = scratch.write("key", running.private_key().unwrap().as_str());
    let doctor = |project: &'static str, key: Option<&std::path::Path>| {
        let mut command = program();
        command.args(["doctor", &url(&server, "/decide"), "--project", project]).env("ENCORD_DOMAIN", running.url());
        key.map(|key| command.env("ENCORD_SSH_KEY_FILE", key));
        run(command)
    };
    let unknown = doctor("00000000-0000-4000-8000-000000000000", Some(&key)).await;
    assert!(unknown.code == 1 && unknown.out.contains("cannot be read from"), "{}{}", unknown.out, unknown.err);
    let keyless = doctor(PROJECT, None).await;
    assert!(keyless.code == 1 && keyless.out.contains("set ENCORD_SSH_KEY_FILE"), "{}{}", keyless.out, keyless.err);
    assert_eq!(doctor("cars", Some(&key)).await.code, 2);
}
