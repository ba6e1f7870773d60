//! Lossless JSON: text that stays byte-for-byte unchanged unless it is edited.
//!
//! [`JsonDocument`] is the editor. It is built over its source text: only expanded containers have nodes for their contents,
//! and everything else remains a span of the text. Serialization copies untouched spans, including white space.

mod change;
mod document;
mod error;
mod member_run;
mod merge;
mod number;
mod open_enum;
mod read;
mod scalar;
mod scan;
mod text;
mod tree;
mod write;

pub use document::{JsonDocument, JsonNode};
pub use error::{JsonError, JsonProblem};
pub(crate) use merge::merge;
pub(crate) use number::{float, integer, number_text, unsigned};
pub(crate) use open_enum::open_enum;
pub(crate) use read::{boolean, elements, is_array, is_null, is_object, member, members, string};
pub(crate) use scan::{Member, Scanner};
pub(crate) use text::quote;
pub(crate) use tree::{NodeId, Tree};
