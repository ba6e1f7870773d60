//! What somebody else changed while the project is served.

use super::data::Data;
use super::listing_filter::ListingFilter;
use super::served::{Project, world_of};

impl Project {
    /// Whether somebody else changed data, or label rows that a listing with this filter is about.
    pub(crate) fn has_news_for(&self, filter: &ListingFilter) -> bool {
        let world = self.world();
        let wanted = |data: &&Data| filter.data_hashes.as_ref().is_none_or(|hashes| hashes.contains(&data.hash));
        let rows = world.data.iter().filter(wanted);
        self.store.has_news(&mut rows.flat_map(|data| data.rows.keys().map(move |branch| (data, branch.as_str()))))
    }

    /// Whether somebody else changed data, or one of these label rows.
    pub(crate) fn has_news_of(&self, label_hashes: &[String]) -> bool {
        let world = self.world();
        self.store.has_news(&mut label_hashes.iter().filter_map(|hash| world.place(hash)))
    }

    /// Takes in what somebody else changed. What cannot be read is logged, and everything stays as it is.
    pub(crate) fn refresh(&self) {
        let _changing = self.changing();
        let source = match self.store.reload() {
            Ok(Some(source)) => source,
            Ok(None) => return,
            Err(error) => return tracing::error!(%error, "what was changed on disk is not taken in"),
        };
        match world_of(&self.identity, &source, self.store.as_ref()) {
            Ok(mut next) => {
                next.date_changes(&self.world());
                *self.world_mut() = next;
            }
            Err(error) => tracing::error!(%error, "what was changed on disk is not taken in"),
        }
    }
}
