//! Readiness of services beside the platform, such as model servers.

use std::pin::Pin;

/// The future of a check.
pub type Reading<'a> = Pin<Box<dyn Future<Output = ReadinessState> + Send + 'a>>;

/// A service that agents use, and whose state `/readyz` reports: `Server::readiness`.
pub trait Readiness: Send + Sync + 'static {
    /// Returns the name under which the state is reported.
    fn name(&self) -> &str;

    /// Checks the state. It is called for each request to `/readyz`, so cache the result of an expensive check. A check that takes
    /// longer than 1.5 s counts as [`Failing`](ReadinessState::Failing).
    fn read(&self) -> Reading<'_>;
}

/// The state of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReadinessState {
    /// The service works.
    Ready,
    /// The service has not worked yet, such as a model that is loading. The server is not ready: a rollout waits for it.
    Starting,
    /// The service has worked and fails now. The server stays ready, so that annotators get the error message of the agent.
    Failing,
}
