//! Spaces: the files of a group or scene.

use crate::labels::frame_index::FrameIndex;
use crate::labels::index::SpaceRecord;
use crate::labels::row::LabelRow;
use crate::labels::words::SpaceType;

use super::frame::FrameLabels;
use super::object::Object;

/// One labelled file of a data group or scene (contract: `label-format.md`, section 9).
#[derive(Debug, Clone, Copy)]
pub struct Space<'r> {
    pub(crate) row: &'r LabelRow,
    pub(crate) place: u32,
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

    /// What the row says of the space under `key`, such as `child_info`, as JSON.
    #[must_use]
    pub fn member_json(&self, key: &str) -> Option<std::borrow::Cow<'r, str>> {
        let node = self.record()?.node?;
        self.row.tree.member(node, key).map(|node| self.row.tree.written(node))
    }

    /// How many frames, slices or pages it has, if that is known.
    #[must_use]
    pub fn number_of_frames(&self) -> Option<u64> {
        self.row.frame_count(self.place)
    }

    /// The labels of a frame of it, from 0. An image or point cloud has the frame 0 alone.
    #[must_use]
    pub fn frame(&self, frame: impl Into<FrameIndex>) -> FrameLabels<'r> {
        FrameLabels { row: self.row, place: self.place, frame: frame.into().0 }
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
                || (record.ranged
                    && crate::json::member(object.json(), "spaces")
                        .is_some_and(|spaces| crate::json::member(spaces, id).is_some()))
        })
    }
}
