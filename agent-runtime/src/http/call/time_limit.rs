//! The time limit of a call.

use std::time::{Duration, Instant};

use axum::http::Extensions;

use agent_core::definition::AgentTimeout;

/// Time for a save that is in progress at the deadline to be confirmed.
const CONFIRMATION_TIMEOUT: Duration = Duration::from_secs(10);

/// Time between the agent's deadline and the end of the invocation, so that the annotator gets this server's message instead of
/// the gateway's. A function with the minimum memory has a fourteenth of a processor, in slices: a response that takes 5 ms of
/// work takes 70 ms or more there. A save in progress gets half of this time.
const RESPONSE_MARGIN: Duration = Duration::from_millis(500);

/// Request extension: the time at which the hosting platform ends the invocation.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "lambda"), allow(dead_code, reason = "only Lambda limits invocations"))]
pub(crate) struct InvocationEnd(pub(crate) Instant);

/// The time limit of a call, from its start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimit {
    start: Instant,
    /// The agent's time. `None` if it is unlimited.
    pub(super) limit: Option<Duration>,
    invocation_end: Option<Instant>,
}

impl TimeLimit {
    /// Returns the limit of a call that starts now: the agent's timeout, or the rest of the invocation if that is less.
    pub(super) fn starting_now(timeout: AgentTimeout, server_default: Duration, extensions: &Extensions) -> Self {
        let start = Instant::now();
        let invocation_end = extensions.get().map(|InvocationEnd(end)| *end);
        let left = invocation_end.map(|end| whole_millis(end.saturating_duration_since(start + RESPONSE_MARGIN)));
        let limit = [timeout.limit(server_default), left].into_iter().flatten().min();
        Self { start, limit, invocation_end }
    }

    /// Returns the limit of work that starts now, for which nobody waits.
    pub(crate) fn of(timeout: AgentTimeout, server_default: Duration) -> Self {
        Self { start: Instant::now(), limit: timeout.limit(server_default), invocation_end: None }
    }

    /// Returns no limit.
    pub(crate) fn none() -> Self {
        Self { start: Instant::now(), limit: None, invocation_end: None }
    }

    pub(super) fn start(self) -> Instant {
        self.start
    }

    /// Returns the agent's deadline.
    pub(super) fn deadline(self) -> Option<Instant> {
        self.limit.map(|limit| self.start + limit)
    }

    /// Returns the deadline of a save that is in progress at the agent's deadline.
    pub(super) fn confirmation_deadline(self) -> Option<Instant> {
        let deadline = self.deadline()? + CONFIRMATION_TIMEOUT;
        let before = |end: Instant| end.checked_sub(RESPONSE_MARGIN / 2).unwrap_or(end);
        Some(self.invocation_end.map_or(deadline, |end| deadline.min(before(end))))
    }
}

/// Rounds down to milliseconds, since the annotator's message has the limit.
fn whole_millis(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(timeout: AgentTimeout, left: Option<Duration>) -> TimeLimit {
        let mut extensions = Extensions::new();
        if let Some(left) = left {
            extensions.insert(InvocationEnd(Instant::now() + left));
        }
        TimeLimit::starting_now(timeout, Duration::from_secs(60), &extensions)
    }

    #[test]
    fn agent_times_out_before_the_invocation_ends() {
        let three = Some(Duration::from_secs(3));
        for timeout in [AgentTimeout::ServerDefault, AgentTimeout::Never, AgentTimeout::Millis(2600)] {
            let time = time(timeout, three);
            let limit = time.limit.unwrap();
            assert!(limit <= Duration::from_millis(2500) && limit > Duration::from_millis(2400), "{limit:?}");
            let confirmed = time.confirmation_deadline().unwrap() - time.start();
            assert!(confirmed > limit && confirmed <= Duration::from_millis(2760), "{confirmed:?}");
        }
        assert_eq!(time(AgentTimeout::Millis(700), three).limit, Some(Duration::from_millis(700)));
        assert_eq!(time(AgentTimeout::ServerDefault, Some(Duration::ZERO)).limit, Some(Duration::ZERO));
    }

    #[test]
    fn limit_without_invocation_is_the_timeout() {
        assert_eq!(time(AgentTimeout::ServerDefault, None).limit, Some(Duration::from_secs(60)));
        let unlimited = time(AgentTimeout::Never, None);
        assert!(unlimited.limit.is_none() && unlimited.confirmation_deadline().is_none());
    }
}
