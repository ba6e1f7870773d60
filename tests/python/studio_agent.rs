//! The recorded Python agents against the local platform: the same responses, and the same requests to the platform, as in
//! `peer-requests.json`.

use agent_studio::{Call, CallKind, ClientKey, LocalPlatform};
use serde_json::{Value, json};
use test_support::recordings;
use test_support::studio::recorded::{self, GROUP, IMAGE, PROJECT, VIDEO};

use crate::app::App;

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
    let app = App::start(&running.url(), &key.openssh().unwrap());
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
