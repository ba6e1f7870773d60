//! JSON that stays as it was written until it is edited.
//!
//! A [`Tree`] stands over the text it was read from: containers that somebody looks into are nodes, everything below them
//! stays a span of the text. Writing gives back every untouched span as it is, white space included.
//!
//! Words that may be more than this crate knows are made with [`open_enum!`].

mod change;
mod error;
mod merge;
mod number;
mod open_enum;
mod read;
mod scalar;
mod scan;
mod stretch;
mod text;
mod tree;
mod write;

pub use error::{JsonError, JsonProblem};
pub(crate) use merge::merge;
pub(crate) use number::{float, integer, number_text, unsigned};
pub(crate) use open_enum::open_enum;
pub(crate) use read::{boolean, elements, is_array, is_null, is_object, member, members, string};
pub(crate) use scan::{Member, Scanner};
pub(crate) use text::quote;
pub(crate) use tree::{NodeId, Tree};
