//! Things that go wrong on purpose.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::calls::CallKind;

/// What happens to a call that a fault meets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// It is answered with this and nothing is done.
    Answer {
        /// The HTTP status.
        status: u16,
        /// Headers of the answer.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// The body; JSON if it begins like it.
        #[serde(default)]
        body: String,
    },
    /// It is answered late, by so many milliseconds, and otherwise as always.
    Stall {
        /// Milliseconds.
        milliseconds: u64,
    },
    /// Nothing is answered until the caller goes away. Nothing is done either.
    Hang,
    /// The connection is reset before anything is done.
    Reset,
    /// Everything is done, and then the connection is reset instead of the answer being sent.
    ResetAfter,
    /// Everything is done, and the answer breaks off in its middle.
    CutOff,
    /// Everything is done, and the connection is reset after the head of the answer.
    ResetAfterHead,
    /// Everything is done, and then nothing is answered until the caller goes away.
    HangAfter,
    /// Everything is done, and then it is answered with this: what stands between the platform and its caller failed.
    AnswerAfter {
        /// The HTTP status.
        status: u16,
        /// The body; JSON if it begins like it.
        #[serde(default)]
        body: String,
    },
}

impl Effect {
    /// Whether the platform does what it is asked, whatever the caller learns of it. One that is late does not, if the caller
    /// goes away meanwhile.
    #[must_use]
    pub fn is_done(&self) -> bool {
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

    /// An answer with a JSON body.
    #[must_use]
    pub fn answer(status: u16, body: impl Into<String>) -> Self {
        Self::Answer { status, headers: Vec::new(), body: body.into() }
    }

    /// The same for a call that is done all the same.
    #[must_use]
    pub fn answer_after(status: u16, body: impl Into<String>) -> Self {
        Self::AnswerAfter { status, body: body.into() }
    }

    /// An error of the v2 family: this status, and a message.
    #[must_use]
    pub fn message(status: u16, message: &str) -> Self {
        Self::answer(status, serde_json::json!({ "message": message }).to_string())
    }

    /// An error of the legacy family: HTTP 200 with this status and this code inside.
    #[must_use]
    pub fn legacy(status: u16, code: &str) -> Self {
        Self::answer(200, serde_json::json!({ "status": status, "response": [code] }).to_string())
    }

    /// Status 429: come back in so many seconds.
    #[must_use]
    pub fn rate_limited(retry_after: u64) -> Self {
        let headers = vec![("Retry-After".to_owned(), retry_after.to_string())];
        Self::Answer { status: 429, headers, body: r#"{"message":"Too many requests."}"#.to_owned() }
    }

    /// Late by this much, and otherwise as always.
    #[must_use]
    pub fn stall(time: Duration) -> Self {
        Self::Stall { milliseconds: u64::try_from(time.as_millis()).unwrap_or(u64::MAX) }
    }
}

/// A fault: which calls it meets, and what happens to them.
///
/// ```
/// use agent_studio::{CallKind, Effect, Fault};
///
/// // The second save is done, but its answer is lost.
/// let fault = Fault::new(Effect::ResetAfter).on(CallKind::SaveLabelRows).skip(1).times(1);
/// # drop(fault);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// What happens.
    pub effect: Effect,
    /// Only to calls of this kind.
    #[serde(default)]
    pub kind: Option<CallKind>,
    /// Only to calls whose path and query contain this.
    #[serde(default)]
    pub target: Option<String>,
    /// How many calls are let through first.
    #[serde(default)]
    pub skip: u64,
    /// How many calls it meets before it is over; all that follow unless set.
    #[serde(default)]
    pub times: Option<u64>,
}

impl Fault {
    /// A fault that meets every call.
    #[must_use]
    pub fn new(effect: Effect) -> Self {
        Self { effect, kind: None, target: None, skip: 0, times: None }
    }

    /// Only calls of this kind.
    #[must_use]
    pub fn on(mut self, kind: CallKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Only calls whose path and query contain this text.
    #[must_use]
    pub fn at(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Lets so many calls through first.
    #[must_use]
    pub fn skip(mut self, calls: u64) -> Self {
        self.skip = calls;
        self
    }

    /// Is over after so many calls.
    #[must_use]
    pub fn times(mut self, calls: u64) -> Self {
        self.times = Some(calls);
        self
    }

    fn matches(&self, kind: CallKind, target: &str) -> bool {
        self.kind.is_none_or(|wanted| wanted == kind) && self.target.as_ref().is_none_or(|part| target.contains(part))
    }
}

/// The faults of a platform. A call meets the first that matches it and is not over.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Adds a fault after those that are there.
    pub fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The faults that are not over.
    #[must_use]
    pub fn all(&self) -> Vec<Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What happens to this call, if a fault meets it.
    pub(crate) fn meet(&self, kind: CallKind, target: &str) -> Option<Effect> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut met = None;
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
            met = Some(fault.effect.clone());
            break;
        }
        faults.retain(|fault| fault.times != Some(0));
        met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_meets_as_many_calls_as_it_says() {
        let faults = Faults::default();
        faults.add(Fault::new(Effect::Hang).on(CallKind::Project).at("abc").skip(1).times(2));
        faults.add(Fault::new(Effect::Reset).on(CallKind::Ontology));
        let meet = |kind| faults.meet(kind, "/projects/abc");
        assert_eq!(meet(CallKind::Project), None);
        assert_eq!(faults.meet(CallKind::Project, "/other"), None);
        assert_eq!(meet(CallKind::Project), Some(Effect::Hang));
        assert_eq!(meet(CallKind::Project), Some(Effect::Hang));
        assert_eq!(meet(CallKind::Project), None);
        assert_eq!(meet(CallKind::Ontology), Some(Effect::Reset));
        assert_eq!(faults.all().len(), 1);
        faults.clear();
        assert_eq!(meet(CallKind::Ontology), None);
    }
}
