//! Editing a label row: every call keeps all places that hold an object or classification in agreement, and refuses what
//! the platform would.

mod add;
mod answer;
mod attribute;
mod bounds;
mod classification;
mod classify;
mod dynamic;
mod entry;
mod event;
mod frame;
mod input;
mod making;
mod object;
mod occupied;
mod over;
mod place;
mod remove;
mod row;
mod statics;

pub use add::AddObject;
pub use classification::ClassificationEdit;
pub use classify::Classify;
pub use frame::FrameEdit;
pub use input::AnswerInput;
pub use object::ObjectEdit;
