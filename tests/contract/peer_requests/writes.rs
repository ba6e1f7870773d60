//! What agents change is on the platform afterwards.

use serde_json::{Value, json};

use super::call::{Place, call};
use crate::agent;
use test_support::agent_process::AgentProcess;
use test_support::raw_response::Answer;
use test_support::stub_platform::StubPlatform;

struct Scene {
    platform: StubPlatform,
    agent: AgentProcess,
    place: Place,
}

impl Scene {
    fn start() -> Self {
        let platform = StubPlatform::start();
        Self { agent: agent::start(&platform.domain), place: Place::of(&platform), platform }
    }

    /// Calls an agent on the second frame of data of this kind, or on its only one.
    fn call(&self, path: &str, kind: &str) -> Answer {
        let data = self.place.data(kind);
        let frame = u64::from(kind != "image");
        let answer = call(
            &self.agent,
            path,
            &json!({"projectHash": self.place.project, "dataHash": data, "frame": frame}),
            None,
        );
        assert_eq!(answer.status, 200, "{path} on {kind}: {}", answer.text);
        answer
    }

    /// What the platform knows of the data of this kind.
    fn row(&self, kind: &str) -> Value {
        let world = self.platform.world();
        let found = world["rows"].as_array().unwrap().iter().find(|row| row["data_type"] == kind);
        found.unwrap().clone()
    }

    fn labels(&self, kind: &str) -> Value {
        self.platform.labels(self.row(kind)["labels"]["main"].as_str().unwrap())
    }
}

/// The objects on a frame of a stored label row.
fn objects(labels: &Value, kind: &str, frame: usize) -> Vec<Value> {
    let units = labels["data_units"].as_object().unwrap();
    let unit = match kind {
        "img_group" => units.values().find(|unit| unit["data_sequence"] == json!(frame.to_string())),
        _ => units.values().next(),
    };
    let labels = &unit.unwrap()["labels"];
    let on_frame = if kind == "video" { &labels[frame.to_string()] } else { labels };
    on_frame["objects"].as_array().cloned().unwrap_or_default()
}

#[test]
fn an_added_object_is_saved_beside_those_that_were_there() {
    let scene = Scene::start();
    for (kind, frame) in [("image", 0), ("img_group", 1), ("video", 1)] {
        let before = match kind {
            "image" => Vec::new(),
            _ => objects(&scene.labels(kind), kind, frame),
        };
        let message = scene.call("/add-box", kind).json().unwrap()["message"].as_str().unwrap().to_owned();
        let hash = message.strip_prefix("Added ").unwrap();
        let labels = scene.labels(kind);
        let mut after = objects(&labels, kind, frame);
        let added = after.iter().position(|object| object["objectHash"] == hash).map(|position| after.remove(position));
        let added = added.unwrap_or_else(|| panic!("{hash} is not on {kind}"));
        assert_eq!(added["boundingBox"], json!({"h": 0.5, "w": 0.5, "x": 0.25, "y": 0.25}));
        let said = ["name", "shape", "confidence", "manualAnnotation"].map(|key| added[key].clone());
        assert_eq!(said, [json!("Vehicle"), json!("bounding_box"), json!(0.8), json!(false)]);
        assert_eq!(labels["object_answers"][hash]["objectHash"], hash);
        assert_eq!(after, before, "on {kind}");
    }
}

#[test]
fn metadata_priority_and_stage_are_changed() {
    let scene = Scene::start();
    scene.call("/update-metadata", "video");
    let item = scene.call("/storage-item", "video").json().unwrap();
    assert_eq!(item["metadata"], json!({"source": "camera-3", "nested": {"k": 1.5}, "seen": true}));
    scene.call("/set-priority", "video");
    assert_eq!(scene.row("video")["priority"], 0.9);
    let stages = scene.platform.world()["stages"].clone();
    for kind in ["image", "video"] {
        let stage = |row: Value| stages[row["stage"].as_str().unwrap()].clone();
        assert_ne!(stage(scene.row(kind)), "Complete");
        scene.call("/complete", kind);
        assert_eq!(stage(scene.row(kind)), "Complete", "{kind}");
    }
}
