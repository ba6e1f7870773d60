//! At most one classification of a class on each frame.

use crate::hash::FeatureHash;
use crate::json::members;
use crate::labels::error::EditError;
use crate::labels::index::{ClassificationRecord, Idx, Occupancy, Place, ROOT};
use crate::labels::ranges::Ranges;
use crate::labels::row::LabelRow;
use crate::labels::shared::Shared;

use super::view::Classification;

impl LabelRow {
    /// Returns the frames of a classification in each place. No frames stand for the whole place.
    pub(crate) fn stands(&self, classification: Idx<ClassificationRecord>) -> Vec<(Place, Ranges)> {
        let view = Classification { row: self, id: classification };
        let mut all = Vec::new();
        let text = self.index.classification(classification).answers.map_or("{}", |node| self.tree.text(node));
        let mut places: Vec<Place> = crate::json::member(text, "spaces")
            .into_iter()
            .flat_map(members)
            .filter_map(|(id, _)| self.index.place_of(&id))
            .collect();
        let by_entries = self.index.classification(classification).placements.iter();
        places.extend(by_entries.map(|placement| self.index.blob(placement.blob).place).filter(|place| *place != ROOT));
        places.sort_unstable();
        places.dedup();
        let ranges = view.ranges();
        if places.is_empty() || !ranges.is_empty() {
            all.push((ROOT, ranges));
        }
        for place in places {
            let id = self.space_id(place).unwrap_or_default();
            all.push((place, view.ranges_in(&id)));
        }
        all
    }

    /// Built when it is first needed, kept up to date from then on.
    fn occupancy(&mut self) -> &mut Occupancy {
        if self.occupancy.is_none() {
            self.occupancy = Some(Shared::default());
            let all: Vec<Idx<ClassificationRecord>> = self.index.live_classifications().collect();
            for classification in all {
                self.occupy(classification);
            }
        }
        self.occupancy.get_or_insert_default()
    }

    /// Notes where a classification is.
    pub(crate) fn occupy(&mut self, classification: Idx<ClassificationRecord>) {
        let feature = self.index.classification(classification).feature;
        for (place, ranges) in self.stands(classification) {
            let key = (feature, place);
            let occupied = self.occupancy();
            if ranges.is_empty() {
                occupied.whole.entry(key).or_default().push(classification);
            }
            for range in ranges.iter() {
                occupied.ranges.entry(key).or_default().insert(range.start, (range.end, classification));
            }
        }
    }

    /// Forgets where a classification is.
    pub(crate) fn vacate(&mut self, classification: Idx<ClassificationRecord>) {
        if self.occupancy.is_none() {
            return;
        }
        let feature = self.index.classification(classification).feature;
        for (place, ranges) in self.stands(classification) {
            let key = (feature, place);
            let occupied = self.occupancy();
            if let Some(whole) = occupied.whole.get_mut(&key) {
                whole.retain(|other| *other != classification);
            }
            if let Some(taken) = occupied.ranges.get_mut(&key) {
                for range in ranges.iter() {
                    if taken.get(&range.start).is_some_and(|(_, other)| *other == classification) {
                        taken.remove(&range.start);
                    }
                }
            }
        }
    }

    /// Rejects frames on which the class has a classification. No ranges stand for the whole place.
    pub(crate) fn check_free(
        &mut self,
        feature: Option<Idx<FeatureHash>>,
        place: Place,
        ranges: &Ranges,
        but: Option<Idx<ClassificationRecord>>,
        global: bool,
        name: &str,
    ) -> Result<(), EditError> {
        let occupied = self.occupancy();
        let key = (feature, place);
        let other_whole = occupied.whole.get(&key).is_some_and(|whole| whole.iter().any(|id| Some(*id) != but));
        let taken = occupied.ranges.get(&key);
        let other_range = |from: u64, to: u64| {
            let mut near = taken.into_iter().flat_map(|taken| taken.range(..=to).rev());
            near.find(|(_, (_, id))| Some(*id) != but)
                .filter(|(_, (end, _))| *end >= from)
                .map(|(start, _)| (*start).max(from))
        };
        if global && (other_whole || other_range(0, u64::MAX).is_some()) {
            return Err(EditError::GlobalTwice { class: name.to_owned() });
        }
        let clash = ranges.iter().find_map(|range| other_range(range.start, range.end));
        clash.map_or(Ok(()), |frame| Err(EditError::ClassTwice { class: name.to_owned(), frame }))
    }
}
