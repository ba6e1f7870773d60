//! The label row that an agent works on, as its attribute configures it.

use agent_platform::client::{LabelRowFilter, ReadLabels};
use agent_platform::hash::DataHash;

/// Which label row an agent works on, and what is read with it: the keys of `#[editor_agent]` that begin with the label
/// row's matters. [`WHOLE`](Self::WHOLE) unless the attribute says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelRowRequest {
    /// `branch = "name"`: the labels of this branch instead of `main`.
    pub branch: Option<&'static str>,
    /// `client_metadata`: with the client metadata of the data.
    pub client_metadata: bool,
    /// `images_data`: with the images of an image group.
    pub images_data: bool,
    /// `children`: the listing also finds data inside of groups.
    pub children: bool,
    /// `reviews`: objects and classifications with their reviews.
    pub reviews: bool,
    /// `signed_urls`: the links of the data units as signed URLs. What is read so cannot be saved: the URL would be written
    /// back.
    pub signed_urls: bool,
    /// `only_objects = ["feature hash"]`: only objects of these classes. What is read so cannot be saved: the others would
    /// be gone.
    pub only_objects: Option<&'static [&'static str]>,
    /// `only_classifications = ["feature hash"]`: the same for classifications.
    pub only_classifications: Option<&'static [&'static str]>,
}

/// Treatment of a label row that somebody else saved while an agent worked on it.
///
/// This is decided by the check before the save. After an acknowledged save the agent never runs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnConflict {
    /// `on_conflict = "refuse"`, the default: nothing is saved, and the annotator gets a 409.
    Refuse,
    /// `on_conflict = "retry"`: the row is read again and the agent runs again, at most [`Self::RERUNS`] times.
    Retry,
    /// `on_conflict = "merge"`: the edits are rebased on the newer row, if nobody else changed the same entries. An entry is an
    /// object on a frame, the answers of an object, or a classification instance. If somebody did, nothing is saved, and the
    /// annotator gets a 409.
    ///
    /// For agents that take longer than annotators pause. The agent does not see the newer row: what it concluded from the
    /// older one stays. Use `"retry"` if its edits depend on the labels of others, such as their number.
    Merge,
}

impl OnConflict {
    /// Maximum number of reruns after a conflict. The next conflict is a 409.
    pub const RERUNS: u32 = 3;
}

impl LabelRowRequest {
    /// The whole row on the branch `main`.
    pub const WHOLE: Self = Self {
        branch: None,
        client_metadata: false,
        images_data: false,
        children: false,
        reviews: false,
        signed_urls: false,
        only_objects: None,
        only_classifications: None,
    };

    /// The key that keeps what is read from being saved, if there is one.
    #[must_use]
    pub fn unsavable(&self) -> Option<&'static str> {
        let keys = [
            ("only_objects", self.only_objects.is_some()),
            ("only_classifications", self.only_classifications.is_some()),
            ("signed_urls", self.signed_urls),
        ];
        keys.into_iter().find_map(|(key, given)| given.then_some(key))
    }

    pub(crate) fn filter(&self, data: DataHash) -> LabelRowFilter {
        let filter = LabelRowFilter {
            include_client_metadata: self.client_metadata,
            include_images_data: self.images_data,
            include_children: self.children,
            branch_name: self.branch.map(ToOwned::to_owned),
            ..LabelRowFilter::default()
        };
        filter.data_hashes([data])
    }

    pub(crate) fn read(&self) -> ReadLabels {
        let hashes = |hashes: &[&str]| hashes.iter().map(|hash| (*hash).into()).collect();
        ReadLabels {
            get_signed_url: self.signed_urls,
            include_object_feature_hashes: self.only_objects.map(hashes),
            include_classification_feature_hashes: self.only_classifications.map(hashes),
            include_reviews: self.reviews,
            ..ReadLabels::default()
        }
    }
}
