//! The events that notifications are about.

use crate::hash::{LabelHash, ProjectHash};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::lenient_json as json;

/// A notification of the platform: an event and its envelope.
#[derive(Debug, Clone)]
pub struct Notification<E> {
    /// Identifier of the delivery. A delivery that is repeated has the same one. As long as work waits, the platform sends further
    /// notifications, each with a fresh one.
    pub uid: Uuid,
    /// The sender: `Encord`.
    pub source: String,
    /// Time of the event as it was sent: mostly ISO 8601, such as `2023-11-14T22:13:20+00:00`, or a number of seconds. Not checked.
    pub created: String,
    /// The event.
    pub event: E,
}

/// An event that a handler can take: one of this module's, or one of your own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event of the platform",
    label = "not an event",
    note = "write `Notification<StageWorkAvailable>`, `Notification<TaskSubmitted>` or `Notification<TaskCompleted>`, or `Notification<AnyEvent>` for all of them"
)]
pub trait NotificationEvent: Send + Sized + 'static {
    /// The notification's `event_type`. `None` accepts every event.
    const EVENT_TYPE: Option<&'static str>;

    /// Reads the notification's `payload`.
    ///
    /// # Errors
    /// The payload does not belong to such an event. The sender gets 422 with the error in words, without names of Rust types.
    fn from_payload(event_type: &str, payload: &RawValue) -> serde_json::Result<Self>;

    /// Returns the key of the work that the event asks for. Of notifications with the same key, a handler works on one at a time;
    /// if others arrive meanwhile, it runs once more afterwards, with the newest of them. `None` (the default) works on every
    /// notification.
    fn coalescing_key(&self) -> Option<String> {
        None
    }
}

/// Tasks wait in an agent stage: `agent_stage_work_available_event`. It names no task; ask the stage which ones wait.
///
/// The platform repeats it every five minutes while tasks wait, each time as a new notification. A handler is never run twice at
/// once for a stage of a project: what arrives while it works leads to one more run afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct StageWorkAvailable {
    /// The project.
    pub project_hash: ProjectHash,
    /// The stage.
    pub stage_uuid: Uuid,
    /// Number of waiting tasks when the notification was sent. It can have changed since.
    #[serde(deserialize_with = "count")]
    pub pending_count: i64,
    /// Reason of the notification.
    pub reason: WorkReason,
}

/// Reason of a notification about work.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum WorkReason {
    /// As many tasks wait as the stage's smallest batch has: `batch_size_reached`.
    BatchSizeReached,
    /// A task has waited as long as the stage lets it: `max_wait_elapsed`.
    MaxWaitElapsed,
    /// Something that came after this version, as it was sent.
    Other(String),
}

impl From<String> for WorkReason {
    fn from(text: String) -> Self {
        match text.as_str() {
            "batch_size_reached" => Self::BatchSizeReached,
            "max_wait_elapsed" => Self::MaxWaitElapsed,
            _ => Self::Other(text),
        }
    }
}

/// A task was submitted for review: `task_submitted_event`. From the platform's documentation, not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TaskSubmitted(pub TaskLabels);

/// A task has reached the workflow's end: `task_completed_event`. From the platform's documentation, not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TaskCompleted(pub TaskLabels);

/// The data units and label rows of a task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TaskLabels {
    /// The project.
    pub project_hash: ProjectHash,
    /// The data units.
    #[serde(default, deserialize_with = "one_or_more")]
    pub data_hashes: Vec<String>,
    /// Their label rows.
    #[serde(default, alias = "label_hash", deserialize_with = "one_or_more")]
    pub label_hashes: Vec<LabelHash>,
}

/// Any event, with its payload as it was sent. Notifications of work in a stage are coalesced as for [`StageWorkAvailable`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AnyEvent {
    /// Type of the event, e.g. `task_submitted_event`.
    pub event_type: String,
    /// Payload of the event, as JSON.
    pub payload: Box<RawValue>,
}

impl NotificationEvent for StageWorkAvailable {
    const EVENT_TYPE: Option<&'static str> = Some("agent_stage_work_available_event");

    fn from_payload(_: &str, payload: &RawValue) -> serde_json::Result<Self> {
        json::read_object(payload.get())
    }

    fn coalescing_key(&self) -> Option<String> {
        Some(format!("{}/{}", self.project_hash, self.stage_uuid))
    }
}

impl NotificationEvent for TaskSubmitted {
    const EVENT_TYPE: Option<&'static str> = Some("task_submitted_event");

    fn from_payload(_: &str, payload: &RawValue) -> serde_json::Result<Self> {
        json::read_object(payload.get())
    }
}

impl NotificationEvent for TaskCompleted {
    const EVENT_TYPE: Option<&'static str> = Some("task_completed_event");

    fn from_payload(_: &str, payload: &RawValue) -> serde_json::Result<Self> {
        json::read_object(payload.get())
    }
}

impl NotificationEvent for AnyEvent {
    const EVENT_TYPE: Option<&'static str> = None;

    fn from_payload(event_type: &str, payload: &RawValue) -> serde_json::Result<Self> {
        Ok(Self { event_type: event_type.to_owned(), payload: payload.to_owned() })
    }

    fn coalescing_key(&self) -> Option<String> {
        if Some(self.event_type.as_str()) != StageWorkAvailable::EVENT_TYPE {
            return None;
        }
        StageWorkAvailable::from_payload(&self.event_type, &self.payload).ok()?.coalescing_key()
    }
}

/// Reads a whole number in any form that the Python package accepts, e.g. `3`, `3.0`, `"3"` or `true`.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let written = Value::deserialize(deserializer)?.to_string();
    let whole = json::whole_number(&written).and_then(|number| i64::try_from(number).ok());
    whole.ok_or_else(|| D::Error::custom(format!("must be a whole number, not {written}")))
}

/// A list, or what would be its only element: the documentation says both.
fn one_or_more<'de, D: Deserializer<'de>, T: From<String>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMore {
        One(String),
        More(Vec<String>),
    }
    Ok(match OneOrMore::deserialize(deserializer)? {
        OneOrMore::One(one) => vec![one.into()],
        OneOrMore::More(more) => more.into_iter().map(T::from).collect(),
    })
}
