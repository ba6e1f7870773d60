//! Frames that are taken by classifications.

use std::collections::{BTreeMap, HashMap};

/// For each class and place: the ranges that are taken, by their start, with their end and the classification.
#[derive(Debug, Clone, Default)]
pub(crate) struct Occupancy {
    pub(crate) ranges: HashMap<(u32, u32), BTreeMap<u64, (u64, u32)>>,
    /// Global ones and those about a whole space.
    pub(crate) whole: HashMap<(u32, u32), Vec<u32>>,
}
