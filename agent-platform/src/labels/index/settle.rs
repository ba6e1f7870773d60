//! What can only be known once the whole row was read.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::json::Tree;

use super::scene::space_of_key;
use super::{Blob, Index, Placement, ROOT, SpaceRecord, id};

impl Index {
    /// Finds the place and frame of each blob, and puts placements in order. Gives where frames stand whose key is written
    /// again further on; nothing if there are such frames in runs.
    pub(super) fn settle(&mut self, tree: &Tree, keys: Vec<(u32, Cow<'_, str>)>) -> Option<Vec<usize>> {
        for blob in &mut self.blobs {
            if let Some(unit) = self.units.get(blob.unit as usize)
                && unit.labels == Some(blob.node)
            {
                blob.frame = unit.sequence;
            }
        }
        self.settle_keys(tree, keys);
        for (index, space) in self.spaces.iter().enumerate() {
            self.space_ids.insert(space.id.clone(), id(index) + 1);
        }
        let superseded = self.settle_frames(tree)?;
        let positions: Vec<(u32, u64)> = self.blobs.iter().map(|blob| (blob.place, blob.frame)).collect();
        let position = |placement: &Placement| positions[placement.blob as usize];
        for record in &mut self.objects {
            if !record.placements.is_sorted_by_key(position) {
                record.placements.sort_by_key(position);
            }
            record.placements.shrink_to_fit();
        }
        for record in &mut self.classifications {
            if !record.placements.is_sorted_by_key(position) {
                record.placements.sort_by_key(position);
            }
        }
        self.blobs.shrink_to_fit();
        self.objects.shrink_to_fit();
        Some(superseded)
    }

    /// Finds the blob of each frame: the last, where there are several.
    fn settle_frames(&mut self, tree: &Tree) -> Option<Vec<usize>> {
        let mut superseded = Vec::new();
        let all = self.blobs.iter().enumerate().filter(|(_, blob)| !self.is_placeholder(tree, blob));
        let mut frames: Vec<((u32, u64), u32)> =
            all.map(|(index, blob)| ((blob.place, blob.frame), id(index))).collect();
        frames.sort_by_key(|(position, _)| *position);
        if self.runs_meet_others(&frames) {
            return None;
        }
        frames.dedup_by(|next, kept| {
            if next.0 != kept.0 {
                return false;
            }
            let (other, own) = (&self.blobs[kept.1 as usize], &self.blobs[next.1 as usize]);
            if tree.parent(other.node) == tree.parent(own.node) {
                superseded.push(tree.lead(other.node));
            }
            // The labels of a scene's image are in the unit, though the space has a place for them too.
            if own.place == ROOT || own.unit != u32::MAX || other.unit == u32::MAX {
                kept.1 = next.1;
            }
            true
        });
        // From a sorted list the map is made without gaps.
        self.by_frame = frames.into_iter().collect();
        Some(superseded)
    }

    /// Whether a run has a frame that another blob has too; they come by place and frame.
    fn runs_meet_others(&self, blobs: &[((u32, u64), u32)]) -> bool {
        blobs.iter().zip(blobs.iter().skip(1)).any(|((_, first), (_, second))| {
            let (first, second) = (self.blob(*first), self.blob(*second));
            let some_run = first.run > 0 || second.run > 0;
            some_run && first.place == second.place && second.frame - first.frame < first.frames()
        })
    }

    /// The empty labels in the space of a scene's image.
    fn is_placeholder(&self, tree: &Tree, blob: &Blob) -> bool {
        let image = |space: &SpaceRecord| {
            let kind = space.node.and_then(|node| tree.member(node, "space_type")).map(|node| tree.text(node));
            kind == Some("\"scene_image\"")
        };
        let empty = blob.objects.is_none_or(|objects| tree.children(objects).next().is_none());
        blob.unit == u32::MAX && empty && self.space(blob.place).is_some_and(image)
    }

    /// Labels of a scene's images stand in the unit under the image's stream and number.
    fn settle_keys(&mut self, tree: &Tree, keys: Vec<(u32, Cow<'_, str>)>) {
        if keys.is_empty() {
            return;
        }
        let mut by_key: HashMap<String, u32> = HashMap::new();
        for (index, space) in self.spaces.iter().enumerate() {
            for key in space_of_key(tree, space) {
                by_key.entry(key).or_insert(id(index) + 1);
            }
        }
        for (blob, key) in keys {
            let place = match by_key.get(key.as_ref()) {
                Some(place) => *place,
                None => {
                    // Nobody describes it, but its labels are there.
                    self.spaces.push(SpaceRecord { id: key.as_ref().into(), node: None, labels: None });
                    let place = id(self.spaces.len());
                    by_key.insert(key.into_owned(), place);
                    place
                }
            };
            debug_assert_ne!(place, ROOT);
            self.blobs[blob as usize].place = place;
        }
    }
}
