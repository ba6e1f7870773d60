//! Classifications that a row cannot hold together: at most one of a class on each frame.

use std::collections::HashMap;

use crate::hash::{ClassificationHash, FeatureHash};
use crate::labels::classification::Classification;
use crate::labels::entry_key::EntryKey;
use crate::labels::index::{Idx, Place};
use crate::labels::ranges::{Range, Ranges};
use crate::labels::row::LabelRow;

/// The frames of classifications, by class and place. Global classifications are about the whole row and have no place.
type ByClass<'h> = HashMap<(Option<Idx<FeatureHash>>, Option<Place>), Vec<(&'h ClassificationHash, Ranges)>>;

/// Returns the classifications of two writers that stand in each other's way in the merged row.
pub(super) fn clashing(
    merged: &LabelRow,
    ours: &[&ClassificationHash],
    theirs: &[&ClassificationHash],
) -> Vec<EntryKey> {
    let mut clashing = Vec::new();
    let (ours, theirs) = (by_class(merged, ours), by_class(merged, theirs));
    for (class, ours) in &ours {
        let Some(theirs) = theirs.get(class) else { continue };
        for (own, others) in [(ours, theirs), (theirs, ours)] {
            let taken = Ranges::merged(others.iter().flat_map(|(_, ranges)| ranges.as_slice().iter().copied()));
            let in_the_way = own.iter().filter(|(_, ranges)| class.1.is_none() || overlap(ranges, &taken));
            clashing.extend(in_the_way.map(|(hash, _)| (*hash).clone()));
        }
    }
    let key = |classification_hash| EntryKey::ClassificationInstance { classification_hash };
    clashing.into_iter().map(key).collect()
}

fn by_class<'h>(row: &LabelRow, hashes: &[&'h ClassificationHash]) -> ByClass<'h> {
    let mut all = ByClass::new();
    for hash in hashes {
        let Some(id) = row.index.classification_id(hash.as_str()) else { continue };
        let feature = row.index.classification(id).feature;
        if (Classification { row, id }).is_global() {
            all.entry((feature, None)).or_default().push((hash, Ranges::none()));
            continue;
        }
        for (place, ranges) in row.stands(id) {
            all.entry((feature, Some(place))).or_default().push((hash, ranges));
        }
    }
    all
}

/// Returns whether some number is in both.
fn overlap(ranges: &Ranges, taken: &Ranges) -> bool {
    let taken = taken.as_slice();
    let meets = |range: &Range| {
        let at = taken.partition_point(|other| other.end < range.start);
        taken.get(at).is_some_and(|other| other.start <= range.end)
    };
    ranges.as_slice().iter().any(meets)
}
