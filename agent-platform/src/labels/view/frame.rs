//! The labels of one frame.

use crate::json::NodeId;
use crate::labels::geometry::Coordinates;
use crate::labels::index::{Placement, ROOT};
use crate::labels::row::LabelRow;

use super::classification::Classification;
use super::object::FrameObject;

/// The labels of one frame, of the data or of a space. A frame without labels has none of either.
#[derive(Debug, Clone, Copy)]
pub struct FrameLabels<'r> {
    pub(crate) row: &'r LabelRow,
    pub(crate) place: u32,
    pub(crate) frame: u64,
}

impl<'r> FrameLabels<'r> {
    /// The frame, from 0.
    #[must_use]
    pub fn frame(&self) -> u64 {
        self.frame
    }

    fn blob(&self) -> Option<u32> {
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
            let object = row.tree.tag(entry);
            let known = object != u32::MAX;
            known.then_some(FrameObject { row, object, placement: Placement { blob: blob?, entry } })
        })
    }

    /// The objects of a class, by title or feature hash.
    pub fn objects_of_class(&self, class: &str) -> impl Iterator<Item = FrameObject<'r>> + use<'r> {
        let wanted = self.row.feature_of_class(class);
        let row = self.row;
        self.objects().filter(move |object| wanted.is_some() && Some(row.index.object(object.object).feature) == wanted)
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

    /// What else is written for the frame under `key`, such as `metadata`, as JSON.
    #[must_use]
    pub fn member_json(&self, key: &str) -> Option<&'r str> {
        let node: NodeId = self.row.index.blob(self.blob()?).node;
        self.row.tree.member_text(node, key)
    }

    /// Whether this is a frame of the data itself and not of a space.
    #[must_use]
    pub fn is_in_space(&self) -> bool {
        self.place != ROOT
    }
}
