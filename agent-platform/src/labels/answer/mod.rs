//! Answers to the attributes of objects and classifications.

pub(crate) mod dynamic;
mod input;
pub(crate) mod statics;
mod value;

pub(crate) use dynamic::{Action, actions_of, answer_at, answers_by_range};
pub(crate) use input::fit;
pub use input::{AnswerInput, IntoAnswer};
pub use value::{Answer, AnswerValue, ChosenOption};
pub(crate) use value::{answers_in, resolve_attribute, value_of};
