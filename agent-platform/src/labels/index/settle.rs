//! Completion of the index once the whole row was read.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::json::Tree;

use super::scene::space_of_key;
use super::{Blob, Idx, Index, Place, Placement, ROOT, SpaceRecord};

impl Index {
    /// Determines the place and frame of each blob, and sorts placements. Returns the positions of frames whose key is
    /// written again further on; `None` if such a frame is in a run.
    pub(super) fn settle(&mut self, tree: &Tree, keys: Vec<(Idx<Blob>, Cow<'_, str>)>) -> Option<Vec<usize>> {
        for blob in &mut self.blobs {
            if let Some(unit) = blob.unit.map(|unit| &self.units[unit.position()])
                && unit.labels == Some(blob.node)
            {
                blob.frame = unit.sequence;
            }
        }
        self.settle_keys(tree, keys);
        for (index, space) in self.spaces.iter().enumerate() {
            self.space_ids.insert(space.id.clone(), Idx::new(index));
        }
        let superseded = self.settle_frames(tree)?;
        let positions: Vec<(Place, u64)> = self.blobs.iter().map(|blob| (blob.place, blob.frame)).collect();
        let position = |placement: &Placement| positions[placement.blob.position()];
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

    /// Determines the blob of each frame: the last, where there are several.
    fn settle_frames(&mut self, tree: &Tree) -> Option<Vec<usize>> {
        let mut superseded = Vec::new();
        let all = self.blobs.iter().enumerate().filter(|(_, blob)| !self.is_placeholder(tree, blob));
        let mut frames: Vec<((Place, u64), Idx<Blob>)> =
            all.map(|(index, blob)| ((blob.place, blob.frame), Idx::new(index))).collect();
        frames.sort_by_key(|(position, _)| *position);
        if self.runs_meet_others(&frames) {
            return None;
        }
        frames.dedup_by(|next, kept| {
            if next.0 != kept.0 {
                return false;
            }
            let (other, own) = (&self.blobs[kept.1.position()], &self.blobs[next.1.position()]);
            if tree.parent(other.node) == tree.parent(own.node) {
                superseded.push(tree.lead(other.node));
            }
            // The labels of a scene's image are in the unit, though the space has a place for them too.
            if own.place == ROOT || own.unit.is_some() || other.unit.is_none() {
                kept.1 = next.1;
            }
            true
        });
        // From a sorted list the map is made without gaps.
        self.by_frame = frames.into_iter().collect();
        Some(superseded)
    }

    /// Returns whether a frame of a run is also a frame of another blob. `blobs` are sorted by place and frame.
    fn runs_meet_others(&self, blobs: &[((Place, u64), Idx<Blob>)]) -> bool {
        blobs.iter().zip(blobs.iter().skip(1)).any(|((_, first), (_, second))| {
            let (first, second) = (self.blob(*first), self.blob(*second));
            let some_run = first.run > 0 || second.run > 0;
            some_run && first.place == second.place && second.frame - first.frame < first.frames()
        })
    }

    /// Returns whether a blob is the empty labels in the space of a scene image.
    fn is_placeholder(&self, tree: &Tree, blob: &Blob) -> bool {
        let image = |space: &SpaceRecord| {
            let kind = space.node.and_then(|node| tree.member(node, "space_type")).map(|node| tree.text(node));
            kind == Some("\"scene_image\"")
        };
        let empty = blob.objects.is_none_or(|objects| tree.children(objects).next().is_none());
        blob.unit.is_none() && empty && self.space(blob.place).is_some_and(image)
    }

    /// Finds the spaces of scene images, whose labels are in the unit under the image's stream and number.
    fn settle_keys(&mut self, tree: &Tree, keys: Vec<(Idx<Blob>, Cow<'_, str>)>) {
        if keys.is_empty() {
            return;
        }
        let mut by_key: HashMap<String, Place> = HashMap::new();
        for (index, space) in self.spaces.iter().enumerate() {
            for key in space_of_key(tree, space) {
                by_key.entry(key).or_insert(Place::from_space(Idx::new(index)));
            }
        }
        for (blob, key) in keys {
            let place = match by_key.get(key.as_ref()) {
                Some(place) => *place,
                None => {
                    // No member describes the space, but its labels are there.
                    let place = Place::from_space(Idx::new(self.spaces.len()));
                    self.spaces.push(SpaceRecord { id: key.as_ref().into(), node: None, labels: None });
                    by_key.insert(key.into_owned(), place);
                    place
                }
            };
            debug_assert_ne!(place, ROOT);
            self.blob_mut(blob).place = place;
        }
    }
}
