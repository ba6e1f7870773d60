//! Comparison of responses.

use serde_json::Value;

use super::value::{self, Rules, shown};
use crate::cases::AgentResponse;
use crate::cases::{MessageRule, Tolerances};

/// Stands for the trace id in a message.
const TRACE: &str = "TRACE-ID";

/// Returns the differences between an expected response and another.
pub(super) fn differences(expected: &AgentResponse, actual: &AgentResponse, tolerances: &Tolerances) -> Vec<String> {
    let mut lines = Vec::new();
    if expected.status != actual.status {
        lines.push(format!("status {} instead of {}", actual.status, expected.status));
    }
    let (mut one, mut other) = (expected.value(), actual.value());
    for body in [&mut one, &mut other] {
        remove_private_cause(body);
    }
    let messages = [message(&mut one), message(&mut other)];
    lines.extend(message_difference(&messages[0], &messages[1], tolerances));
    let rules = Rules { tolerances, ignored: &["traceId"], skip_coordinates: false, is_label: false };
    lines.extend(value::differences(&one, &other, rules).into_iter().map(|line| format!("response {line}")));
    lines
}

/// Removes the message from a body, and returns it without the trace id, which differs in every call.
fn message(body: &mut Value) -> Option<Value> {
    let trace = body.get("traceId").and_then(Value::as_str).map(str::to_owned);
    let mut message = body.as_object_mut()?.remove("message")?;
    if let (Value::String(text), Some(trace)) = (&mut message, trace.filter(|trace| !trace.is_empty())) {
        *text = text.replace(&trace, TRACE);
    }
    Some(message)
}

fn message_difference(expected: &Option<Value>, actual: &Option<Value>, tolerances: &Tolerances) -> Option<String> {
    if tolerances.message == MessageRule::Ignore || tolerances.ignores("message") {
        return None;
    }
    if let Some(pattern) = &tolerances.pattern {
        let text = actual.as_ref().and_then(Value::as_str).unwrap_or_default();
        let is_match = pattern.is_match(text);
        return (!is_match).then(|| format!("message {} does not match {pattern}", shown(actual.as_ref())));
    }
    (expected != actual).then(|| format!("message\n    expected: {}\n    actual:   {}", text(expected), text(actual)))
}

/// Writes a message in full.
fn text(message: &Option<Value>) -> String {
    message.as_ref().map_or_else(|| "none".to_owned(), Value::to_string)
}

/// Removes the private cause of an error, which `AGENT_SHOW_INTERNALS` adds. Errors of the Python package have a `detail` without a
/// message.
fn remove_private_cause(body: &mut Value) {
    if let Some(members) = body.as_object_mut()
        && members.get("detail").is_some_and(Value::is_string)
        && members.contains_key("message")
    {
        members.remove("detail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(one: (u16, &str), other: (u16, &str), tolerances: &Tolerances) -> Vec<String> {
        differences(&AgentResponse::new(one.0, one.1), &AgentResponse::new(other.0, other.1), tolerances)
    }

    #[test]
    fn compares_status_message_and_decision() {
        let exact = Tolerances::default();
        let one = (200, r#"{"message": "7 removed.", "decision": "approve"}"#);
        assert!(compared(one, (200, r#"{"decision": "approve", "message": "7 removed."}"#), &exact).is_empty());
        let found = compared(one, (400, r#"{"message": "8 removed.", "decision": "return"}"#), &exact);
        let message = "message\n    expected: \"7 removed.\"\n    actual:   \"8 removed.\"";
        assert_eq!(found, ["status 400 instead of 200", message, "response decision: \"approve\" → \"return\""]);
        assert_eq!(compared((200, "null"), (200, "no JSON"), &exact), ["response value: null → \"no JSON\""]);
    }

    #[test]
    fn trace_id_of_error_is_not_compared() {
        let error =
            |trace: &str| format!(r#"{{"message": "See trace {trace}.", "traceId": "{trace}", "detail": "{trace}"}}"#);
        let (one, other) = (error("1a"), error("2b"));
        assert!(compared((500, &one), (500, &other), &Tolerances::default()).is_empty());
    }

    #[test]
    fn message_is_compared_by_rule() {
        let one = (200, r#"{"message": "7 removed."}"#);
        let other = (200, r#"{"message": "8 removed."}"#);
        let ignored = Tolerances { message: MessageRule::Ignore, ..Tolerances::default() };
        assert!(compared(one, other, &ignored).is_empty());
        let pattern = |text: &str| Some(regex_lite::Regex::new(text).unwrap());
        let tolerances = Tolerances { pattern: pattern(r"^\d removed\.$"), ..Tolerances::default() };
        assert!(compared(one, other, &tolerances).is_empty());
        let tolerances = Tolerances { pattern: pattern("^7"), ..Tolerances::default() };
        assert_eq!(compared(one, other, &tolerances), [r#"message "8 removed." does not match ^7"#]);
    }
}
