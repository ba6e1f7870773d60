//! Entries: the places in the text that hold a label, and changes to them.

use std::sync::Arc;

use crate::hash::AsHash;
use crate::json::{NodeId, Tree, is_array, is_object, quote};
use crate::labels::data_type::{DataType, SpaceType};
use crate::labels::error::{EditError, ReadError};
use crate::labels::index::{Blob, Idx, ObjectRecord, Place, Placement, ROOT, UnitRecord, key_of_space};
use crate::labels::new_hash::new_hash;
use crate::labels::provenance::Provenance;
use crate::labels::row::LabelRow;
use crate::labels::timestamp::Timestamp;

/// A frame without labels.
const EMPTY_BLOB: &str = r#"{"objects":[],"classifications":[]}"#;

impl LabelRow {
    /// The moment that edits are dated with.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.unwrap_or_else(Timestamp::now)
    }

    /// Changes an entry, and notes who changed it and when, if anything did change.
    pub(crate) fn edit_entry(
        &mut self,
        node: NodeId,
        change: impl FnOnce(&mut Tree) -> Result<(), EditError>,
    ) -> Result<(), EditError> {
        self.edit_and_stamp_if(node, change, |_| true)
    }

    /// Changes an entry that says nothing of who edited it, such as the answers of an object on frames.
    pub(crate) fn edit_unsigned(
        &mut self,
        node: NodeId,
        change: impl FnOnce(&mut Tree) -> Result<(), EditError>,
    ) -> Result<(), EditError> {
        self.edit_and_stamp_if(node, change, |entry| entry.member(Tree::ROOT, "lastEditedAt").is_some())
    }

    fn edit_and_stamp_if(
        &mut self,
        node: NodeId,
        change: impl FnOnce(&mut Tree) -> Result<(), EditError>,
        is_signed: impl FnOnce(&Tree) -> bool,
    ) -> Result<(), EditError> {
        let mut entry = Tree::parse(self.tree.text(node))?;
        change(&mut entry)?;
        if entry.is_touched(Tree::ROOT) {
            if is_signed(&entry) {
                self.stamp(&mut entry)?;
            }
            self.tree.replace(node, &entry.render(Tree::ROOT))?;
        }
        Ok(())
    }

    /// Without an author, nobody is named: the platform fills in who saves.
    pub(crate) fn stamp(&self, entry: &mut Tree) -> Result<(), EditError> {
        entry.set(Tree::ROOT, "lastEditedAt", &quote(&self.now().to_string()))?;
        match &self.author {
            Some(author) => entry.set(Tree::ROOT, "lastEditedBy", &quote(author)).map(|_| ())?,
            None => entry.unset(Tree::ROOT, "lastEditedBy"),
        }
        Ok(())
    }

    /// Returns the provenance of a new label, with the author of this row if it names none.
    pub(crate) fn signed(&self, provenance: &Provenance) -> Provenance {
        let mut signed = provenance.clone();
        signed.author = signed.author.or_else(|| self.author.clone());
        signed
    }

    /// Returns an expanded object below a node. Adds it if it is missing.
    pub(crate) fn map_below(&mut self, parent: NodeId, key: &str) -> Result<NodeId, EditError> {
        if !is_object(self.tree.text(parent)) {
            let what =
                ReadError::Malformed { hash: self.label_hash().to_string(), what: format!("what {key} belongs in") };
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

    /// Appends the entry of a hash to a map of answers, such as `object_answers`. Adds the map if it is missing.
    pub(crate) fn append_answers(&mut self, map: &str, hash: &str, text: &str) -> Result<NodeId, EditError> {
        let map = self.map_below(Tree::ROOT, map)?;
        Ok(self.tree.append(map, Some(hash), text)?)
    }

    /// The `labels` of a data unit or space.
    fn labels_of(&mut self, place: Place, unit: Option<Idx<UnitRecord>>) -> Result<NodeId, EditError> {
        let unit_record = unit.map(|unit| self.index.unit(unit));
        let (known, parent) = match self.index.space(place) {
            Some(space) => (space.labels, space.node),
            None => (unit_record.and_then(|unit| unit.labels), unit_record.map(|unit| unit.node)),
        };
        if let Some(labels) = known.filter(|labels| is_object(self.tree.text(*labels))) {
            self.tree.expand(labels)?;
            return Ok(labels);
        }
        let Some(parent) = parent else {
            return Err(EditError::NotOnThisMedia { media: self.medium_name(place), what: "labels".to_owned() });
        };
        let labels = self.map_below(parent, "labels")?;
        match (place.space(), unit) {
            (Some(space), _) => self.index.spaces[space.position()].labels = Some(labels),
            (None, Some(unit)) => self.index.unit_mut(unit).labels = Some(labels),
            (None, None) => {}
        }
        Ok(labels)
    }

    /// Returns the blob of a frame. Adds it if it is missing.
    pub(crate) fn blob_for(&mut self, place: Place, frame: u64) -> Result<Idx<Blob>, EditError> {
        if let Some(blob) = self.index.split_run_at(&mut self.tree, place, frame)? {
            return Ok(blob);
        }
        let in_unit = place == ROOT || self.space_type(place) == SpaceType::SceneImage;
        let unit = if place == ROOT { self.unit_of(frame) } else { self.index.first_unit() };
        if place == ROOT && unit.is_none() {
            return Err(EditError::FrameOutOfRange { frame, frames: self.index.units.len() as u64 });
        }
        let labels = self.labels_of(if in_unit { ROOT } else { place }, unit)?;
        let flat = match self.index.space(place) {
            None => matches!(self.data_type(), DataType::Image | DataType::ImageGroup | DataType::Group),
            Some(_) => self.space_type(place) == SpaceType::PointCloud,
        };
        let node = if flat { labels } else { self.new_frame(labels, place, frame)? };
        self.tree.expand(node)?;
        let unit = unit.filter(|_| in_unit);
        let (objects, classifications) = (self.array_in(node, "objects"), self.array_in(node, "classifications"));
        let id = self.index.add_blob(Blob { place, frame, run: 0, node, objects, classifications, unit });
        self.index.by_frame.insert((place, frame), id);
        for key in ["objects", "classifications"] {
            self.array_of(id, key)?;
        }
        Ok(id)
    }

    /// A new frame in a map of frames, behind the frame before it.
    fn new_frame(&mut self, labels: NodeId, place: Place, frame: u64) -> Result<NodeId, EditError> {
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
        self.tree.member(blob, key).filter(|node| is_array(self.tree.text(*node)))
    }

    /// Returns the expanded array of a blob. Adds it if it is missing.
    pub(crate) fn array_of(&mut self, blob: Idx<Blob>, key: &str) -> Result<NodeId, EditError> {
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
        let own = self.index.blob_mut(blob);
        if key == "objects" {
            own.objects = Some(array);
        } else {
            own.classifications = Some(array);
        }
        Ok(array)
    }

    /// Puts a new entry of an object into a blob.
    pub(crate) fn put_object_entry(
        &mut self,
        object: Idx<ObjectRecord>,
        blob: Idx<Blob>,
        text: &str,
    ) -> Result<NodeId, EditError> {
        let array = self.array_of(blob, "objects")?;
        let entry = self.tree.append(array, None, text)?;
        self.tree.set_tag(entry, object.tag());
        self.index.add_object_placement(&self.tree, object, Placement { blob, entry });
        Ok(entry)
    }

    /// Returns a hash that no object or classification of the row has: the given one, or a new one.
    ///
    /// # Errors
    /// The given hash is taken.
    pub(crate) fn free_hash<H: AsHash<H> + From<String>>(&self, wanted: Option<H>) -> Result<H, EditError> {
        let taken = |hash: &str| self.index.object_id(hash).is_some() || self.index.classification_id(hash).is_some();
        if let Some(hash) = wanted {
            if taken(&hash.as_hash()) {
                return Err(EditError::HashTaken { hash: hash.as_hash().into_owned() });
            }
            return Ok(hash);
        }
        let mut hash = new_hash();
        while taken(&hash) {
            hash = new_hash();
        }
        Ok(hash.into())
    }

    /// The place of an optional space.
    pub(crate) fn place_or_refuse(&self, space: Option<&str>) -> Result<Place, EditError> {
        self.place(space).map_err(|error: ReadError| EditError::Read(error))
    }

    /// The id of a place's space.
    pub(crate) fn space_id(&self, place: Place) -> Option<Arc<str>> {
        self.index.space(place).map(|space| space.id.clone())
    }
}

/// Takes a space out of the `spaces` of an answers entry.
pub(crate) fn drop_space(entry: &mut Tree, space: &str) -> Result<(), EditError> {
    let Some(spaces) = entry.member(Tree::ROOT, "spaces").filter(|node| is_object(entry.text(*node))) else {
        return Ok(());
    };
    entry.expand(spaces)?;
    entry.unset(spaces, space);
    Ok(())
}
