//! How long a call may take.

use std::time::{Duration, Instant};

use axum::http::Extensions;

use agent_core::agent::AgentTimeout;

/// How long a save may take that is under way when the call's time is over.
const LAST_CONFIRMATION: Duration = Duration::from_secs(10);

/// How long before the place ends the call the agent's time is over, so that the annotator reads what this server says and not
/// what a gateway makes of a call that was cut off. A function with the least memory has a fourteenth of a processor, in
/// slices: an answer that takes 5 ms of work leaves it after 70 ms or more. A save that is under way has half of it.
const LAST_ANSWER: Duration = Duration::from_millis(500);

/// When the place where the server runs ends the call, whatever it does: an extension of the request.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "lambda"), allow(dead_code, reason = "everywhere else a call has the time that it is given"))]
pub(crate) struct EndsAt(pub(crate) Instant);

/// How long a call may take, from its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallTime {
    start: Instant,
    /// For the agent; `None` if its time is not limited.
    pub(super) limit: Option<Duration>,
    ends: Option<Instant>,
}

impl CallTime {
    /// Of a call that starts now: the agent's limit, or what is left where it runs if that is less.
    pub(super) fn starting(timeout: AgentTimeout, server_default: Duration, extensions: &Extensions) -> Self {
        let start = Instant::now();
        let ends = extensions.get().map(|EndsAt(ends)| *ends);
        let left = ends.map(|ends| whole_millis(ends.saturating_duration_since(start + LAST_ANSWER)));
        let limit = [timeout.limit(server_default), left].into_iter().flatten().min();
        Self { start, limit, ends }
    }

    pub(super) fn start(self) -> Instant {
        self.start
    }

    /// When the agent's time is over.
    pub(super) fn deadline(self) -> Option<Instant> {
        self.limit.map(|limit| self.start + limit)
    }

    /// Until when a save is waited for that is under way at the deadline.
    pub(super) fn last_confirmation(self) -> Option<Instant> {
        let patient = self.deadline()? + LAST_CONFIRMATION;
        Some(self.ends.map_or(patient, |ends| patient.min(ends.checked_sub(LAST_ANSWER / 2).unwrap_or(ends))))
    }
}

/// It is told to the annotator.
fn whole_millis(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(timeout: AgentTimeout, left: Option<Duration>) -> CallTime {
        let mut extensions = Extensions::new();
        if let Some(left) = left {
            extensions.insert(EndsAt(Instant::now() + left));
        }
        CallTime::starting(timeout, Duration::from_secs(60), &extensions)
    }

    #[test]
    fn the_agents_time_ends_before_the_place_ends_the_call() {
        let three = Some(Duration::from_secs(3));
        for timeout in [AgentTimeout::ServerDefault, AgentTimeout::Never, AgentTimeout::Millis(2600)] {
            let time = time(timeout, three);
            let limit = time.limit.unwrap();
            assert!(limit <= Duration::from_millis(2500) && limit > Duration::from_millis(2400), "{limit:?}");
            let confirmed = time.last_confirmation().unwrap() - time.start();
            assert!(confirmed > limit && confirmed <= Duration::from_millis(2760), "{confirmed:?}");
        }
        assert_eq!(time(AgentTimeout::Millis(700), three).limit, Some(Duration::from_millis(700)));
        assert_eq!(time(AgentTimeout::ServerDefault, Some(Duration::ZERO)).limit, Some(Duration::ZERO));
    }

    #[test]
    fn elsewhere_the_agent_has_its_time() {
        assert_eq!(time(AgentTimeout::ServerDefault, None).limit, Some(Duration::from_secs(60)));
        let unlimited = time(AgentTimeout::Never, None);
        assert!(unlimited.limit.is_none() && unlimited.last_confirmation().is_none());
    }
}
