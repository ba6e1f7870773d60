//! Work that a library does after calls, for later ones.

use std::pin::Pin;

use crate::call::EditorCall;

/// Work that may be dropped at any time.
pub type OptionalWork = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A hook of a library that runs after successful calls of all agents: `Server::after_call`. It prepares later calls, such as by
/// filling a cache.
///
/// It neither delays nor fails the call: its work begins with the response. A server that stops drops the work. AWS Lambda and
/// other platforms that stop a program after its response run no hooks.
pub trait AfterCall: Send + Sync + 'static {
    /// Returns the work that follows the call, if any. It must not block, and limits the number of its works itself.
    /// [`EditorCall::detached`] returns a call to extract values from.
    fn after_call(&self, call: &EditorCall) -> Option<OptionalWork>;
}
