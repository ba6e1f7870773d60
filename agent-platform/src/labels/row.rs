//! The label row: one document, read once, edited in place.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::hash::{AsHash, DataHash, LabelHash};
use crate::json::{NodeId, Tree, boolean, string};
use crate::ontology::Ontology;

use super::data_type::{DataType, LabelStatus};
use super::empty::empty_row;
use super::error::RowError;
use super::index::{Index, Occupancy, build};
use super::metadata::RowMetadata;
use super::shared::Shared;
use super::timestamp::Timestamp;

/// The labels of one data unit: objects and classifications, frame by frame.
///
/// The text is read once, and only what is asked for is looked into. Writing gives the same text back, byte for byte;
/// after an edit only what the edit touched differs, so that nothing is lost that this crate does not know (contract:
/// `docs/contract/label-format.md#label-row` and `docs/contract/label-format.md#losses-on-save`).
///
/// Clones share what they can: cloning costs the same for every row. The first edit of a clone copies the index of what is
/// where, a fraction of the text, and never the text.
///
/// ```
/// use std::sync::Arc;
/// use agent_platform::labels::{BoundingBox, LabelRow};
/// use agent_platform::ontology::Ontology;
///
/// # let ontology = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
/// #     "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
/// # let text = r#"{"label_hash": "l", "data_hash": "d", "data_type": "image", "data_units": {"d": {"data_hash": "d",
/// #     "data_type": "image/png", "data_sequence": 0, "width": 10, "height": 10, "labels": {}}},
/// #     "object_answers": {}, "object_actions": {}, "classification_answers": {}}"#;
/// let ontology = Arc::new(Ontology::parse(ontology)?);
/// let mut row = LabelRow::parse(text, ontology)?;
///
/// let car = row.add("Car").bounding_box(0.1, 0.2, 0.3, 0.4).on(0)?.hash().to_owned();
/// for object in row.frame(0).objects_of_class("Car") {
///     assert_eq!(object.coordinates::<BoundingBox>()?.width, 0.3);
/// }
/// row.edit(&car)?.at(0)?.change::<BoundingBox>(|shape| shape.x += 0.01)?;
/// row.delete(&car)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct LabelRow {
    pub(crate) tree: Shared<Tree>,
    pub(crate) index: Shared<Index>,
    pub(crate) ontology: Arc<Ontology>,
    pub(crate) metadata: Option<Arc<RowMetadata>>,
    pub(crate) author: Option<String>,
    pub(crate) clock: Option<Timestamp>,
    pub(crate) occupancy: Option<Shared<Occupancy>>,
}

impl fmt::Debug for LabelRow {
    /// Not the labels: there may be megabytes of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("LabelRow");
        out.field("label_hash", &self.label_hash()).field("changed", &self.is_changed()).finish_non_exhaustive()
    }
}

impl LabelRow {
    /// Reads a label row. The ontology must be that of its project: edits are checked against it.
    ///
    /// # Errors
    /// Text that is not a JSON object, or more than 4 GiB of it.
    pub fn parse(text: impl Into<String>, ontology: Arc<Ontology>) -> Result<Self, RowError> {
        let (tree, index) = build(text.into())?;
        let (tree, index) = (Shared::new(tree), Shared::new(index));
        Ok(Self { tree, index, ontology, metadata: None, author: None, clock: None, occupancy: None })
    }

    /// The row of data that has none on the platform yet: as the platform would create it, but for its hash and times.
    ///
    /// It is read and edited as any other. Nothing is created on the platform: when the edits are worth it, create the
    /// row there and put them in with [`Self::with_labels_of`]. [`Self::is_on_platform`] tells such a row from others.
    ///
    /// `listing_entry` is the entry of the listing of label rows as JSON, from which the metadata of
    /// [`Self::with_metadata`] is taken too (contract: `docs/contract/endpoints.md#list-label-rows`,
    /// `docs/contract/endpoints.md#create-label-rows` and `docs/contract/label-format.md#label-row`). Ask the listing
    /// for `images_data`: without it the images of a group have no hashes and sizes of their own, so they take no
    /// masks.
    ///
    /// # Errors
    /// Text that is not JSON, an entry without `data_hash` or `data_type`, and one that names a label row: its labels
    /// are on the platform.
    pub fn empty(listing_entry: &str, ontology: Arc<Ontology>) -> Result<Self, RowError> {
        let row = Self::parse(empty_row(listing_entry)?, ontology)?;
        Ok(row.with_metadata(RowMetadata::parse(listing_entry)))
    }

    /// Adds what the listing says of the media, so that frames and sizes are checked against it.
    #[must_use]
    pub fn with_metadata(mut self, metadata: impl Into<Arc<RowMetadata>>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }

    /// Sets the author of later edits: an e-mail address or user id. Default: the platform fills in the user who saves.
    #[must_use]
    pub fn with_author(mut self, author: impl Into<String>) -> Self {
        self.author = Some(author.into());
        self
    }

    /// Dates the edits that follow with this moment instead of the clock's.
    #[must_use]
    pub fn with_time(mut self, time: Timestamp) -> Self {
        self.clock = Some(time);
        self
    }

    /// The row as JSON: byte for byte what was read, but for what was edited.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.tree.pieces().concat()
    }

    /// Returns the text that was read.
    #[must_use]
    pub fn original_json(&self) -> &str {
        self.tree.original()
    }

    /// Returns the row without the edits: parses the text that was read again, with the same ontology. The metadata of
    /// [`Self::with_metadata`] is not part of it.
    ///
    /// # Errors
    /// None that [`Self::parse`] did not return for the same text.
    pub fn original(&self) -> Result<Self, RowError> {
        Self::parse(self.original_json(), Arc::clone(&self.ontology))
    }

    /// Returns whether an edit has changed the row since it was read.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.tree.is_touched(Tree::ROOT)
    }

    /// Returns whether the platform has the row. A row made by [`Self::empty`] has no label hash and cannot be saved as it is.
    #[must_use]
    pub fn is_on_platform(&self) -> bool {
        !AsHash::<LabelHash>::as_hash(self).is_empty()
    }

    /// The ontology that edits are checked against.
    #[must_use]
    pub fn ontology(&self) -> &Arc<Ontology> {
        &self.ontology
    }

    /// Returns the metadata of the media, if it was given.
    #[must_use]
    pub fn metadata(&self) -> Option<&RowMetadata> {
        self.metadata.as_deref()
    }

    /// A member of the row as JSON, such as `export_history`: also those that this crate does not know.
    #[must_use]
    pub fn member_json(&self, key: &str) -> Option<Cow<'_, str>> {
        self.root(key).map(|node| self.tree.written(node))
    }

    pub(crate) fn root(&self, key: &str) -> Option<NodeId> {
        self.tree.member(Tree::ROOT, key)
    }

    fn text_of(&self, key: &str) -> Option<Cow<'_, str>> {
        self.root(key).and_then(|node| string(self.tree.text(node)))
    }

    /// The label hash: the identity of the row. Empty if it has none.
    #[must_use]
    pub fn label_hash(&self) -> LabelHash {
        AsHash::<LabelHash>::as_hash(self).into()
    }

    /// The hash of the data that is labelled, as written: mostly a UUID, which compares equal to its
    /// [`DataHash`]. Empty if there is none.
    #[must_use]
    pub fn data_hash(&self) -> Cow<'_, str> {
        self.text_of("data_hash").unwrap_or_default()
    }

    /// The title of the data.
    #[must_use]
    pub fn data_title(&self) -> Option<Cow<'_, str>> {
        self.text_of("data_title")
    }

    /// The hash of the dataset that the data is in.
    #[must_use]
    pub fn dataset_hash(&self) -> Option<Cow<'_, str>> {
        self.text_of("dataset_hash")
    }

    /// The title of the dataset.
    #[must_use]
    pub fn dataset_title(&self) -> Option<Cow<'_, str>> {
        self.text_of("dataset_title")
    }

    /// The branch that the row is on.
    #[must_use]
    pub fn branch_name(&self) -> Option<Cow<'_, str>> {
        self.text_of("branch_name")
    }

    /// The kind of data.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        DataType::from(self.text_of("data_type").unwrap_or_default().as_ref())
    }

    /// Returns the status of the labelling.
    #[must_use]
    pub fn label_status(&self) -> LabelStatus {
        LabelStatus::from(self.text_of("label_status").unwrap_or_default().as_ref())
    }

    /// When the row was created.
    #[must_use]
    pub fn created_at(&self) -> Option<Timestamp> {
        self.text_of("created_at").and_then(|text| Timestamp::parse(&text))
    }

    /// When the row was last edited.
    #[must_use]
    pub fn last_edited_at(&self) -> Option<Timestamp> {
        self.text_of("last_edited_at").and_then(|text| Timestamp::parse(&text))
    }

    /// Returns whether the platform has found the labels valid, if the row has that.
    #[must_use]
    pub fn is_valid(&self) -> Option<bool> {
        self.root("is_valid").and_then(|node| boolean(self.tree.text(node)))
    }

    /// Returns whether this is a continuous scene, whose frames are nanoseconds.
    #[must_use]
    pub fn is_continuous_scene(&self) -> bool {
        let scene = self.root("scene").map(|node| self.tree.text(node));
        scene.and_then(|scene| crate::json::member(scene, "isContinuous")) == Some("true")
    }
}

impl AsHash<LabelHash> for LabelRow {
    fn as_hash(&self) -> Cow<'_, str> {
        self.text_of("label_hash").unwrap_or_default()
    }
}

impl AsHash<DataHash> for LabelRow {
    fn as_hash(&self) -> Cow<'_, str> {
        self.data_hash()
    }
}
