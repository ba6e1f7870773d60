//! Dry runs: calls that return the label changes instead of saving them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderName, HeaderValue};

/// The request header that asks for a dry run, with the value `true`.
pub const DRY_RUN_HEADER: HeaderName = HeaderName::from_static(agent_platform::labels::DRY_RUN_HEADER);

/// Returns whether a request asks for a dry run.
#[must_use]
pub fn is_requested(headers: &HeaderMap) -> bool {
    headers.get(DRY_RUN_HEADER).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}

/// A dry run of a call: the label changes that it would have saved.
///
/// In a dry run no transaction is committed, the platform client refuses every request that changes something, and background
/// work does not start. [`EditorCall::save`](crate::call::EditorCall::save) notes the changes as well. What an agent does by
/// other means, such as a request to another service, is up to the agent: see
/// [`EditorCall::is_dry_run`](crate::call::EditorCall::is_dry_run).
#[derive(Debug, Default)]
pub struct DryRun {
    /// A JSON object for each save. Text, so that an agent without label rows does not link differences.
    differences: Mutex<Vec<String>>,
    priority: Mutex<Option<f64>>,
}

impl DryRun {
    /// Notes the difference that a save would have made, as JSON.
    pub(crate) fn record(&self, difference: String) {
        self.lock().push(difference);
    }

    /// Notes the priority that the task would have got.
    pub(crate) fn set_priority(&self, priority: f64) {
        *self.priority.lock().unwrap_or_else(PoisonError::into_inner) = Some(priority);
    }

    /// Forgets all differences: the agent runs again.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// Returns the body of the response: the reply of the agent, which is JSON, with the member `dryRun`, which is `{"labels": [...]}` with a
    /// difference for each save, and `priority` if the response sets it. A reply that is not an object becomes the member `response`.
    #[must_use]
    pub fn response(&self, reply: &[u8]) -> Vec<u8> {
        let labels = self.lock().join(",");
        let priority = *self.priority.lock().unwrap_or_else(PoisonError::into_inner);
        let priority = priority.map(|priority| format!(r#","priority":{priority}"#)).unwrap_or_default();
        let dry_run = format!(r#""dryRun":{{"labels":[{labels}]{priority}}}}}"#);
        let mut body = match reply {
            b"null" | b"{}" => b"{".to_vec(),
            [b'{', members @ .., b'}'] => [b"{", members, b","].concat(),
            other => [br#"{"response":"#, other, b","].concat(),
        };
        body.extend_from_slice(dry_run.as_bytes());
        body
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.differences.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The value of [`DRY_RUN_HEADER`].
pub const DRY_RUN_VALUE: HeaderValue = HeaderValue::from_static("true");

#[cfg(test)]
mod tests {
    use super::*;

    fn body(reply: &str, differences: &[&str]) -> String {
        let dry_run = DryRun::default();
        for difference in differences {
            dry_run.record((*difference).to_owned());
        }
        String::from_utf8(dry_run.response(reply.as_bytes())).unwrap()
    }

    #[test]
    fn response_keeps_what_the_agent_replied() {
        assert_eq!(body(r#"{"message":"Done."}"#, &[]), r#"{"message":"Done.","dryRun":{"labels":[]}}"#);
        assert_eq!(body("null", &["{}", "{}"]), r#"{"dryRun":{"labels":[{},{}]}}"#);
        assert_eq!(body("{}", &[]), r#"{"dryRun":{"labels":[]}}"#);
        assert_eq!(body("[1,2]", &[]), r#"{"response":[1,2],"dryRun":{"labels":[]}}"#);
    }

    #[test]
    fn response_has_the_priority() {
        let dry_run = DryRun::default();
        dry_run.set_priority(0.25);
        assert_eq!(dry_run.response(b"null"), br#"{"dryRun":{"labels":[],"priority":0.25}}"#);
    }

    #[test]
    fn only_true_asks_for_a_dry_run() {
        let headers = |value| HeaderMap::from_iter([(DRY_RUN_HEADER, HeaderValue::from_static(value))]);
        assert!(is_requested(&headers("true")) && is_requested(&headers("True")));
        assert!(!is_requested(&headers("false")) && !is_requested(&HeaderMap::new()));
    }
}
