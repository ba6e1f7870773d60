//! Agreement of two agents, or of an agent with the labels that are there.

mod labelled;
mod matching;
mod totals;

pub(crate) use labelled::Labelling;
pub(crate) use matching::compare;
pub use totals::{Agreement, ClassAgreement};
