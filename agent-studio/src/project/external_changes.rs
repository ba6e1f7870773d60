//! Detection of changes that other programs made to a served project.

use super::data::Data;
use super::listing_filter::ListingFilter;
use super::loaded_project::{Project, load_world};

impl Project {
    /// Returns whether another program changed data, or label rows that this filter may match.
    pub(crate) fn listing_has_changed(&self, filter: &ListingFilter) -> bool {
        let world = self.world();
        match &filter.data_hashes {
            Some(hashes) => {
                self.store.has_changed(&mut hashes.iter().filter_map(|hash| world.data(hash)).flat_map(rows))
            }
            None => self.store.has_changed(&mut world.data.iter().flat_map(rows)),
        }
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

/// Returns the label rows of a data unit, each with its branch.
fn rows(data: &Data) -> impl Iterator<Item = (&Data, &str)> {
    data.rows.keys().map(move |branch| (data, branch.as_str()))
}
