//! Reading a label row.

mod answer;
mod authorship;
mod classification;
mod dynamic;
mod frame;
mod object;
mod row;
mod space;

pub use answer::{Answer, AnswerValue, ChosenOption};
pub(crate) use answer::{answers_in, resolve_attribute, value_of};
pub use classification::Classification;
pub use frame::FrameLabels;
pub use object::{FrameObject, Object, SceneEvent};
pub use space::Space;
