//! Permits for concurrent calls: limits of all calls, of calls that need the platform, and of one agent.

use std::sync::Arc;

use agent_core::agent::Agent;
use agent_core::call_permit::CallPermit;
use tokio::sync::Semaphore;

/// The concurrency limits that all agents of a server share.
pub(crate) struct CallLimits {
    concurrency: usize,
    all: Arc<Semaphore>,
    /// Permits of agents that need the platform.
    platform: Arc<Semaphore>,
}

/// The concurrency limits of one agent.
pub(crate) struct AgentLimit {
    needs_platform: bool,
    /// `concurrency` on the attribute.
    own: Option<Arc<Semaphore>>,
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
        Self { concurrency, all: Arc::new(Semaphore::new(concurrency)), platform: Arc::new(Semaphore::new(platform)) }
    }

    /// Acquires all permits of one call, or none.
    pub(crate) fn acquire(&self, agent: &AgentLimit) -> Result<CallPermit, Busy> {
        let take = |from: &Arc<Semaphore>| Arc::clone(from).try_acquire_owned();
        let own = agent.own.as_ref().map(take).transpose().map_err(|_| Busy::Agent)?;
        let platform = agent.needs_platform.then(|| take(&self.platform)).transpose().map_err(|_| Busy::Server)?;
        let all = take(&self.all).map_err(|_| Busy::Server)?;
        Ok(CallPermit::new((all, platform, own)))
    }

    /// Returns how many calls hold a permit.
    pub(crate) fn running(&self) -> usize {
        self.concurrency.saturating_sub(self.all.available_permits())
    }
}

impl AgentLimit {
    /// Returns the limits of an agent on one server.
    pub(crate) fn new(agent: &Agent) -> Self {
        Self {
            needs_platform: agent.requirements().shared_service().is_some(),
            own: agent.definition.concurrency.map(|calls| Arc::new(Semaphore::new(calls))),
        }
    }
}

#[cfg(test)]
mod tests {
    use agent_core::call_permit::WeakPermit;

    use super::*;

    fn agent(needs_platform: bool, own: Option<usize>) -> AgentLimit {
        AgentLimit { needs_platform, own: own.map(|calls| Arc::new(Semaphore::new(calls))) }
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
        let permit = Arc::new(limits.acquire(&agent(false, None)).unwrap());
        let weak = WeakPermit::new(&permit);
        let guard = weak.guard();
        drop(permit);
        assert_eq!(limits.running(), 1);
        drop(guard);
        assert_eq!(limits.running(), 0);
        drop(weak.guard());
    }
}
