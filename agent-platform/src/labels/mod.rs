//! Label rows: what annotators and agents have labelled on one data unit.

mod edit;
mod error;
mod geometry;
mod hash;
mod index;
mod media;
mod metadata;
mod ranges;
mod row;
mod time;
mod view;
mod words;

pub use crate::json::{JsonError, JsonProblem};
pub use edit::{AddObject, AnswerInput, ClassificationEdit, Classify, FrameEdit, ObjectEdit};
pub use error::{EditError, ReadError, RowError};
pub use geometry::*;
pub use metadata::{RowMetadata, SpaceMetadata};
pub use ranges::{HtmlPosition, HtmlRange, Range, Ranges};
pub use row::LabelRow;
pub use time::Timestamp;
pub use view::{
    Answer, AnswerValue, ChosenOption, Classification, FrameLabels, FrameObject, Object, SceneEvent, Space,
};
pub use words::{DataType, LabelStatus, SpaceType};
