//! Label rows and storage items of data units, remembered across calls.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use agent_platform::hash::LabelHash;
use uuid::Uuid;

use crate::row_locks::RowKey;

/// Default maximum number of remembered data units.
pub const DEFAULT_LOOKUP_CACHE: usize = 2048;

/// Maximum number of data units whose label row and storage item are remembered, as a shared value of the server. 0 disables
/// the cache.
#[derive(Debug, Clone, Copy)]
pub struct LookupCacheSize(pub usize);

/// The label row and the storage item of a data unit, as an earlier call has found them.
///
/// They are guesses: a call requests them at the same time as the listing, and uses a response only if the listing names the
/// same label row or storage item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lookup {
    pub(crate) label_hash: Option<LabelHash>,
    /// `true` if the label row had the same time of its last change as the listing. Otherwise the time does not show which of two
    /// concurrent responses is newer.
    pub(crate) times_agree: bool,
    pub(crate) item: Option<Uuid>,
    /// The folder of the storage item, if its files are child items.
    pub(crate) folder_of_children: Option<Uuid>,
}

/// A cache of lookups. It consists of two generations: when the newer one is full, it replaces the older one, so that the data
/// units that were used last stay.
#[derive(Debug)]
pub(crate) struct Lookups {
    /// Maximum size of a generation.
    limit: usize,
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    newer: HashMap<RowKey, Lookup>,
    older: HashMap<RowKey, Lookup>,
}

impl Lookups {
    pub(crate) fn new(LookupCacheSize(entries): LookupCacheSize) -> Self {
        Self { limit: entries.div_ceil(2), generations: Mutex::default() }
    }

    /// Returns the lookup of a data unit on a branch. Without one, the lookup has no guesses.
    pub(crate) fn get(&self, key: &RowKey) -> Lookup {
        let generations = self.lock();
        generations.newer.get(key).or_else(|| generations.older.get(key)).cloned().unwrap_or_default()
    }

    /// Updates the lookup of a data unit on a branch.
    pub(crate) fn update(&self, key: RowKey, update: impl FnOnce(&mut Lookup)) {
        if self.limit == 0 {
            return;
        }
        let mut generations = self.lock();
        let Generations { newer, older } = &mut *generations;
        let mut lookup = newer.get(&key).cloned().or_else(|| older.remove(&key)).unwrap_or_default();
        update(&mut lookup);
        if newer.len() >= self.limit && !newer.contains_key(&key) {
            *older = std::mem::take(newer);
        }
        newer.insert(key, lookup);
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use agent_platform::hash::{DataHash, ProjectHash};

    use super::*;

    fn key(data: u128) -> RowKey {
        (ProjectHash(Uuid::nil()), DataHash(Uuid::from_u128(data)), None)
    }

    fn remember(lookups: &Lookups, data: u128) {
        lookups.update(key(data), |lookup| lookup.item = Some(Uuid::from_u128(data)));
    }

    #[test]
    fn keeps_the_latest_data_units_up_to_the_limit() {
        let lookups = Lookups::new(LookupCacheSize(20));
        for data in 0..1000 {
            remember(&lookups, data);
            // Used again and again, so that it stays.
            remember(&lookups, 7);
            let generations = lookups.lock();
            assert!(generations.newer.len() + generations.older.len() <= 20);
        }
        assert_eq!(lookups.get(&key(999)).item, Some(Uuid::from_u128(999)));
        assert_eq!(lookups.get(&key(7)).item, Some(Uuid::from_u128(7)));
        assert_eq!(lookups.get(&key(900)), Lookup::default());
    }

    #[test]
    fn distinguishes_branches_and_keeps_other_fields() {
        let lookups = Lookups::new(LookupCacheSize(DEFAULT_LOOKUP_CACHE));
        remember(&lookups, 1);
        lookups.update(key(1), |lookup| lookup.times_agree = true);
        assert!(lookups.get(&key(1)).times_agree && lookups.get(&key(1)).item.is_some());
        let (project, data, _) = key(1);
        assert_eq!(lookups.get(&(project, data, Some("review"))), Lookup::default());
    }

    #[test]
    fn size_zero_disables_the_cache() {
        let lookups = Lookups::new(LookupCacheSize(0));
        remember(&lookups, 1);
        assert_eq!(lookups.get(&key(1)), Lookup::default());
    }
}
