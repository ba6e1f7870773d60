//! The trait of extractors.

use std::future::Future;

use super::EditorCall;
use crate::error::AgentError;
use crate::requirements::{Needs, short_name};

/// What a parameter of an editor agent can be: something that is worked out from the call.
///
/// Implement it for a type of your own to make that a parameter:
///
/// ```
/// use agent_runtime::prelude::*;
///
/// /// The customer that the project belongs to.
/// struct Customer(String);
///
/// impl FromCall for Customer {
///     async fn from_call(call: &EditorCall) -> agent_runtime::Result<Self> {
///         let project: ProjectHash = call.extract().await?;
///         Ok(Customer(format!("customer of {project}")))
///     }
///
///     fn declare(needs: &mut Needs) {
///         ProjectHash::declare(needs);
///         needs.item("customer");
///     }
/// }
///
/// #[editor_agent]
/// async fn greet(customer: Customer) -> String {
///     format!("Hello, {}", customer.0)
/// }
/// ```
///
/// The parameters of one call are worked out at the same time. What several of them need is shared with
/// [`EditorCall::once`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something an editor agent can ask for",
    label = "not an extractor",
    note = "a parameter is one of `AgentPayload`, `ProjectHash`, `DataHash`, `Frame`, `ObjectHashes`, `Extra<_>`, `LabelRow`, `Selected<_>`, `FrameObjects<_>`, `Ontology`, `Project`, `LabelRowInfo`, `StorageItem`, `FramePixels`, `Asset`, `Crops<_>`, `VideoFrames`, `PlatformClient`, `Background`, `TraceId`, `HeaderMap`, `State<_>`, or an `Option<_>` or `Result<_, AgentError>` of one",
    note = "for application state write `State<{Self}>`; to make `{Self}` a parameter, implement `agent_runtime::FromCall` for it"
)]
pub trait FromCall: Sized + Send + 'static {
    /// Works the value out.
    ///
    /// # Errors
    /// Whatever keeps the agent from having it; the annotator is answered with it, and the agent does not run.
    fn from_call(call: &EditorCall) -> impl Future<Output = Result<Self, AgentError>> + Send;

    /// The same for an `Option<_>` parameter: `None` if the thing is not there. Unless implemented, that is when
    /// [`from_call`](Self::from_call) fails with 404; other failures stay failures.
    ///
    /// # Errors
    /// Whatever is wrong beyond the thing not being there.
    fn from_call_if_there(call: &EditorCall) -> impl Future<Output = Result<Option<Self>, AgentError>> + Send {
        async {
            match Self::from_call(call).await {
                Ok(value) => Ok(Some(value)),
                Err(error) if error.is_not_found() => Ok(None),
                Err(error) => Err(error),
            }
        }
    }

    /// Says what this takes, for the start-up table and the listing. Unless implemented, the type's name.
    fn declare(needs: &mut Needs) {
        needs.item(short_name(std::any::type_name::<Self>()));
    }
}

/// `None` if the thing is not there.
impl<E: FromCall> FromCall for Option<E> {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        E::from_call_if_there(call).await
    }

    fn declare(needs: &mut Needs) {
        needs.optionally(E::declare);
    }
}

/// The agent runs even if the thing cannot be had, and decides for itself what to do.
impl<E: FromCall> FromCall for Result<E, AgentError> {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(E::from_call(call).await)
    }

    fn declare(needs: &mut Needs) {
        needs.optionally(E::declare);
    }
}
