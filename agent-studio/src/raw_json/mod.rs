//! JSON as text: read by member, written member by member, and formatted, without a change of any value.
//!
//! Key order, number spelling and unknown members are kept, because values stay spans of their text. Documents are edited with
//! [`agent_platform::json`].

mod members;
mod pretty;

pub(crate) use members::{Elements, Members, ObjectWriter, quoted, string_of};
pub(crate) use pretty::{compact, pretty};
