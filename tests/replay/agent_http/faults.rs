//! The faults of the platform in a recorded case.

use std::time::Duration;

use agent_studio::{CallKind, Effect, Fault};
use serde_json::json;
use test_support::studio::recorded_platform::RecordedPlatform;

use super::recorded::Case;

/// Delay of a refused listing, so that the refusal of the project arrives first.
const LISTING_DELAY: Duration = Duration::from_millis(500);

/// Puts the platform into the state in which the case was recorded.
pub(crate) fn prepare(platform: &RecordedPlatform, case: &Case) {
    platform.reset();
    if let Some(fault) = fault(case) {
        platform.fail(fault);
    }
}

fn fault(case: &Case) -> Option<Fault> {
    if let Some(name) = case.fault() {
        return Some(named(name).unwrap_or_else(|| panic!("unknown fault `{name}`")));
    }
    // Project and listing are requested concurrently, and both are refused: the project's refusal was recorded.
    let both_refuse = case.status() == 403 && matches!(case.route(), "/label-row" | "/object-crops");
    both_refuse.then(|| Fault::new(Effect::stall(LISTING_DELAY)).on(CallKind::ListLabelRows))
}

/// Returns the fault of a recorded name, such as `project: HTTP 404`.
fn named(name: &str) -> Option<Fault> {
    let (resource, failure) = name.split_once(": ")?;
    if resource == "list label rows" {
        return Some(Fault::new(Effect::legacy(401, failure)).on(CallKind::ListLabelRows));
    }
    let kind = match resource {
        "project" => CallKind::Project,
        "storage item" => CallKind::StorageItem,
        "signed URL" => CallKind::Download,
        _ => return None,
    };
    let (status, body) = failure.strip_prefix("HTTP ")?.split_at(3);
    let body = match body {
        " whose detail is a list" => json!({"detail": [{"msg": "x"}]}),
        _ => json!({"message": format!("No access to this {}.", resource.trim_start_matches("storage "))}),
    };
    Some(Fault::new(Effect::answer(status.parse().ok()?, body.to_string())).on(kind))
}
