//! What goes wrong on the platform in a recorded case.

use serde_json::{Value, json};

use super::recorded::Case;

/// The rules that the stand-in needs for the case.
pub(crate) fn of(case: &Case) -> Option<Value> {
    if let Some(name) = case.fault() {
        return Some(named(name).unwrap_or_else(|| panic!("what is `{name}` on the platform?")));
    }
    // Project and listing are asked for at the same time, and both refuse: the recorded refusal is the project's.
    let both_refuse = case.status() == 403 && matches!(case.route(), "/label-row" | "/object-crops");
    both_refuse.then(|| json!({"match": listing(), "delay_ms": 500}))
}

fn named(name: &str) -> Option<Value> {
    let (thing, what) = name.split_once(": ")?;
    let path = match thing {
        "project" => "/v2/public/projects/[^/]+$",
        "storage item" => "/v2/public/storage/items/",
        "signed URL" => "/media/",
        "list label rows" => return Some(json!({"match": listing(), "body": {"status": 401, "response": [what]}})),
        _ => return None,
    };
    let (status, told) = what.strip_prefix("HTTP ")?.split_at(3);
    let body = match told {
        " whose detail is a list" => json!({"detail": [{"msg": "x"}]}),
        _ => json!({"message": format!("No access to this {}.", thing.trim_start_matches("storage "))}),
    };
    Some(json!({"match": {"path": path}, "status": status.parse::<u16>().ok()?, "body": body}))
}

fn listing() -> Value {
    json!({"query_type": "labelrowmetadata"})
}
