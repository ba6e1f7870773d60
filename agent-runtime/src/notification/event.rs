//! What notifications are about.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

/// What the platform tells, with what every such message says of itself.
#[derive(Debug, Clone)]
pub struct Notification<E> {
    /// Tells this delivery from others; a delivery that comes again has the same. The platform tells again, with another
    /// one, as long as work waits.
    pub uid: Uuid,
    /// Who tells: `Encord`.
    pub source: String,
    /// When it happened, as it was sent: mostly ISO 8601, such as `2023-11-14T22:13:20+00:00`.
    pub created: String,
    /// What happened.
    pub event: E,
}

/// An event that a handler can take: one of this module's, or one of your own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no event that the platform tells",
    label = "not an event",
    note = "events are `StageWorkAvailable`, `TaskSubmitted`, `TaskCompleted`, and `AnyEvent` for all of them"
)]
pub trait NotificationEvent: Send + Sized + 'static {
    /// What stands in the notification's `event_type`; `None` takes every event.
    const EVENT_TYPE: Option<&'static str>;

    /// Reads the notification's `payload`.
    ///
    /// # Errors
    /// It is not that of such an event.
    fn of_payload(event_type: &str, payload: &RawValue) -> serde_json::Result<Self>;
}

/// Tasks wait in an agent stage: `agent_stage_work_available_event`. It names no task; ask the stage which ones wait.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct StageWorkAvailable {
    /// The project.
    pub project_hash: Uuid,
    /// The stage.
    pub stage_uuid: Uuid,
    /// How many tasks waited when this was told. By now it may be another number.
    #[serde(deserialize_with = "count")]
    pub pending_count: i64,
    /// Why it was told.
    pub reason: WorkReason,
}

/// Why work was told of.
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

/// What a task is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TaskLabels {
    /// The project.
    pub project_hash: Uuid,
    /// The data units.
    #[serde(default, deserialize_with = "one_or_more")]
    pub data_hashes: Vec<String>,
    /// Their label rows.
    #[serde(default, alias = "label_hash", deserialize_with = "one_or_more")]
    pub label_hashes: Vec<String>,
}

/// Any event, with its payload as it was sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AnyEvent {
    /// What happened, e.g. `task_submitted_event`.
    pub event_type: String,
    /// What belongs to it, as JSON.
    pub payload: Box<RawValue>,
}

impl NotificationEvent for StageWorkAvailable {
    const EVENT_TYPE: Option<&'static str> = Some("agent_stage_work_available_event");

    fn of_payload(_: &str, payload: &RawValue) -> serde_json::Result<Self> {
        serde_json::from_str(payload.get())
    }
}

impl NotificationEvent for TaskSubmitted {
    const EVENT_TYPE: Option<&'static str> = Some("task_submitted_event");

    fn of_payload(_: &str, payload: &RawValue) -> serde_json::Result<Self> {
        serde_json::from_str(payload.get())
    }
}

impl NotificationEvent for TaskCompleted {
    const EVENT_TYPE: Option<&'static str> = Some("task_completed_event");

    fn of_payload(_: &str, payload: &RawValue) -> serde_json::Result<Self> {
        serde_json::from_str(payload.get())
    }
}

impl NotificationEvent for AnyEvent {
    const EVENT_TYPE: Option<&'static str> = None;

    fn of_payload(event_type: &str, payload: &RawValue) -> serde_json::Result<Self> {
        Ok(Self { event_type: event_type.to_owned(), payload: payload.to_owned() })
    }
}

/// A whole number, be it written as text or with a fraction of zero.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let written = Value::deserialize(deserializer)?;
    let text = match &written {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let whole = text.strip_suffix(".0").unwrap_or(&text);
    whole.parse().map_err(|_| D::Error::custom(format!("`{written}` is no whole number")))
}

/// A list, or what would be its only element: the documentation says both.
fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMore {
        One(String),
        More(Vec<String>),
    }
    Ok(match OneOrMore::deserialize(deserializer)? {
        OneOrMore::One(one) => vec![one],
        OneOrMore::More(more) => more,
    })
}
