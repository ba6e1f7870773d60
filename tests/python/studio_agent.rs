//! The recorded Python agents against the local platform: the same responses, and the same requests to the platform, as in
//! `peer-requests.json`.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Stdio};

use agent_studio::{Call, CallKind, ClientKey, LocalPlatform, RunningPlatform};
use serde_json::{Value, json};
use test_support::free_port::free_port;
use test_support::recordings;
use test_support::studio::recorded::{self, GROUP, IMAGE, PROJECT, VIDEO};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The app, served by uvicorn until it is dropped.
struct App {
    process: Child,
    address: SocketAddr,
}

impl App {
    fn start(running: &RunningPlatform, key: &ClientKey) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let mut process = test_support::studio::python::python(running)
            .args(["-m", "uvicorn", "agent_app:app", "--log-level", "info", "--host", "127.0.0.1", "--port"])
            .arg(address.port().to_string())
            .arg("--app-dir")
            .arg(recordings::path("tools"))
            .env("ENCORD_SSH_KEY", key.openssh().unwrap().as_str())
            .env("CHECK_KEY", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the interpreter starts");
        // Uvicorn says when it listens.
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("Uvicorn running"));
        assert!(ready, "the app has not started: {:?}", process.try_wait());
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    /// Calls a route as the label editor would: status and body.
    async fn call(&self, route: &str, body: &Value) -> (u64, Value) {
        let body = body.to_string();
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST {route} HTTP/1.1\r\nHost: app\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}",
            body.len()
        );
        stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
        let mut all = String::new();
        stream.read_to_string(&mut all).await.unwrap();
        let (head, body) = all.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_else(|_| body.into()))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the line of a call in the recording.
fn named(call: &Call) -> String {
    let legacy = match call.kind {
        CallKind::ListLabelRows => "labelrowmetadata GET",
        CallKind::GetLabelRows => "labelrow GET",
        CallKind::CreateLabelRows => "labelrow PUT",
        CallKind::SaveLabelRows => "labelrow POST",
        CallKind::MoveTasks => "labelworkflowgraphnode POST",
        CallKind::Download => return format!("GET /media/{}", file_name(&call.target)),
        _ => return format!("{} {}", call.method, call.target),
    };
    format!("{} {} {legacy}", call.method, call.target)
}

fn file_name(target: &str) -> &str {
    target.split('?').next().unwrap().rsplit('/').next().unwrap()
}

/// Removes random values and addresses from a response.
fn comparable(route: &str, body: &Value) -> Value {
    match route {
        "/client" => json!("the platform's address"),
        "/add-box" => json!(body["message"].as_str().map(|message| &message[..6])),
        _ => body.clone(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorded_calls_have_same_responses_and_requests() {
    let key = ClientKey::random().unwrap();
    let builder = LocalPlatform::builder().project(recorded::project()).public_key("agent@example.test", key.key_id());
    let running = builder.start().await.unwrap();
    let app = App::start(&running, &key);
    assert_eq!(running.calls().kinds(), [CallKind::UserProjects], "the check at the start");

    let recorded = recordings::json("peer-requests.json");
    for entry in recorded.as_array().unwrap() {
        // Each call was recorded on an unchanged project.
        running.reset_projects();
        running.calls().clear();
        let route = entry["route"].as_str().unwrap();
        let data = match entry["data"].as_str().unwrap() {
            "image" => IMAGE,
            "img_group" => GROUP,
            _ => VIDEO,
        };
        let mut payload = json!({ "projectHash": PROJECT, "dataHash": data, "frame": entry["frame"] });
        if !entry["object_hashes"].is_null() {
            payload["objectHashes"] = entry["object_hashes"].clone();
        }
        let what = format!("{route} {} {}", entry["data"], entry["frame"]);
        let (status, body) = app.call(route, &payload).await;
        assert_eq!(status, entry["status"], "{what}: {body}");
        assert_eq!(comparable(route, &body), comparable(route, &entry["body"]), "{what}");
        let calls = running.calls().all();
        let asked: Vec<String> = calls.iter().map(named).collect();
        let expected: Vec<&str> =
            entry["platform_requests"].as_array().unwrap().iter().map(|call| call.as_str().unwrap()).collect();
        assert_eq!(asked, expected, "{what}");
        let statuses: Vec<Option<u16>> = calls.iter().map(|call| call.status).collect();
        assert_eq!(json!(statuses), entry["all_statuses"], "{what}");
    }
    assert_eq!(recorded.as_array().unwrap().len(), 66);
}
