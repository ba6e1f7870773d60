//! Fault injection.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::calls::CallKind;

/// The effect of a fault on a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// The operation is not executed, and the call gets this response.
    Answer {
        /// HTTP status.
        status: u16,
        /// Headers of the response.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// Response body. The content type is JSON if the body looks like JSON, and HTML otherwise.
        #[serde(default)]
        body: String,
    },
    /// The operation is executed after a delay.
    Stall {
        /// Delay in milliseconds.
        milliseconds: u64,
    },
    /// The operation is not executed, and there is no response until the client disconnects.
    Hang,
    /// The operation is not executed, and the connection is reset.
    Reset,
    /// The operation is executed, then the connection is reset before the response.
    ResetAfter,
    /// The operation is executed, and the response body is truncated in the middle.
    CutOff,
    /// The operation is executed, and the connection is reset after the head of the response.
    ResetAfterHead,
    /// The operation is executed, then there is no response until the client disconnects.
    HangAfter,
    /// The operation is executed, but the call gets this response, as if a gateway had failed.
    AnswerAfter {
        /// HTTP status.
        status: u16,
        /// Response body. The content type is JSON if the body looks like JSON, and HTML otherwise.
        #[serde(default)]
        body: String,
    },
}

impl Effect {
    /// Returns whether the operation is executed, whatever response the client gets. A stalled operation is not
    /// executed if the client disconnects during the delay.
    #[must_use]
    pub fn executes_request(&self) -> bool {
        match self {
            Self::Answer { .. } | Self::Hang | Self::Reset => false,
            Self::Stall { .. }
            | Self::ResetAfter
            | Self::CutOff
            | Self::ResetAfterHead
            | Self::HangAfter
            | Self::AnswerAfter { .. } => true,
        }
    }

    /// Creates an effect that responds without executing the operation.
    #[must_use]
    pub fn answer(status: u16, body: impl Into<String>) -> Self {
        Self::Answer { status, headers: Vec::new(), body: body.into() }
    }

    /// Creates an effect that executes the operation and then responds with this status and body.
    #[must_use]
    pub fn answer_after(status: u16, body: impl Into<String>) -> Self {
        Self::AnswerAfter { status, body: body.into() }
    }

    /// Creates an error response of the v2 API with this status and message.
    #[must_use]
    pub fn message(status: u16, message: &str) -> Self {
        Self::answer(status, serde_json::json!({ "message": message }).to_string())
    }

    /// Creates an error response of the legacy API: HTTP 200 with status and code in the body.
    #[must_use]
    pub fn legacy(status: u16, code: &str) -> Self {
        Self::answer(200, serde_json::json!({ "status": status, "response": [code] }).to_string())
    }

    /// Creates a 429 response with `Retry-After` in seconds.
    #[must_use]
    pub fn rate_limited(retry_after: u64) -> Self {
        let headers = vec![("Retry-After".to_owned(), retry_after.to_string())];
        Self::Answer { status: 429, headers, body: r#"{"message":"Too many requests."}"#.to_owned() }
    }

    /// Creates a delay.
    #[must_use]
    pub fn stall(time: Duration) -> Self {
        Self::Stall { milliseconds: u64::try_from(time.as_millis()).unwrap_or(u64::MAX) }
    }
}

/// A fault: a filter for calls, and an effect on them.
///
/// ```
/// use agent_studio::{CallKind, Effect, Fault};
///
/// // The second save is executed, but its response is lost.
/// let fault = Fault::new(Effect::ResetAfter).on(CallKind::SaveLabelRows).skip(1).times(1);
/// # drop(fault);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fault {
    /// Effect on matching calls.
    pub effect: Effect,
    /// Kind of matching calls. Default: any.
    #[serde(default)]
    pub kind: Option<CallKind>,
    /// Text that path and query of matching calls contain. Default: any.
    #[serde(default)]
    pub target: Option<String>,
    /// Number of matching calls to skip first. Default: 0.
    #[serde(default)]
    pub skip: u64,
    /// Number of calls to affect before the fault expires. Default: unlimited.
    #[serde(default)]
    pub times: Option<u64>,
}

impl Fault {
    /// Creates a fault that affects every call.
    #[must_use]
    pub fn new(effect: Effect) -> Self {
        Self { effect, kind: None, target: None, skip: 0, times: None }
    }

    /// Affects only calls of this kind.
    #[must_use]
    pub fn on(mut self, kind: CallKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Affects only calls whose path and query contain this text.
    #[must_use]
    pub fn at(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Skips this many matching calls first.
    #[must_use]
    pub fn skip(mut self, calls: u64) -> Self {
        self.skip = calls;
        self
    }

    /// Expires after this many calls.
    #[must_use]
    pub fn times(mut self, calls: u64) -> Self {
        self.times = Some(calls);
        self
    }

    fn matches(&self, kind: CallKind, target: &str) -> bool {
        self.kind.is_none_or(|wanted| wanted == kind) && self.target.as_ref().is_none_or(|part| target.contains(part))
    }
}

/// The active faults of a platform. A call is affected by the first fault that matches.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Appends a fault.
    pub fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Returns the faults that have not expired.
    #[must_use]
    pub fn all(&self) -> Vec<Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the effect of the first matching fault on this call.
    pub(crate) fn effect_for(&self, kind: CallKind, target: &str) -> Option<Effect> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut effect = None;
        for fault in faults.iter_mut() {
            if !fault.matches(kind, target) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            if let Some(times) = &mut fault.times {
                *times = times.saturating_sub(1);
            }
            effect = Some(fault.effect.clone());
            break;
        }
        faults.retain(|fault| fault.times != Some(0));
        effect
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_affects_configured_number_of_calls() {
        let faults = Faults::default();
        faults.add(Fault::new(Effect::Hang).on(CallKind::Project).at("abc").skip(1).times(2));
        faults.add(Fault::new(Effect::Reset).on(CallKind::Ontology));
        let effect_for = |kind| faults.effect_for(kind, "/projects/abc");
        assert_eq!(effect_for(CallKind::Project), None);
        assert_eq!(faults.effect_for(CallKind::Project, "/other"), None);
        assert_eq!(effect_for(CallKind::Project), Some(Effect::Hang));
        assert_eq!(effect_for(CallKind::Project), Some(Effect::Hang));
        assert_eq!(effect_for(CallKind::Project), None);
        assert_eq!(effect_for(CallKind::Ontology), Some(Effect::Reset));
        assert_eq!(faults.all().len(), 1);
        faults.clear();
        assert_eq!(effect_for(CallKind::Ontology), None);
    }
}
