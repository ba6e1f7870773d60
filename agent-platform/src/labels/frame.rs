//! Frames, and the spaces that have frames of their own.

use std::borrow::Cow;

use crate::json::{NodeId, member};

use super::classification::Classification;
use super::data_type::SpaceType;
use super::frame_index::IntoFrameIndex;
use super::geometry::Coordinates;
use super::index::{Blob, Idx, Place, Placement, SpaceRecord};
use super::object::{FrameObject, Object};
use super::row::LabelRow;

/// The labels of one frame, of the data or of a space. A frame without labels has none of either.
#[derive(Debug, Clone, Copy)]
pub struct FrameLabels<'r> {
    pub(crate) row: &'r LabelRow,
    pub(crate) place: Place,
    pub(crate) frame: u64,
}

impl<'r> FrameLabels<'r> {
    /// The frame, from 0.
    #[must_use]
    pub fn frame(&self) -> u64 {
        self.frame
    }

    fn blob(&self) -> Option<Idx<Blob>> {
        self.row.index.blob_at(self.place, self.frame)
    }

    /// The width and height of the frame in pixels, if the row or its entry in the listing says.
    #[must_use]
    pub fn size(&self) -> Option<(u64, u64)> {
        self.row.frame_size(self.place, self.frame)
    }

    /// The objects on the frame, in the order they are written.
    pub fn objects(&self) -> impl Iterator<Item = FrameObject<'r>> + use<'r> {
        let row = self.row;
        let blob = self.blob();
        let array = blob.and_then(|blob| row.index.blob(blob).objects);
        row.index.entries(&row.tree, array).filter_map(move |entry| {
            let object = Idx::from_tag(row.tree.tag(entry))?;
            Some(FrameObject { row, object, placement: Placement { blob: blob?, entry } })
        })
    }

    /// The objects of a class, by title or feature hash.
    pub fn objects_of_class(&self, class: &str) -> impl Iterator<Item = FrameObject<'r>> + use<'r> {
        let wanted = self.row.feature_of_class(class);
        let row = self.row;
        self.objects().filter(move |object| wanted.is_some() && row.index.object(object.object).feature == wanted)
    }

    /// The objects of a shape with their coordinates. Those that cannot be made sense of are left out; use
    /// [`Self::objects`] to meet them.
    pub fn shapes<S: Coordinates>(&self) -> impl Iterator<Item = (FrameObject<'r>, S)> + use<'r, S> {
        self.objects().filter_map(|object| Some((object, object.coordinates::<S>().ok()?)))
    }

    /// The classifications on the frame. Global ones are on every frame.
    pub fn classifications(&self) -> impl Iterator<Item = Classification<'r>> + use<'r> {
        let (row, place, frame) = (self.row, self.place, self.frame);
        row.classifications().filter(move |classification| classification.is_at(place, frame))
    }

    /// Returns another member of the frame, such as `metadata`, as JSON.
    #[must_use]
    pub fn member_json(&self, key: &str) -> Option<&'r str> {
        let node: NodeId = self.row.index.blob(self.blob()?).node;
        self.row.tree.member_text(node, key)
    }
}

/// One labelled file of a data group or scene (contract: `docs/contract/label-format.md#spaces`).
#[derive(Debug, Clone, Copy)]
pub struct Space<'r> {
    pub(crate) row: &'r LabelRow,
    pub(crate) place: Place,
}

impl<'r> Space<'r> {
    fn record(&self) -> Option<&'r SpaceRecord> {
        self.row.index.space(self.place)
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &'r str {
        self.record().map_or("", |space| &space.id)
    }

    /// The kind of file. Unknown and empty if only labels mention the space.
    #[must_use]
    pub fn space_type(&self) -> SpaceType {
        self.row.space_type(self.place)
    }

    /// Returns a member of the space, such as `child_info`, as JSON.
    #[must_use]
    pub fn member_json(&self, key: &str) -> Option<Cow<'r, str>> {
        let node = self.record()?.node?;
        self.row.tree.member(node, key).map(|node| self.row.tree.written(node))
    }

    /// Returns the number of frames, slices or pages, if it is known.
    #[must_use]
    pub fn number_of_frames(&self) -> Option<u64> {
        self.row.frame_count(self.place)
    }

    /// The labels of a frame of it, from 0. An image or point cloud has the frame 0 alone.
    #[must_use]
    pub fn frame(&self, frame: impl IntoFrameIndex) -> FrameLabels<'r> {
        FrameLabels { row: self.row, place: self.place, frame: frame.into_frame_index().0 }
    }

    /// The frames of it that have an entry, in order; some may be empty.
    pub fn frames(&self) -> impl Iterator<Item = FrameLabels<'r>> + use<'r> {
        self.row.frames_of(self.place)
    }

    /// The objects in it, on frames or over ranges.
    pub fn objects(&self) -> impl Iterator<Item = Object<'r>> + use<'r> {
        let (row, place, id) = (self.row, self.place, self.id());
        row.objects().filter(move |object| {
            let record = row.index.object(object.id);
            row.index.placements_in(&row.tree, object.id, place).next().is_some()
                || (record.ranged && member(object.json(), "spaces").is_some_and(|spaces| member(spaces, id).is_some()))
        })
    }
}
