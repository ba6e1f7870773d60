//! Detection of changes that other programs made to a served project.

use super::data::Data;
use super::listing_filter::ListingFilter;
use super::loaded_project::{Project, load_world};

impl Project {
    /// Returns whether another program changed data, or label rows that this filter may match.
    pub(crate) fn listing_has_changed(&self, filter: &ListingFilter) -> bool {
        let world = self.world();
        let wanted = |data: &&Data| filter.data_hashes.as_ref().is_none_or(|hashes| hashes.contains(&data.hash));
        let rows = world.data.iter().filter(wanted);
        self.store.has_changed(&mut rows.flat_map(|data| data.rows.keys().map(move |branch| (data, branch.as_str()))))
    }

    /// Returns whether another program changed data, or one of these label rows.
    pub(crate) fn rows_have_changed(&self, label_hashes: &[String]) -> bool {
        let world = self.world();
        self.store.has_changed(&mut label_hashes.iter().filter_map(|hash| world.locate(hash)))
    }

    /// Reloads the project. On an error, logs it and keeps the current state.
    pub(crate) fn refresh(&self) {
        let _guard = self.lock_changes();
        let source = match self.store.reload() {
            Ok(Some(source)) => source,
            Ok(None) => return,
            Err(error) => return tracing::error!(%error, "cannot reload changes from disk"),
        };
        match load_world(&self.identity, &source, self.store.as_ref()) {
            Ok(mut next) => {
                next.update_edit_times(&self.world());
                *self.world_mut() = next;
            }
            Err(error) => tracing::error!(%error, "cannot reload changes from disk"),
        }
    }
}
