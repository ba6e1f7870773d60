//! Lossless reading, writing and formatting of JSON texts.
//!
//! Key order, number spelling and unknown members are kept, because values remain slices of their text. Documents are edited with
//! [`agent_platform::json`].

mod members;
mod pretty;

pub(crate) use members::{Elements, Members, ObjectWriter, quoted, string_of};
pub(crate) use pretty::{compact, pretty};
