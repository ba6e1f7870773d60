//! Identity of an entry of a label row.

use std::fmt;

use crate::hash::{ClassificationHash, ObjectHash};

/// The identity of one entry of a label row: the smallest part of the labels that two writers cannot both change.
///
/// A row holds labels in four places (contract: `docs/contract/label-format.md`), and every entry belongs to one object
/// or classification:
///
/// | entry | where it is written |
/// |---|---|
/// | [`ObjectOnFrame`](Self::ObjectOnFrame) | `labels` of a data unit or space: coordinates and metadata of an object on one frame |
/// | [`ObjectEvents`](Self::ObjectEvents) | `labels` of a continuous scene: all events of an object, which only together make sense |
/// | [`ObjectAnswers`](Self::ObjectAnswers) | `object_answers`: answers of an object; also its ranges in a sound, time series or text |
/// | [`ObjectActions`](Self::ObjectActions) | `object_actions`: dynamic answers of an object |
/// | [`ClassificationInstance`](Self::ClassificationInstance) | `classification_answers`, and the `classifications` of frames |
///
/// Other members of a row hold no labels: titles, links, states, `metadata` of frames, and list elements without a hash.
///
/// ```
/// use agent_platform::labels::EntryKey;
///
/// let key = EntryKey::ObjectOnFrame { object_hash: "a1b2c3d4".into(), space: None, frame: 3 };
/// assert_eq!(key.to_string(), "object a1b2c3d4 on frame 3");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EntryKey {
    /// An object on one frame of the data, or of a space.
    ObjectOnFrame {
        /// The object hash.
        object_hash: ObjectHash,
        /// The id of the space. `None` for the data itself.
        space: Option<String>,
        /// The frame, from 0. For an image group, the `data_sequence` of the image.
        frame: u64,
    },
    /// All events of an object on a continuous scene.
    ObjectEvents {
        /// The object hash.
        object_hash: ObjectHash,
    },
    /// The answers of an object that hold for all frames, and its ranges if it is an object over ranges.
    ObjectAnswers {
        /// The object hash.
        object_hash: ObjectHash,
    },
    /// The dynamic answers of an object, which differ from frame to frame.
    ObjectActions {
        /// The object hash.
        object_hash: ObjectHash,
    },
    /// A classification: its answers, its ranges, and in rows of the older generation its entries on frames.
    ClassificationInstance {
        /// The classification hash.
        classification_hash: ClassificationHash,
    },
}

impl EntryKey {
    /// Returns the hash of the object that the entry belongs to; `None` for a classification.
    #[must_use]
    pub fn object_hash(&self) -> Option<&ObjectHash> {
        match self {
            Self::ObjectOnFrame { object_hash, .. }
            | Self::ObjectEvents { object_hash }
            | Self::ObjectAnswers { object_hash }
            | Self::ObjectActions { object_hash } => Some(object_hash),
            Self::ClassificationInstance { .. } => None,
        }
    }

    /// Returns the hash of the classification that the entry is; `None` for an entry of an object.
    #[must_use]
    pub fn classification_hash(&self) -> Option<&ClassificationHash> {
        match self {
            Self::ClassificationInstance { classification_hash } => Some(classification_hash),
            _ => None,
        }
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ObjectOnFrame { object_hash, space: None, frame } => {
                write!(f, "object {object_hash} on frame {frame}")
            }
            Self::ObjectOnFrame { object_hash, space: Some(space), frame } => {
                write!(f, "object {object_hash} on frame {frame} of space {space}")
            }
            Self::ObjectEvents { object_hash } => write!(f, "the events of object {object_hash}"),
            Self::ObjectAnswers { object_hash } => write!(f, "the answers of object {object_hash}"),
            Self::ObjectActions { object_hash } => write!(f, "the dynamic answers of object {object_hash}"),
            Self::ClassificationInstance { classification_hash } => write!(f, "classification {classification_hash}"),
        }
    }
}
