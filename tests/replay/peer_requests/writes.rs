//! Writes of agents, as the platform stores them.

use serde_json::{Value, json};

use super::call::{call, data_hash};
use crate::replay::agent;
use test_support::agent_process::AgentProcess;
use test_support::raw_response::Answer;
use test_support::studio::recorded::PROJECT;
use test_support::studio::recorded_platform::RecordedPlatform;

struct Scene {
    platform: RecordedPlatform,
    agent: AgentProcess,
}

impl Scene {
    fn start() -> Self {
        let platform = RecordedPlatform::start();
        Self { agent: agent::start(&platform.domain), platform }
    }

    /// Calls an agent on the second frame of the data unit of this kind, or on an image.
    fn call(&self, path: &str, kind: &str) -> Answer {
        let frame = u64::from(kind != "image");
        let answer = call(
            &self.agent,
            path,
            &json!({"projectHash": PROJECT, "dataHash": data_hash(kind), "frame": frame}),
            None,
        );
        assert_eq!(answer.status, 200, "{path} on {kind}: {}", answer.text);
        answer
    }

    fn labels(&self, kind: &str) -> Value {
        self.platform.labels(data_hash(kind))
    }
}

/// Returns the objects on a frame of a stored label row.
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
fn saves_added_object_beside_existing_ones() {
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
fn changes_metadata_priority_and_stage() {
    let scene = Scene::start();
    scene.call("/update-metadata", "video");
    let item = scene.call("/storage-item", "video").json().unwrap();
    assert_eq!(item["metadata"], json!({"source": "camera-3", "nested": {"k": 1.5}, "seen": true}));
    scene.call("/set-priority", "video");
    let priority = scene.platform.priority(data_hash("video"));
    assert!((priority - 0.9).abs() < f64::EPSILON, "{priority}");
    for kind in ["image", "video"] {
        assert_ne!(scene.platform.stage(data_hash(kind)), "Complete");
        scene.call("/complete", kind);
        assert_eq!(scene.platform.stage(data_hash(kind)), "Complete", "{kind}");
    }
}
