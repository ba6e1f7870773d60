//! Errors of label rows.

use crate::hash::{ClassificationHash, LabelHash, ObjectHash};
use crate::json::JsonError;
use crate::ontology::{AttributeType, OntologyChange, Shape};

use super::entry_key::EntryKey;
use super::rle_error::RleError;

/// Error of reading a label row, or of creating an empty one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// The text is not a JSON object.
    #[error("the label row cannot be read: {0}")]
    Json(#[from] JsonError),
    /// The entry of the listing lacks what a row cannot be made without.
    #[error("the listing of label rows does not say the {missing} of the data")]
    Incomplete {
        /// The member that is missing.
        missing: &'static str,
    },
    /// The entry of the listing names a label row: its labels are to be read, not made up.
    #[error("the data has a label row already: {label_hash}")]
    OnPlatform {
        /// The label hash that the listing gives.
        label_hash: LabelHash,
    },
}

/// Error of moving the labels of one row into another.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The row holds labels already: somebody else has labelled the data meanwhile.
    #[error("the data has been labelled meanwhile")]
    LabelledMeanwhile,
    /// The rows are about different data, or about data of different kinds.
    #[error("the labels are those of other data: {data_hash}")]
    OtherData {
        /// The hash of the data that the labels are of.
        data_hash: String,
    },
    /// The row has no such data unit, or has it as another frame.
    #[error("the label row has no data unit {data_hash} at the same place")]
    NoDataUnit {
        /// The hash of the data unit.
        data_hash: String,
    },
    /// The row has no such space, or it is of another kind.
    #[error("the label row has no space {id} of the same kind")]
    NoSpace {
        /// The id of the space.
        id: String,
    },
    /// The labels cannot be written into the row.
    #[error(transparent)]
    Edit(#[from] EditError),
}

/// Reasons why changes cannot be merged into a row; see [`LabelRow::merge`](super::LabelRow::merge).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// Both rows changed the same labels, each in another way.
    #[error("both rows changed {}", listed(entries))]
    Conflict {
        /// The entries that cannot be merged, in order, each once.
        entries: Vec<EntryKey>,
    },
    /// The rows are about different data, or about data of different kinds.
    #[error("the label rows are about different data: {data_hash}")]
    OtherData {
        /// The hash of the data that is not the data of the newer row.
        data_hash: String,
    },
    /// The newer row lacks a data unit of the base, or has it at another frame.
    #[error("the newer label row has no data unit {data_hash} at the same frame")]
    NoDataUnit {
        /// The hash of the data unit.
        data_hash: String,
    },
    /// The changes cannot be written into the newer row, such as a label in a space that it does not have.
    #[error(transparent)]
    Edit(#[from] EditError),
}

/// Names the first entries, and says how many more there are.
fn listed(entries: &[EntryKey]) -> String {
    const NAMED: usize = 3;
    let mut names: Vec<String> = entries.iter().take(NAMED).map(ToString::to_string).collect();
    if entries.len() > NAMED {
        names.push(format!("{} more", entries.len() - NAMED));
    }
    names.join(", ")
}

/// Error of reading from a label row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// No object instance has this hash.
    #[error("the label row has no object {hash}")]
    NoObject {
        /// The object hash asked for.
        hash: ObjectHash,
    },
    /// No classification instance has this hash.
    #[error("the label row has no classification {hash}")]
    NoClassification {
        /// The classification hash asked for.
        hash: ClassificationHash,
    },
    /// The label row has no space with this id.
    #[error("the label row has no space {id}")]
    NoSpace {
        /// The id asked for.
        id: String,
    },
    /// The object is not on the frame.
    #[error("object {hash} is not on frame {frame}")]
    NotOnFrame {
        /// The object hash.
        hash: ObjectHash,
        /// The frame asked for.
        frame: u64,
    },
    /// The object has another shape than was asked for.
    #[error("object {hash} is a {shape}, not a {wanted}")]
    OtherShape {
        /// The object hash.
        hash: ObjectHash,
        /// The shape it has.
        shape: Shape,
        /// The shape asked for.
        wanted: Shape,
    },
    /// The object is of another class than was asked for.
    #[error("object {hash} is not a {wanted}")]
    OtherClass {
        /// The object hash.
        hash: ObjectHash,
        /// The title of the class asked for.
        wanted: String,
    },
    /// The class has changed since the agent was built; see [`typed`](crate::typed).
    #[error(transparent)]
    OntologyChanged(#[from] OntologyChange),
    /// A member of the object or classification is malformed.
    #[error("{hash}: {what} is malformed")]
    Malformed {
        /// The hash of the object or classification.
        hash: String,
        /// The malformed member, such as `polygon`.
        what: String,
    },
    /// A run-length string cannot be decoded.
    #[error(transparent)]
    Rle(#[from] RleError),
}

/// Error of an edit. The row is as it was before the call.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The label to edit is missing or malformed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The result is more than fits a label row.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The ontology has no class with this feature hash or title.
    #[error("the ontology has no class {key}")]
    UnknownClass {
        /// The feature hash or title asked for.
        key: String,
    },
    /// The class has no attribute with this feature hash or title.
    #[error("class {class} has no attribute {key}")]
    UnknownAttribute {
        /// The title of the class.
        class: String,
        /// The feature hash or title asked for.
        key: String,
    },
    /// The attribute has no option with this feature hash, label or value.
    #[error("attribute {attribute} has no option {key}")]
    UnknownOption {
        /// The name of the attribute.
        attribute: String,
        /// The requested key.
        key: String,
    },
    /// The coordinates are of another shape than the class.
    #[error("class {class} takes the shape {shape}, not {given}")]
    WrongShape {
        /// The title of the class.
        class: String,
        /// The shape of the class.
        shape: Shape,
        /// The shape of the coordinates.
        given: Shape,
    },
    /// No coordinates were given.
    #[error("an object of class {class} needs coordinates")]
    NoCoordinates {
        /// The title of the class.
        class: String,
    },
    /// The classification is of another class than the answer.
    #[error("classification {hash} is not a {wanted}")]
    OtherClassification {
        /// The classification hash.
        hash: String,
        /// The title of the class of the answer.
        wanted: String,
    },
    /// The answer is of another type than the attribute.
    #[error("attribute {attribute} is a {expected}, which cannot be answered with {given}")]
    WrongAnswer {
        /// The name of the attribute.
        attribute: String,
        /// The type of the attribute.
        expected: AttributeType,
        /// The given answer, in words.
        given: &'static str,
    },
    /// The attribute is below an option that is not chosen.
    #[error("attribute {attribute} can only be answered when the option above it is chosen")]
    ParentNotChosen {
        /// The name of the attribute.
        attribute: String,
    },
    /// The attribute has one answer for all frames.
    #[error("attribute {attribute} is not dynamic: it has one answer for all frames")]
    NotDynamic {
        /// The name of the attribute.
        attribute: String,
    },
    /// The frame is not one of the media's.
    #[error("frame {frame} is out of range: the last one is {}", frames.saturating_sub(1))]
    FrameOutOfRange {
        /// The frame asked for, from 0.
        frame: u64,
        /// Number of frames.
        frames: u64,
    },
    /// No range was given where one is needed; a range that ends before it starts is none.
    #[error("at least one frame or range is needed")]
    NoRange,
    /// The object is on the frame already.
    #[error("object {hash} is on frame {frame} already")]
    AlreadyOnFrame {
        /// The object hash.
        hash: ObjectHash,
        /// The frame.
        frame: u64,
    },
    /// Another instance of the class is there already.
    #[error("another classification of class {class} is there on frame {frame} already")]
    ClassTwice {
        /// The title of the class.
        class: String,
        /// The first frame that both would have.
        frame: u64,
    },
    /// A class about the whole file has an instance already.
    #[error("class {class} is global and has an instance already")]
    GlobalTwice {
        /// The title of the class.
        class: String,
    },
    /// The hash is taken by another object or classification.
    #[error("the hash {hash} is taken")]
    HashTaken {
        /// The hash.
        hash: String,
    },
    /// The display number is taken by another object of the class.
    #[error("the object number {number} is taken in class {class}")]
    NumberTaken {
        /// The number.
        number: u64,
        /// The title of the class.
        class: String,
    },
    /// The mask is not as large as the media.
    #[error("the mask has {width}×{height} pixels, the media {media_width}×{media_height}")]
    MaskSize {
        /// The width of the mask in pixels.
        width: u64,
        /// The height of the mask in pixels.
        height: u64,
        /// The width of the media in pixels.
        media_width: u64,
        /// The height of the media in pixels.
        media_height: u64,
    },
    /// The media has no size in pixels, which masks need.
    #[error("the media has no known size in pixels, so it takes no masks")]
    MaskWithoutSize,
    /// The coordinates cannot be saved.
    #[error("the coordinates are refused: {problem}")]
    Coordinates {
        /// The problem, in words.
        problem: &'static str,
    },
    /// The coordinates reach outside the image by more than 1e-6 of its side. An agent keeps them inside, cuts them down to
    /// the image with `clamped()`, or accepts them with `beyond_media()`.
    ///
    /// Turned boxes and round shapes are measured as they are drawn, in pixels; on media of unknown size, a turned box and
    /// a turned ellipse by their centre. A 2-D cuboid is measured by both faces. Coordinates in space, and points of a
    /// skeleton that are marked invisible, have no borders.
    #[error("the {} reaches outside the image: it covers {} to {} of the {side}, and the image is 0 to 1", words(shape), short(*from), short(*to))]
    OutsideMedia {
        /// The shape of the coordinates.
        shape: Shape,
        /// The side that they leave: `width` or `height`.
        side: &'static str,
        /// The left or upper edge, as a fraction of the side.
        from: f64,
        /// The right or lower edge, as a fraction of the side.
        to: f64,
    },
    /// No part of the coordinates is inside the image, so that `clamped()` leaves nothing.
    #[error("the {} is outside the image: no part of it can be labelled", words(shape))]
    NothingInsideMedia {
        /// The shape of the coordinates.
        shape: Shape,
    },
    /// The part of the coordinates inside the image has another shape, so that `clamped()` cannot write it.
    #[error("the {0} crosses the border of the image, and the part inside is no {0}", words(shape))]
    NotClampable {
        /// The shape of the coordinates.
        shape: Shape,
    },
    /// The media takes no labels of this kind.
    #[error("{media} takes no {what}")]
    NotOnThisMedia {
        /// The kind of media, as it is written on the wire.
        media: String,
        /// The rejected labels, in words.
        what: String,
    },
    /// An object on a continuous scene must end: its last event is a delete.
    #[error("object {hash} must end after frame {frame}: say where")]
    NoEnd {
        /// The object hash.
        hash: ObjectHash,
        /// The frame, in nanoseconds from the start of the scene.
        frame: u64,
    },
    /// The confidence is no number from 0 to 1.
    #[error("a confidence is from 0 to 1")]
    Confidence,
}

/// The name of a shape as a person reads it.
fn words(shape: &Shape) -> String {
    shape.as_str().replace('_', " ")
}

/// A fraction to six decimals, the tolerance of the borders, without trailing zeros.
fn short(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
