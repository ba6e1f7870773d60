//! JSON schemas of the OpenAPI document.

use agent_core::decision::LONGEST_DECISION;
use agent_core::requirements::PayloadMember;
use agent_core::response::ReplyForm;
use agent_platform::notification::{NotificationEvent, StageWorkAvailable, TaskCompleted, TaskSubmitted};
use serde_json::{Map, Value, json};

use super::super::AgentDescription;

/// The largest integer that every JSON implementation reads exactly.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Returns the schema of the payload: the two hashes, and the optional members that the agent reads.
pub(super) fn payload(agent: &AgentDescription) -> Value {
    if agent.members.is_empty() {
        return json!({"description": "The agent does not read the body."});
    }
    let uuid = |text: &str| json!({"type": "string", "format": "uuid", "description": text});
    let mut properties = Map::new();
    properties.insert("projectHash".into(), uuid("The project that the annotator works in."));
    properties.insert("dataHash".into(), uuid("The data unit in front of the annotator."));
    if agent.reads(PayloadMember::FRAME) {
        let text = "The frame in front of the annotator, from 0. Default: 0.";
        let frame =
            json!({"type": ["integer", "null"], "minimum": 0, "maximum": MAX_SAFE_INTEGER, "description": text});
        properties.insert("frame".into(), frame);
    }
    if agent.reads(PayloadMember::OBJECT_HASHES) {
        let text =
            "The selected objects. Absent and `null`: the caller sends no selection. Empty: nothing is selected.";
        let hashes = json!({"type": ["array", "null"], "items": {"type": "string"}, "description": text});
        properties.insert("objectHashes".into(), hashes);
    }
    let text = if agent.reads(PayloadMember::EXTRA) {
        "The agent also reads members with other names, such as its configuration parameters."
    } else {
        "Members with other names are ignored."
    };
    json!({
        "type": "object", "description": text, "required": ["projectHash", "dataHash"],
        "properties": properties, "additionalProperties": true,
    })
}

/// Returns an example of the payload.
pub(super) fn payload_example(agent: &AgentDescription) -> Value {
    let mut example = json!({
        "projectHash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3",
        "dataHash": "33333333-aaaa-4bbb-8ccc-000000000003",
    });
    if agent.reads(PayloadMember::FRAME) {
        example["frame"] = 0.into();
    }
    if agent.reads(PayloadMember::OBJECT_HASHES) {
        example["objectHashes"] = json!(["a1B2c3D4"]);
    }
    example
}

/// Returns the schema of a successful response. `null` is the response of an agent that has nothing to say, and to a test call.
pub(super) fn reply(agent: &AgentDescription) -> Value {
    let dry_run = json!({"$ref": "#/components/schemas/DryRun"});
    let message = json!({"type": "string", "description": "A sentence for the annotator. The platform shows its first 256 characters."});
    let decision = |mut schema: Value| {
        schema["description"] = "The pathway that the task follows.".into();
        schema
    };
    let mut properties = Map::new();
    match agent.reply {
        ReplyForm::Nothing => {}
        ReplyForm::Message => {
            properties.insert("message".into(), message);
        }
        ReplyForm::Response | ReplyForm::Findings => {
            let schema = if agent.decisions.is_empty() {
                json!({"type": "string", "maxLength": LONGEST_DECISION})
            } else {
                json!({"type": "string", "enum": agent.decisions})
            };
            properties.insert("message".into(), message);
            properties.insert("decision".into(), decision(schema));
            if agent.reply == ReplyForm::Findings {
                properties.insert("findings".into(), findings());
            }
        }
        _ => return json!({"description": "Any JSON. With `dryRun` as a further member in a dry run."}),
    }
    properties.insert("dryRun".into(), dry_run);
    json!({"type": ["object", "null"], "properties": properties, "additionalProperties": false})
}

/// Returns the schema of the findings in a response.
fn findings() -> Value {
    let frame = json!({"type": "integer", "minimum": 0, "maximum": MAX_SAFE_INTEGER});
    let coordinate = json!({"type": "number", "description": "Relative to the frame, from 0 to 1."});
    json!({
        "type": "array", "description": "Problems in the labels. Errors come first.",
        "items": {
            "type": "object", "required": ["severity", "text"], "additionalProperties": true,
            "properties": {
                "severity": {"type": "string", "enum": ["error", "warning", "info"]},
                "text": {"type": "string", "description": "A sentence for the annotator."},
                "objectHash": {"type": "string", "description": "The object."},
                "frame": frame,
                "frames": {
                    "type": "array", "description": "Ranges of frames, instead of `frame`. Both ends are part of a range.",
                    "items": {
                        "type": "object", "required": ["start", "end"], "additionalProperties": false,
                        "properties": {"start": frame, "end": frame},
                    },
                },
                "x": coordinate, "y": coordinate,
            },
        },
    })
}

/// Returns the schemas that operations refer to, with their names.
pub(super) fn shared() -> Vec<(String, Value)> {
    let error = json!({
        "type": "object", "required": ["message"], "additionalProperties": false,
        "properties": {
            "message": {"type": "string", "description": "A sentence for the annotator."},
            "errors": {
                "type": "array", "description": "The invalid members of the payload.",
                "items": {
                    "type": "object", "required": ["field", "message"], "additionalProperties": false,
                    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                },
            },
            "traceId": {"type": "string", "description": "The trace of the call, for statuses from 500."},
            "detail": {"type": "string", "description": "The private cause, if the server has `AGENT_SHOW_INTERNALS=true`."},
        },
    });
    let dry_run = json!({
        "type": "object", "required": ["labels"], "additionalProperties": false,
        "description": "The result of a dry run.",
        "properties": {"labels": {
            "type": "array", "items": {"type": "object"},
            "description": "The label changes of each save that the call would have made.",
        }},
    });
    vec![("Error".to_owned(), error), ("DryRun".to_owned(), dry_run)]
}

/// Returns the schema of a notification of this type, or of any.
pub(super) fn notification(event_type: Option<&'static str>) -> Value {
    let mut properties = json!({
        "uid": {"type": "string", "format": "uuid", "description": "The delivery. A repeated delivery has the same one."},
        "version": {"const": 1},
        "source": {"type": "string", "description": "The sender."},
        "event_type": {"type": "string"},
        "event_created_timestamp": {"type": ["string", "number"], "description": "Time of the event."},
        "payload": event(event_type),
    });
    if let Some(event_type) = event_type {
        properties["event_type"] = json!({"const": event_type});
    }
    json!({
        "type": "object", "properties": properties, "additionalProperties": true,
        "required": ["uid", "version", "source", "event_type", "event_created_timestamp", "payload"],
    })
}

/// Returns the schema of a notification's payload.
fn event(event_type: Option<&str>) -> Value {
    let uuid = json!({"type": "string", "format": "uuid"});
    if event_type == StageWorkAvailable::EVENT_TYPE {
        return json!({
            "type": "object", "required": ["project_hash", "stage_uuid", "pending_count", "reason"], "additionalProperties": true,
            "properties": {
                "project_hash": uuid, "stage_uuid": uuid, "pending_count": {"type": "integer"},
                "reason": {"type": "string", "examples": ["batch_size_reached", "max_wait_elapsed"]},
            },
        });
    }
    if event_type == TaskSubmitted::EVENT_TYPE || event_type == TaskCompleted::EVENT_TYPE {
        let hashes = json!({"type": "array", "items": {"type": "string"}});
        return json!({
            "type": "object", "required": ["project_hash"], "additionalProperties": true,
            "properties": {"project_hash": uuid, "data_hashes": hashes, "label_hashes": hashes},
        });
    }
    json!({"type": "object"})
}
