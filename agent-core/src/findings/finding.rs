//! One finding: its severity, its text and its place.

use agent_platform::hash::{AsHash, ObjectHash};
use agent_platform::labels::Ranges;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::error::IntoMessage;

/// Severity of a finding. The most severe is the least in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// The labels are wrong.
    Error,
    /// The labels are probably wrong.
    Warning,
    /// A note for the annotator.
    Info,
}

/// A finding in a label row: a severity, a sentence, and a place. Without a place it is about the whole data unit.
///
/// | place | methods |
/// |---|---|
/// | an object | [`on_object`](Self::on_object) |
/// | an object on a frame, or on frames | [`on_object`](Self::on_object), [`on_frames`](Self::on_frames) |
/// | a point in a frame | [`on_frames`](Self::on_frames), [`at_point`](Self::at_point) |
/// | a frame, or ranges of frames | [`on_frames`](Self::on_frames) |
///
/// ```
/// use agent_runtime::prelude::*;
///
/// let finding = Finding::error("Coin 7 is outside of the image.").on_object("aBcD1234").on_frames(Frame(3));
/// assert_eq!(finding.text(), "Coin 7 is outside of the image.");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Finding {
    severity: Severity,
    text: String,
    object: Option<ObjectHash>,
    frames: Ranges,
    point: Option<(f64, f64)>,
}

impl Finding {
    /// Creates a finding about the whole data unit.
    pub fn new(severity: Severity, text: impl IntoMessage) -> Self {
        Self { severity, text: text.into_message(), object: None, frames: Ranges::none(), point: None }
    }

    /// Creates an error.
    pub fn error(text: impl IntoMessage) -> Self {
        Self::new(Severity::Error, text)
    }

    /// Creates a warning.
    pub fn warning(text: impl IntoMessage) -> Self {
        Self::new(Severity::Warning, text)
    }

    /// Creates a note.
    pub fn info(text: impl IntoMessage) -> Self {
        Self::new(Severity::Info, text)
    }

    /// Sets the object.
    pub fn on_object(self, object: impl AsHash<ObjectHash>) -> Self {
        Self { object: Some(object.as_hash().as_ref().into()), ..self }
    }

    /// Sets the frames: a frame, a range such as `3..=7`, or several.
    pub fn on_frames(self, frames: impl Into<Ranges>) -> Self {
        Self { frames: frames.into(), ..self }
    }

    /// Sets the point in the frame, in relative coordinates from 0 to 1, as label rows have them. Without a frame it is frame 0.
    pub fn at_point(self, x: f64, y: f64) -> Self {
        let frames = if self.frames.is_empty() { Ranges::from(0) } else { self.frames };
        Self { point: Some((x, y)), frames, ..self }
    }

    /// Returns the severity.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the sentence.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the object.
    #[must_use]
    pub fn object(&self) -> Option<&ObjectHash> {
        self.object.as_ref()
    }

    /// Returns the frames. Empty if the finding is not about certain frames.
    #[must_use]
    pub fn frames(&self) -> &Ranges {
        &self.frames
    }

    /// Returns the point in the frame, in relative coordinates.
    #[must_use]
    pub fn point(&self) -> Option<(f64, f64)> {
        self.point
    }
}

#[derive(Serialize)]
struct Span {
    start: u64,
    end: u64,
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Finding", 6)?;
        out.serialize_field("severity", &self.severity)?;
        out.serialize_field("text", &self.text)?;
        if let Some(object) = &self.object {
            out.serialize_field("objectHash", object.as_str())?;
        }
        if let ([range], 1) = (self.frames.as_slice(), self.frames.count()) {
            out.serialize_field("frame", &range.start)?;
        } else if !self.frames.is_empty() {
            let spans: Vec<_> = self.frames.iter().map(|range| Span { start: range.start, end: range.end }).collect();
            out.serialize_field("frames", &spans)?;
        }
        if let Some((x, y)) = self.point {
            out.serialize_field("x", &x)?;
            out.serialize_field("y", &y)?;
        }
        out.end()
    }
}
