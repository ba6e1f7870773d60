//! The traits of extractors.

use std::future::Future;

use super::EditorCall;
use super::source::Call;
use crate::error::AgentError;
use crate::requirements::{Requirements, short_name};

/// An extractor: a type that can be a parameter, created from the call.
///
/// `C` is the type of the call. A parameter of an editor agent implements `FromCall`, which is `FromCall<EditorCall>`; a
/// parameter of a notification handler implements `FromCall<NotificationCall>`. [`State`](crate::extract::State),
/// `PlatformClient` and [`TraceId`](crate::extract::TraceId) implement both.
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
///     fn declare(requirements: &mut Requirements) {
///         requirements.extractor::<ProjectHash>();
///         requirements.item("customer");
///     }
/// }
///
/// #[editor_agent]
/// async fn greet(customer: Customer) -> String {
///     format!("Hello, {}", customer.0)
/// }
/// ```
///
/// An agent takes an extractor by value or by reference (`&Customer`). All parameters of a call are extracted concurrently. Use
/// [`EditorCall::once`] for work that several extractors share.
///
/// | parameter | value |
/// |---|---|
/// | `E` | the value; its error is the response, and the agent does not run |
/// | `&E` | the value, borrowed for the length of the call |
/// | `Option<E>` | for extractors with [`OptionalFromCall`]: `None` if the value is absent; other errors are the response |
/// | `Result<E, AgentError>` | the value or its error, whatever it is |
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something an editor agent can ask for",
    label = "not an extractor",
    note = "take one of `AgentPayload`, `ProjectHash`, `DataHash`, `Frame`, `ObjectHashes`, `Extra<_>`, `LabelRow`, `Selected<_>`, `FrameObjects<_>`, `Ontology`, `Project`, `LabelRowInfo`, `StorageItem`, `FramePixels`, `Asset`, `Crops<_>`, `VideoFrames`, `PlatformClient`, `Background`, `TraceId`, `HeaderMap`, `State<_>`, a reference to one, or an `Option<_>` or `Result<_, AgentError>` of one",
    note = "for application state write `State<{Self}>`, with `State` of `agent_runtime::prelude` and not of axum; to make `{Self}` a parameter, implement `agent_runtime::FromCall` for it"
)]
pub trait FromCall<C: Call = EditorCall>: Sized + Send + 'static {
    /// Creates the value from the call.
    ///
    /// # Errors
    /// The reason why there is no value. It becomes the response, and the agent does not run.
    fn from_call(call: &C) -> impl Future<Output = Result<Self, AgentError>> + Send;

    /// Declares the requirements of the extractor, for the start-up table and the listing. Default: the name of the type.
    fn declare(requirements: &mut Requirements) {
        requirements.item(short_name(std::any::type_name::<Self>()));
    }
}

/// A type of a parameter `&T`, besides [`FromCall`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`&{Self}` cannot be a parameter of an editor agent, since it is not shared between threads",
    label = "not shared between threads",
    note = "an agent goes on in another thread after an `.await`: take `{Self}` by value, or use `Mutex` in place of `RefCell` or `Cell`, and `Arc` in place of `Rc`, in it"
)]
pub trait Shareable: Sync {}

#[diagnostic::do_not_recommend]
impl<T: Sync> Shareable for T {}

/// An extractor whose value can be absent, as a parameter `Option<E>`.
///
/// Only the absence of the value itself is `None`. Every other error is the response, also a 404 of a request to the platform
/// that the extractor makes.
///
/// | extractor | absent if |
/// |---|---|
/// | [`Frame`](crate::extract::Frame) | the editor sent no frame |
/// | [`ObjectHashes`](crate::extract::ObjectHashes), [`Selected`](crate::extract::Selected) | the editor sent no selection (an empty one is present) |
/// | [`Extra`](crate::extract::Extra) | the payload has no further members |
/// | `LabelRow`, `LabelRowInfo` | the project lacks the data unit |
/// | `StorageItem` | the project lacks the data unit, or the data unit has no storage item |
/// | `FramePixels` | as for `StorageItem`, or the file has no such frame |
/// | `Asset` | as for `StorageItem`, or the image group has no such frame |
/// | [`State`](crate::extract::State) | the server has no state of the type |
/// | [`Background`](crate::extract::Background) | the program does not go on after its response, as in AWS Lambda |
///
/// All others always have a value, or an error that needs a decision: take `Result<E, AgentError>`.
#[diagnostic::on_unimplemented(
    message = "`Option<{Self}>` is not something an editor agent can ask for",
    label = "cannot be optional",
    note = "`Option<_>` takes an extractor that can be absent: `Frame`, `ObjectHashes`, `Selected<_>`, `Extra<_>`, `LabelRow`, `LabelRowInfo`, `StorageItem`, `FramePixels`, `Asset`, `State<_>` or `Background`",
    note = "to decide about the error of any extractor, take `Result<{Self}, AgentError>`; to make `{Self}` optional, implement `agent_runtime::OptionalFromCall` for it"
)]
pub trait OptionalFromCall<C: Call = EditorCall>: FromCall<C> {
    /// Creates the value from the call, or returns `None` if it is absent.
    ///
    /// # Errors
    /// Every failure other than absence. It becomes the response, and the agent does not run.
    fn from_call_optional(call: &C) -> impl Future<Output = Result<Option<Self>, AgentError>> + Send;
}

/// `None` if the value is absent: see [`OptionalFromCall`].
impl<C: Call, E: OptionalFromCall<C>> FromCall<C> for Option<E> {
    async fn from_call(call: &C) -> Result<Self, AgentError> {
        E::from_call_optional(call).await
    }

    fn declare(requirements: &mut Requirements) {
        requirements.optionally(E::declare);
    }
}

/// The value or its error. The agent runs in both cases.
impl<C: Call, E: FromCall<C>> FromCall<C> for Result<E, AgentError> {
    async fn from_call(call: &C) -> Result<Self, AgentError> {
        Ok(E::from_call(call).await)
    }

    fn declare(requirements: &mut Requirements) {
        requirements.optionally(E::declare);
    }
}

impl Requirements {
    /// Declares the requirements of an extractor that this one uses.
    pub fn extractor<E: FromCall>(&mut self) {
        E::declare(self);
    }
}
