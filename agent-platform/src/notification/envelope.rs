//! The envelope of a notification: the members that all events share.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::event::{Notification, NotificationEvent};
use crate::lenient_json as json;

/// The version of the envelope that can be read. The platform changes it only if what was there means something else.
const VERSION: f64 = 1.0;

/// A notification whose event has not been read yet.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The event type, such as `stage_work_available`.
    pub event_type: String,
    text: Box<str>,
}

/// Error of reading a notification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// Another event: acknowledged, since one address can be told of several.
    #[error("This address takes {wanted}, and does nothing about {told}.")]
    OtherEvent {
        /// The event type that the handler takes.
        wanted: &'static str,
        /// The event type of the notification.
        told: String,
    },
    /// A version that came after this one.
    #[error("The notification has version {0}, and this server reads version 1: update agent-runtime.")]
    OtherVersion(String),
    /// A member is missing or wrong, or the body is not JSON.
    #[error("The notification cannot be read: {0}.")]
    Malformed(String),
}

/// The event type and version, which select how the other members are read.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    event_type: Value,
    #[serde(default)]
    version: Option<Box<RawValue>>,
}

/// The other members.
#[derive(Deserialize)]
struct Rest {
    uid: Uuid,
    source: String,
    event_created_timestamp: Value,
    payload: Box<RawValue>,
}

impl Envelope {
    /// Reads the event type and the version. Of a repeated member the last counts; a byte order mark is skipped. `wanted` is the
    /// only accepted event type, `None` accepts all.
    ///
    /// # Errors
    /// Another event or version, or not a notification.
    pub fn read(body: &[u8], wanted: Option<&'static str>) -> Result<Self, NotificationError> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let text =
            std::str::from_utf8(body).map_err(|_| NotificationError::Malformed("it is not UTF-8 text".to_owned()))?;
        // A number or a list is JSON, and no notification.
        if !text.trim_start().starts_with('{') {
            let problem = json::read::<serde::de::IgnoredAny>(text).err().map(|misfit| misfit.to_string());
            return Err(NotificationError::Malformed(format!(
                "it {}",
                problem.as_deref().unwrap_or("is not a JSON object")
            )));
        }
        let head: Head = json::read(text).map_err(malformed)?;
        let told = match &head.event_type {
            Value::String(told) => Cow::Borrowed(told.as_str()),
            other => Cow::Owned(other.to_string()),
        };
        let is_wanted = head.event_type.is_string() && wanted.is_none_or(|wanted| wanted == told);
        if !is_wanted {
            let told = format!("{:?}", clipped(&told));
            return Err(NotificationError::OtherEvent { wanted: wanted.unwrap_or("events"), told });
        }
        let version = head.version.as_deref().map_or("null", RawValue::get);
        // As the reference compares: `true` is 1 to it, and so is 1.0.
        if version != "true" && version.parse() != Ok(VERSION) {
            return Err(NotificationError::OtherVersion(clipped(version).to_owned()));
        }
        Ok(Self { event_type: told.into_owned(), text: text.into() })
    }

    /// Reads the whole notification.
    ///
    /// # Errors
    /// A member is missing or wrong.
    pub fn notification<E: NotificationEvent>(&self) -> Result<Notification<E>, NotificationError> {
        let rest: Rest = json::read(&self.text).map_err(malformed)?;
        // A time of another form is handed on: work is not refused for a time that no handler needs.
        let created = match rest.event_created_timestamp {
            Value::String(text) => text,
            Value::Number(seconds) => seconds.to_string(),
            _ => {
                let problem = "`event_created_timestamp` must be a string or a number";
                return Err(NotificationError::Malformed(problem.to_owned()));
            }
        };
        let event = E::from_payload(&self.event_type, &rest.payload).map_err(|error| {
            NotificationError::Malformed(json::Misfit::new("payload".to_owned(), &error).to_string())
        })?;
        Ok(Notification { uid: rest.uid, source: rest.source, created, event })
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn malformed(misfit: json::Misfit) -> NotificationError {
    match misfit.path.as_str() {
        "" => NotificationError::Malformed(format!("it {misfit}")),
        _ => NotificationError::Malformed(misfit.to_string()),
    }
}

/// The beginning of a sender's text, for a response.
fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(80)]
}
