//! A notification as it is sent, read as far as it is the same for all events.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::event::{Notification, NotificationEvent};
use crate::error::{AgentError, ErrorStatus};

/// The version of the envelope that can be read. The platform changes it only if what was there means something else.
const VERSION: f64 = 1.0;

/// A notification that is not read yet.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) event_type: String,
    text: Box<RawValue>,
}

/// Why a notification is not for a handler.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unread {
    /// Another event: acknowledged, since one address can be told of several.
    #[error("This address takes {wanted}, and does nothing about {told}.")]
    OtherEvent { wanted: &'static str, told: String },
    /// A version that came after this one.
    #[error("The notification has version {0}, and this server reads version 1: update agent-runtime.")]
    OtherVersion(String),
    /// It is not what it says.
    #[error("The notification cannot be read: {0}.")]
    Malformed(String),
}

impl Unread {
    /// What the sender is answered.
    pub(crate) fn refusal(&self) -> AgentError {
        let status = match self {
            Self::OtherVersion(_) => ErrorStatus::NotImplemented,
            Self::OtherEvent { .. } | Self::Malformed(_) => ErrorStatus::UnprocessableEntity,
        };
        AgentError::new(status, self.to_string())
    }
}

/// What is looked at first: it says how to read the rest.
#[derive(Deserialize)]
struct Head<'text> {
    #[serde(default)]
    event_type: Value,
    #[serde(default, borrow)]
    version: Option<&'text RawValue>,
}

/// The rest.
#[derive(Deserialize)]
struct Rest<'text> {
    uid: Uuid,
    source: String,
    event_created_timestamp: Value,
    #[serde(borrow)]
    payload: &'text RawValue,
}

impl Envelope {
    /// Reads what kind of notification it is.
    pub(crate) fn read(body: &[u8], wanted: Option<&'static str>) -> Result<Self, Unread> {
        let text: Box<RawValue> = serde_json::from_slice(body).map_err(malformed)?;
        if !text.get().starts_with('{') {
            return Err(Unread::Malformed("it is no JSON object".to_owned()));
        }
        let head: Head<'_> = serde_json::from_str(text.get()).map_err(malformed)?;
        let told = match &head.event_type {
            Value::String(told) => Cow::Borrowed(told.as_str()),
            other => Cow::Owned(other.to_string()),
        };
        let is_wanted = head.event_type.is_string() && wanted.is_none_or(|wanted| wanted == told);
        if !is_wanted {
            let told = format!("{:?}", clipped(&told));
            return Err(Unread::OtherEvent { wanted: wanted.unwrap_or("events"), told });
        }
        let version = head.version.map_or("null", RawValue::get);
        // As the reference compares: `true` is 1 to it, and so is 1.0.
        if version != "true" && version.parse() != Ok(VERSION) {
            return Err(Unread::OtherVersion(clipped(version).to_owned()));
        }
        let event_type = told.into_owned();
        Ok(Self { event_type, text })
    }

    /// Reads all of it.
    pub(crate) fn notification<E: NotificationEvent>(&self) -> Result<Notification<E>, Unread> {
        let rest: Rest<'_> = serde_json::from_str(self.text.get()).map_err(malformed)?;
        let created = match rest.event_created_timestamp {
            Value::String(text) => text,
            Value::Number(seconds) => seconds.to_string(),
            other => return Err(Unread::Malformed(format!("event_created_timestamp is {other}"))),
        };
        let event = E::of_payload(&self.event_type, rest.payload)
            .map_err(|error| Unread::Malformed(format!("payload: {}", in_words(&error))))?;
        Ok(Notification { uid: rest.uid, source: rest.source, created, event })
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn malformed(error: serde_json::Error) -> Unread {
    Unread::Malformed(in_words(&error))
}

/// Without the place in the text, which begins anew in each part of it.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// A caller's text in an answer.
fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(80)]
}
