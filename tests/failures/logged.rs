//! Log lines of failed calls: trace and cause, once, without secrets.

use agent_studio::Effect;

use crate::platform::world::{World, video};
use crate::program::Program;
use test_support::wire::{Connection, Response};

async fn call(program: &Program, path: &str, trace: &str) -> Response {
    let mut connection = Connection::open(program.address()).await;
    let headers = [("X-Cloud-Trace-Context", &*format!("{trace}/1"))];
    connection.post(path, &headers, &serde_json::to_string(&video(0)).unwrap()).await;
    connection.response().await.unwrap()
}

fn failures() -> Vec<(&'static str, Effect, u16, &'static str)> {
    vec![
        ("list", Effect::message(500, "Oh no.\n2026-01-01T00:00:00Z ERROR forged"), 502, "type"),
        ("list", Effect::answer(200, "<html>\nforged"), 502, "JSON"),
        ("get", Effect::Reset, 502, "broke"),
        ("get", Effect::CutOff, 502, "broke"),
        ("get project", Effect::message(500, "Oh no.\nforged"), 502, "Oh no"),
        ("save", Effect::legacy(403, "AUTHORISATION_ERROR"), 403, "authorised"),
        ("save", Effect::rate_limited(3600), 503, "429"),
    ]
}

#[tokio::test]
async fn logs_failure_with_trace_and_cause() {
    let world = World::start().await;
    let program = Program::start_at(world.platform(), &[("AGENT_ONTOLOGY_AGE", "0.001")]);
    let key = world.platform().private_key().unwrap();
    for (n, (kind, effect, status, _)) in failures().into_iter().enumerate() {
        world.fault(kind, effect.clone(), u64::MAX);
        let response = call(&program, "/mark", &format!("failure-{n}")).await;
        assert_eq!(response.status, status, "{effect:?}: {}", response.body);
        world.platform().faults().clear();
        let line = program.logged(&["mark", &format!("failure-{n}"), &format!("status={status}")]);
        assert!(line.contains(r#"said=""#) && line.contains(r#"cause=""#), "{line}");
        assert_eq!(line.contains("ERROR failed"), status >= 500, "{line}");
    }
    assert_eq!(world.objects_of_video(), 2);
    let log = program.log();
    assert!(log.lines().all(|line| line.starts_with("20") && !line.starts_with("2026-01-01T")), "{log}");
    assert!(key.lines().skip(1).step_by(2).all(|line| !log.contains(line)), "the key is in the log");
}

#[tokio::test]
async fn failed_background_work_is_logged_with_its_trace() {
    let program = Program::start(&[]);
    let mut connection = Connection::open(program.address()).await;
    let payload = r#"{"projectHash": "8476a536-e9f4-11e8-9739-0242ac110002", "dataHash": "8476a536-e9f4-11e8-9739-0242ac110003",
                     "objectHashes": ["not\nto\nbe"]}"#;
    connection.post("/fail-in-background", &[("X-Cloud-Trace-Context", "left-behind/1")], payload).await;
    assert_eq!(connection.response().await.unwrap().status, 200);
    let line = program.logged(&["ERROR not done in the background", "left-behind"]);
    assert!(line.contains(r#"by="fail_in_background""#) && line.contains(r#"said="not\nto\nbe""#), "{line}");
}

#[tokio::test]
async fn json_log_has_trace_and_cause() {
    let world = World::start().await;
    let settings = [("AGENT_LOG", "json"), ("AGENT_ONTOLOGY_AGE", "0.001")];
    let program = Program::start_at(world.platform(), &settings);
    for (n, (kind, effect, status, _)) in failures().into_iter().enumerate() {
        world.fault(kind, effect, u64::MAX);
        call(&program, "/mark", &format!("failure-{n}")).await;
        world.platform().faults().clear();
        let line = program.logged(&[&format!("failure-{n}"), "\"status\""]);
        let object: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (object["trace"].as_str(), object["status"].as_u64()),
            (Some(&*format!("failure-{n}")), Some(status.into()))
        );
        assert!(object["cause"].as_str().is_some_and(|cause| !cause.is_empty()), "{line}");
        assert!(object["said"].as_str().is_some_and(|error| error.ends_with('.')), "{line}");
    }
    for line in program.log().lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok_and(|line| line.is_object()), "{line}");
    }
}
