//! Making room: the blob of a frame, the entry of an object's answers.

use crate::json::{NodeId, Tree, is_object, quote};
use crate::labels::error::{EditError, ReadError};
use crate::labels::index::{Blob, Placement, ROOT, key_of_space};
use crate::labels::row::LabelRow;
use crate::labels::words::{DataType, SpaceType};

/// A frame without labels.
const EMPTY_BLOB: &str = r#"{"objects":[],"classifications":[]}"#;

impl LabelRow {
    /// An expanded object below a node; made where there is none.
    pub(crate) fn map_below(&mut self, parent: NodeId, key: &str) -> Result<NodeId, EditError> {
        if !is_object(self.tree.text(parent)) {
            let what =
                ReadError::Malformed { hash: self.label_hash().into_owned(), what: format!("what {key} belongs in") };
            return Err(what.into());
        }
        let node = match self.tree.member(parent, key) {
            Some(node) => node,
            None => self.tree.append(parent, Some(key), "{}")?,
        };
        if !is_object(self.tree.text(node)) {
            self.tree.replace(node, "{}")?;
        }
        self.tree.expand(node)?;
        Ok(node)
    }

    /// The `labels` of a data unit or space.
    fn labels_of(&mut self, place: u32, unit: u32) -> Result<NodeId, EditError> {
        let known = match self.index.space(place) {
            Some(space) => space.labels,
            None => self.index.units.get(unit as usize).and_then(|unit| unit.labels),
        };
        if let Some(labels) = known.filter(|labels| is_object(self.tree.text(*labels))) {
            self.tree.expand(labels)?;
            return Ok(labels);
        }
        let parent = match self.index.space(place) {
            Some(space) => space.node,
            None => self.index.units.get(unit as usize).map(|unit| unit.node),
        };
        let Some(parent) = parent else {
            return Err(EditError::NotOnThisMedia { media: self.medium_name(place), what: "labels".to_owned() });
        };
        let labels = self.map_below(parent, "labels")?;
        match place.checked_sub(1) {
            Some(space) => self.index.spaces[space as usize].labels = Some(labels),
            None => self.index.units[unit as usize].labels = Some(labels),
        }
        Ok(labels)
    }

    /// The blob of a frame; made where there is none.
    pub(crate) fn blob_for(&mut self, place: u32, frame: u64) -> Result<u32, EditError> {
        if let Some(blob) = self.index.blob_taken_out(&mut self.tree, place, frame)? {
            return Ok(blob);
        }
        let in_unit = place == ROOT || self.space_type(place) == SpaceType::SceneImage;
        let unit = if place == ROOT { self.unit_of(frame) } else { Some(0) };
        let Some(unit) = unit else {
            return Err(EditError::FrameOutOfRange { frame, frames: self.index.units.len() as u64 });
        };
        let labels = self.labels_of(if in_unit { ROOT } else { place }, unit)?;
        let flat = match self.index.space(place) {
            None => matches!(self.data_type(), DataType::Image | DataType::ImageGroup | DataType::Group),
            Some(_) => self.space_type(place) == SpaceType::PointCloud,
        };
        let node = if flat { labels } else { self.new_frame(labels, place, frame)? };
        self.tree.expand(node)?;
        let id = u32::try_from(self.index.blobs.len()).unwrap_or(u32::MAX);
        let unit = if in_unit { unit } else { u32::MAX };
        let (objects, classifications) = (self.array_in(node, "objects"), self.array_in(node, "classifications"));
        self.index.blobs.push(Blob { place, frame, run: 0, node, objects, classifications, unit });
        self.index.by_frame.insert((place, frame), id);
        for key in ["objects", "classifications"] {
            self.array_of(id, key)?;
        }
        Ok(id)
    }

    /// A new frame in a map of frames, behind the frame before it.
    fn new_frame(&mut self, labels: NodeId, place: u32, frame: u64) -> Result<NodeId, EditError> {
        let scene_image = self.index.space(place).filter(|_| self.space_type(place) == SpaceType::SceneImage);
        let key = scene_image.map_or_else(|| frame.to_string(), |space| key_of_space(&self.tree, space));
        let mut before = self.index.by_frame.range(..(place, frame)).rev().take_while(|((own, _), _)| *own == place);
        let before = before.next().map(|(_, blob)| self.index.blob(*blob).node);
        let first = self.index.by_frame.range((place, frame)..=(place, u64::MAX)).next().is_some();
        Ok(match before {
            Some(before) if !self.tree.is_removed(before) => {
                self.tree.insert(labels, Some(before), Some(&key), EMPTY_BLOB)?
            }
            None if first && scene_image.is_none() => self.tree.insert(labels, None, Some(&key), EMPTY_BLOB)?,
            _ => self.tree.append(labels, Some(&key), EMPTY_BLOB)?,
        })
    }

    fn array_in(&self, blob: NodeId, key: &str) -> Option<NodeId> {
        self.tree.member(blob, key).filter(|node| crate::json::is_array(self.tree.text(*node)))
    }

    /// The expanded array of a blob; made where there is none.
    pub(crate) fn array_of(&mut self, blob: u32, key: &str) -> Result<NodeId, EditError> {
        let node = self.index.blob(blob).node;
        if !is_object(self.tree.text(node)) {
            self.tree.replace(node, "{}")?;
        }
        self.tree.expand(node)?;
        let array = match self.array_in(node, key) {
            Some(array) => array,
            None => self.tree.set(node, key, "[]")?,
        };
        self.tree.expand(array)?;
        let own = &mut self.index.blobs[blob as usize];
        if key == "objects" {
            own.objects = Some(array);
        } else {
            own.classifications = Some(array);
        }
        Ok(array)
    }

    /// Puts a new entry of an object into a blob.
    pub(crate) fn put_object_entry(&mut self, object: u32, blob: u32, text: &str) -> Result<NodeId, EditError> {
        let array = self.array_of(blob, "objects")?;
        let entry = self.tree.append(array, None, text)?;
        self.tree.set_tag(entry, object);
        self.index.add_object_placement(&self.tree, object, Placement { blob, entry });
        Ok(entry)
    }

    /// The hash of an object, unless an earlier call of the same edit deleted it.
    fn hash_of_live(&self, object: u32) -> Result<std::sync::Arc<str>, EditError> {
        let hash = self.index.object(object).hash.clone();
        if self.index.object_id(&hash) == Some(object) {
            return Ok(hash);
        }
        Err(ReadError::NoObject { hash: hash.to_string() }.into())
    }

    /// The entry of an object in `object_answers`. Adds it if it is missing.
    pub(crate) fn answers_entry(&mut self, object: u32) -> Result<NodeId, EditError> {
        if let Some(node) = self.index.object(object).answers {
            return Ok(node);
        }
        let hash = self.hash_of_live(object)?;
        let map = self.map_below(Tree::ROOT, "object_answers")?;
        let text = format!(r#"{{"objectHash":{},"classifications":[]}}"#, quote(&hash));
        let node = self.tree.append(map, Some(&hash), &text)?;
        self.index.object_mut(object).answers = Some(node);
        Ok(node)
    }

    /// The entry of an object in `object_actions`. Adds it if it is missing.
    pub(crate) fn actions_entry(&mut self, object: u32) -> Result<NodeId, EditError> {
        if let Some(node) = self.index.object(object).actions {
            return Ok(node);
        }
        let hash = self.hash_of_live(object)?;
        let map = self.map_below(Tree::ROOT, "object_actions")?;
        let text = format!(r#"{{"objectHash":{},"actions":[]}}"#, quote(&hash));
        let node = self.tree.append(map, Some(&hash), &text)?;
        self.index.object_mut(object).actions = Some(node);
        Ok(node)
    }

    /// A hash that nothing in the row has.
    pub(crate) fn free_hash(&self, wanted: Option<String>) -> Result<String, EditError> {
        let taken = |hash: &str| self.index.object_id(hash).is_some() || self.index.classification_id(hash).is_some();
        match wanted {
            Some(hash) if taken(&hash) => Err(EditError::HashTaken { hash }),
            Some(hash) => Ok(hash),
            None => {
                let mut hash = crate::labels::hash::new_hash();
                while taken(&hash) {
                    hash = crate::labels::hash::new_hash();
                }
                Ok(hash)
            }
        }
    }

    /// The place of an optional space.
    pub(crate) fn place_or_refuse(&self, space: Option<&str>) -> Result<u32, EditError> {
        self.place(space).map_err(|error: ReadError| EditError::Read(error))
    }
}
