//! Application state as a parameter.

use std::ops::Deref;

use crate::agent::call::{EditorCall, FromCall};
use crate::error::AgentError;
use crate::requirements::Needs;
use crate::states::States;

/// Application state given to the server with `Server::state`: a database pool, a model, a
/// price list. Each call gets a clone, so put what is large in an `Arc`.
///
/// A server whose agents ask for state that it was not given does not start.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// #[derive(Clone)]
/// struct Tolerance(f64);
///
/// #[editor_agent]
/// async fn tolerance(State(tolerance): State<Tolerance>) -> String {
///     format!("Simplifying to {} pixels.", tolerance.0)
/// }
/// # let _ = Server::new().agents(agents![tolerance]).state(Tolerance(0.5)).into_router().unwrap();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State<T>(pub T);

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ApplicationState> State<T> {
    /// Returns the state of this type.
    ///
    /// # Errors
    /// 500 if the server has none.
    pub fn of(states: &States) -> Result<Self, AgentError> {
        let missing = || {
            let name = std::any::type_name::<T>();
            AgentError::internal(format!("the server was not given any state of type `{name}`"))
        };
        states.get::<T>().map(State).ok_or_else(missing)
    }
}

/// What application state can be: everything that can be cloned and shared between threads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be application state",
    label = "cannot be cloned, or not shared between threads",
    note = "add `#[derive(Clone)]` to `{Self}`, or give the server an `Arc<{Self}>` and take `State<Arc<{Self}>>`"
)]
pub trait ApplicationState: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> ApplicationState for T {}

impl<T: ApplicationState> FromCall for State<T> {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Self::of(call.states())
    }

    async fn from_call_if_there(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        Ok(call.states().get::<T>().map(State))
    }

    fn declare(needs: &mut Needs) {
        needs.state::<T>();
    }
}
