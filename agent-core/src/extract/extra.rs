//! Further members of the payload as a parameter.

use serde::de::DeserializeOwned;

use crate::call::{EditorCall, FromCall, OptionalFromCall};
use crate::error::AgentError;
use crate::requirements::{PayloadMember, Requirements};

/// The members of the payload that this version does not know, such as the configuration parameters of an agent, as a type of
/// your own.
///
/// Members that the type does not have are ignored. A member that is missing or of another type is a 422 that names it.
/// `Option<Extra<T>>` is `None` if the payload has only the members that every editor sends. [`AgentPayload::extra`](crate::payload::AgentPayload::extra) has them as JSON.
///
/// ```
/// use agent_runtime::prelude::*;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Settings {
///     #[serde(default = "half")]
///     threshold: f64,
/// }
///
/// fn half() -> f64 {
///     0.5
/// }
///
/// /// Says which threshold it uses.
/// #[editor_agent]
/// async fn threshold(Extra(settings): Extra<Settings>) -> String {
///     format!("The threshold is {}.", settings.threshold)
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extra<T>(pub T);

/// Bound of the type in [`Extra`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the payload",
    label = "cannot be deserialized",
    note = "add `#[derive(serde::Deserialize)]` to `{Self}`"
)]
pub trait ExtraMembers: DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Send + 'static> ExtraMembers for T {}

impl<T: ExtraMembers> FromCall for Extra<T> {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        call.payload()?.extra_as().map(Self)
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("parameters");
        requirements.payload_member(PayloadMember::EXTRA);
    }
}

impl<T: ExtraMembers> OptionalFromCall for Extra<T> {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        let payload = call.payload()?;
        if payload.has_extra() { payload.extra_as().map(Self).map(Some) } else { Ok(None) }
    }
}
