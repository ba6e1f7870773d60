//! JSON as text: taken apart, changed in place and laid out anew without respelling anything.
//!
//! Key order, the spelling of numbers and members that nobody here knows all survive, because values stay spans of the
//! text they came in (contract: `docs/contract/label-format.md#implementation-checklist`).

mod members;
mod pretty;
mod splice;

pub(crate) use members::{Elements, Members, ObjectWriter, is_null, quoted, string_of};
pub(crate) use pretty::{compact, pretty};
pub(crate) use splice::Splice;
