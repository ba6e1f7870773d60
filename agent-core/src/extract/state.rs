//! Application state as a parameter.

use std::ops::Deref;

use crate::call::{Call, FromCall, OptionalFromCall};
use crate::error::AgentError;
use crate::requirements::Requirements;

/// Application state that the server has from `Server::state`: a database pool, a model, a price list. Each call gets a clone, so
/// put large values into an `Arc`.
///
/// A server that lacks the state of its agents does not start. `Option<State<T>>` is `None` there.
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

/// Bound of application state: a type that can be cloned and shared between threads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be application state",
    label = "cannot be cloned, or not shared between threads",
    note = "add `#[derive(Clone)]` to `{Self}`, or give the server an `Arc<{Self}>` and take `State<Arc<{Self}>>`",
    note = "calls run on several threads: use `Arc` in place of `Rc`, and `Mutex` in place of `RefCell` or `Cell`"
)]
pub trait ApplicationState: Clone + Send + Sync + 'static {}

impl<T: CloneableState + SharedState + 'static> ApplicationState for T {}

/// The part of the bound about cloning.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be application state",
    label = "cannot be cloned",
    note = "add `#[derive(Clone)]` to `{Self}`, or give the server an `Arc<{Self}>` and take `State<Arc<{Self}>>`"
)]
pub trait CloneableState: Clone {}

#[diagnostic::do_not_recommend]
impl<T: Clone> CloneableState for T {}

/// The part of the bound about threads.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be application state",
    label = "not shared between threads",
    note = "calls run on several threads: use `Arc` in place of `Rc`, and `Mutex` in place of `RefCell` or `Cell`, in `{Self}`"
)]
pub trait SharedState: Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync> SharedState for T {}

impl<C: Call, T: ApplicationState> FromCall<C> for State<T> {
    async fn from_call(call: &C) -> Result<Self, AgentError> {
        let missing = || {
            let name = std::any::type_name::<T>();
            AgentError::internal(format!("the server was not given any state of type `{name}`"))
        };
        call.states().get::<T>().map(State).ok_or_else(missing)
    }

    fn declare(requirements: &mut Requirements) {
        requirements.state::<T>();
    }
}

impl<C: Call, T: ApplicationState> OptionalFromCall<C> for State<T> {
    async fn from_call_optional(call: &C) -> Result<Option<Self>, AgentError> {
        Ok(call.states().get::<T>().map(State))
    }
}
