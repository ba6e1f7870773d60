//! Frames that are taken by classifications.

use crate::hash::FeatureHash;
use std::collections::{BTreeMap, HashMap};

use super::{ClassificationRecord, Idx, Place};

/// A class in a place.
pub(crate) type ClassInPlace = (Option<Idx<FeatureHash>>, Place);

/// The frames of classifications, by class and place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Occupancy {
    /// Ranges by their start, with their end and the classification.
    pub(crate) ranges: HashMap<ClassInPlace, BTreeMap<u64, (u64, Idx<ClassificationRecord>)>>,
    /// Global classifications, and classifications about a whole space.
    pub(crate) whole: HashMap<ClassInPlace, Vec<Idx<ClassificationRecord>>>,
}
