//! Permits for concurrent calls: limits of all calls, of calls that need the platform, and of one agent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use agent_core::agent::Agent;
use agent_core::call_permit::CallPermit;
use agent_core::definition::FindingsTarget;

/// The concurrency limits that all agents of a server share.
pub(crate) struct CallLimits {
    all: Arc<Permits>,
    /// Permits of agents that need the platform.
    platform: Arc<Permits>,
}

/// The concurrency limits of one agent.
pub(crate) struct AgentLimit {
    needs_platform: bool,
    /// `concurrency` on the attribute.
    own: Option<Arc<Permits>>,
}

/// A limited number of permits. Nobody waits for one, so that a counter is enough.
struct Permits {
    limit: usize,
    taken: AtomicUsize,
}

/// A permit, given back when this is dropped.
struct Permit(Arc<Permits>);

impl Permits {
    fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, taken: AtomicUsize::new(0) })
    }

    /// Takes a permit. `None` if all are taken.
    fn take(self: &Arc<Self>) -> Option<Permit> {
        let more = |taken| (taken < self.limit).then_some(taken + 1);
        self.taken.fetch_update(Ordering::AcqRel, Ordering::Relaxed, more).ok()?;
        Some(Permit(Arc::clone(self)))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The exhausted limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Busy {
    /// The agent's own limit.
    Agent,
    /// The limit of all agents, or of those that need the platform.
    Server,
}

impl CallLimits {
    /// Creates limits for this many concurrent calls, of which `reserve` are only for agents without the platform.
    pub(crate) fn new(concurrency: usize, reserve: usize) -> Self {
        let platform = concurrency.saturating_sub(reserve).max(1);
        Self { all: Permits::new(concurrency), platform: Permits::new(platform) }
    }

    /// Acquires all permits of one call, or none.
    pub(crate) fn acquire(&self, agent: &AgentLimit) -> Result<CallPermit, Busy> {
        let own = agent.own.as_ref().map(|own| own.take().ok_or(Busy::Agent)).transpose()?;
        let platform = agent.needs_platform.then(|| self.platform.take().ok_or(Busy::Server)).transpose()?;
        let all = self.all.take().ok_or(Busy::Server)?;
        Ok(CallPermit::new((all, platform, own)))
    }

    /// Returns how many calls hold a permit.
    pub(crate) fn running(&self) -> usize {
        self.all.taken.load(Ordering::Acquire)
    }
}

impl AgentLimit {
    /// Returns the limits of an agent on one server.
    pub(crate) fn new(agent: &Agent, findings: FindingsTarget) -> Self {
        Self {
            needs_platform: agent.requirements_for(findings).shared_service().is_some(),
            own: agent.definition.concurrency.map(Permits::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use agent_core::call_permit::WeakPermit;

    use super::*;

    fn agent(needs_platform: bool, own: Option<usize>) -> AgentLimit {
        AgentLimit { needs_platform, own: own.map(Permits::new) }
    }

    #[test]
    fn reserve_is_left_to_agents_without_the_platform() {
        let limits = CallLimits::new(4, 1);
        let (slow, quick) = (agent(true, None), agent(false, None));
        let held: Vec<_> = (0..3).map(|_| limits.acquire(&slow).unwrap()).collect();
        assert_eq!(limits.acquire(&slow).unwrap_err(), Busy::Server);
        let fourth = limits.acquire(&quick).unwrap();
        assert_eq!((limits.running(), limits.acquire(&quick).unwrap_err()), (4, Busy::Server));
        drop((held, fourth));
        assert_eq!(limits.running(), 0);
        assert!(limits.acquire(&slow).is_ok());
    }

    #[test]
    fn rejected_call_holds_no_permit() {
        let limits = CallLimits::new(1, 0);
        let (one, other) = (agent(true, Some(1)), agent(true, Some(1)));
        let first = limits.acquire(&one).unwrap();
        assert_eq!(limits.acquire(&one).unwrap_err(), Busy::Agent);
        assert_eq!(limits.acquire(&other).unwrap_err(), Busy::Server);
        drop(first);
        assert!(limits.acquire(&other).is_ok() && limits.acquire(&one).is_ok());
    }

    #[test]
    fn guard_keeps_the_permit_after_the_call() {
        let limits = CallLimits::new(1, 0);
        let permit = limits.acquire(&agent(false, None)).unwrap();
        let weak = WeakPermit::new(&permit);
        let guard = weak.guard();
        drop(permit);
        assert_eq!(limits.running(), 1);
        drop(guard);
        assert_eq!(limits.running(), 0);
        drop(weak.guard());
    }
}
