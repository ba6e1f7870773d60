//! Label rows: what annotators and agents have labelled on one data unit.
//!
//! | to | write |
//! |---|---|
//! | read a row | `LabelRow::parse(text, ontology)?.with_metadata(listing)` |
//! | read data that has no row yet | `LabelRow::empty(listing_entry, ontology)?`, `row.is_on_platform()` |
//! | meet the objects of a frame | `row.frame(3).objects()` |
//! | those of a class, of a shape | `row.frame(3).objects_of_class("Car")`, `row.frame(3).shapes::<Polygon>()` |
//! | follow one object | `row.object(hash)?.placements()`, `.frames()`, `.at(3)?` |
//! | read its coordinates, an answer | `.at(3)?.coordinates::<Polygon>()?`, `.answer("Colour")`, `.answer_at("Moving", 3)` |
//! | add an object | `row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(3)?` |
//! | cut it down to the image, or let it go on beyond | `.clamped()`, `.beyond_media()` before `.on(3)?` |
//! | change it on a frame | `row.edit(hash)?.at(3)?.change::<BoundingBox>(\|shape\| shape.x += 0.1)?` |
//! | answer an attribute | `row.edit(hash)?.answer("Colour", "Red")?`, `.answer_on("Moving", "Yes", 3..=9)?` |
//! | copy, move, take off | `.at(3)?.copy_to(4..=9)?`, `.at(3)?.move_to(5)?`, `.remove_from(4..=9)?` |
//! | delete it | `row.delete(hash)?` |
//! | classify | `row.classify("Weather", "Sunny").on(0..=9)?` |
//! | label a sound, a text | `row.add("Speech").over(1_000..=2_500)?` |
//! | label a file of a group | `row.add("Car").point(0.5, 0.5).in_space(id).on(0)?` |
//! | write it | `if row.is_changed() { row.to_json() }` |
//! | write it where there was no row | `created.with_labels_of(&row)?` |
//! | find out what changed | `row.difference_from(&base)`, [`same_labels`] |
//! | put edits into a newer row | `LabelRow::merge(&base, &row, &newer)?` |
//!
//! Frames count from 0 and ranges include both ends. Classes, attributes and options are named by title or feature hash.

mod access;
mod answer;
mod classification;
mod compare;
mod data_type;
mod difference;
mod empty;
mod entry;
mod entry_key;
mod error;
mod frame;
mod frame_index;
mod geometry;
mod index;
mod media;
mod merge;
mod metadata;
mod new_entry;
mod new_hash;
mod object;
mod provenance;
mod ranges;
mod rle_error;
mod row;
mod shared;
mod timestamp;
mod transfer;

pub use crate::json::{JsonError, JsonProblem};
pub use answer::{Answer, AnswerInput, AnswerValue, ChosenOption, IntoAnswer};
pub use classification::{Classification, ClassificationEdit, Classify};
pub use compare::{PLATFORM_MEMBERS, same_labels};
pub use data_type::{DataType, LabelStatus, SpaceType};
pub use difference::{ChangeKind, DRY_RUN_HEADER, LabelChange, LabelDifference, Presence, WrittenEntry};
pub use entry_key::EntryKey;
pub use error::{EditError, MergeError, ReadError, RowError, TransferError};
pub use frame::{FrameLabels, Space};
pub use frame_index::{FrameIndex, IntoFrameIndex};
pub use geometry::*;
pub use metadata::{RowMetadata, SpaceMetadata};
pub use object::{AddObject, FrameEdit, FrameObject, IntoNewObject, Object, ObjectEdit, SceneEvent};
pub use ranges::{HtmlPosition, HtmlRange, IntoRanges, Range, Ranges};
pub use rle_error::RleError;
pub use row::LabelRow;
pub use timestamp::Timestamp;
