//! The labels of a data unit or space, and the entries in them.

use std::borrow::Cow;

use crate::json::{JsonError, Member, NodeId, Scanner};

use super::{Builder, Result};
use crate::labels::index::run::skip_empty_frame;
use crate::labels::index::{Blob, Idx, Place, Placement, UnitRecord};

/// The place and unit of the labels that are being read.
#[derive(Clone, Copy)]
pub(in crate::labels::index) struct Location {
    pub(in crate::labels::index) place: Place,
    pub(in crate::labels::index) unit: Option<Idx<UnitRecord>>,
}

/// The members of an entry that the index needs.
#[derive(Default)]
pub(in crate::labels::index) struct EntryMembers<'t> {
    object: Option<Cow<'t, str>>,
    classification: Option<Cow<'t, str>>,
    pub(in crate::labels::index) feature: Option<Cow<'t, str>>,
    pub(in crate::labels::index) ranged: bool,
}

impl<'t> Builder<'t, '_> {
    /// Reads `labels`: the blob of the only frame, or a map from frames to blobs.
    pub(in crate::labels::index) fn labels(
        &mut self,
        scanner: &mut Scanner<'t>,
        parent: NodeId,
        member: &Member<'t>,
        location: Location,
    ) -> Result<NodeId> {
        let node = self.child(parent, member)?;
        let (mut only, mut framed, count) = (None, false, self.tree.count());
        self.map(scanner, node, |this, scanner, member| {
            let key = member.key.decode();
            if matches!(key.as_ref(), "objects" | "classifications" | "metadata") {
                let blob = *only.get_or_insert_with(|| this.blob(node, location));
                return this.blob_member(scanner, node, member, blob);
            }
            framed = true;
            this.frame(scanner, node, member, location, key)
        })?;
        if let Some(blob) = only.filter(|_| !framed) {
            self.forget_if_empty(blob, count);
        }
        Ok(node)
    }

    /// Reads one entry of a map from frames to blobs.
    fn frame(
        &mut self,
        scanner: &mut Scanner<'t>,
        labels: NodeId,
        member: &Member<'t>,
        location: Location,
        key: Cow<'t, str>,
    ) -> Result<()> {
        let frame = frame_key(&key);
        if let Some(frame) = frame.filter(|_| self.runs && skip_empty_frame(scanner)) {
            return self.run(labels, member, location, frame, scanner.at());
        }
        let node = self.child(labels, member)?;
        let blob = self.blob(node, location);
        match frame {
            Some(frame) => self.index.blob_mut(blob).frame = frame,
            None => self.keys.push((blob, key)),
        }
        let count = self.tree.count();
        self.object(scanner, node, |this, scanner, member| this.blob_member(scanner, node, member, blob))?;
        self.forget_if_empty(blob, count);
        Ok(())
    }

    /// Adds a frame without labels to the run before it, or to a new run.
    fn run(&mut self, labels: NodeId, member: &Member<'_>, location: Location, frame: u64, end: usize) -> Result<()> {
        let behind = self.tree.last_child(labels);
        if let Some(last) = self.index.blobs.last_mut()
            && behind == Some(last.node)
            && last.continues_at(frame)
        {
            last.run += 1;
            return self.tree.extend_run(last.node, end);
        }
        let node = self.child(labels, member)?;
        let blob = self.blob(node, location);
        let own = self.index.blob_mut(blob);
        (own.frame, own.run) = (frame, 1);
        self.tree.finish(node, end)
    }

    /// Drops the nodes of an empty frame, which are those from `count` on: rows have many empty frames.
    fn forget_if_empty(&mut self, blob: Idx<Blob>, count: usize) {
        let (own, tree) = (self.index.blob_mut(blob), &mut self.tree);
        let empty = |array: Option<NodeId>| array.is_none_or(|array| tree.children(array).next().is_none());
        if empty(own.objects) && empty(own.classifications) {
            (own.objects, own.classifications) = (None, None);
            tree.collapse(own.node, count);
        }
    }

    fn blob(&mut self, node: NodeId, location: Location) -> Idx<Blob> {
        let Location { place, unit } = location;
        self.index.add_blob(Blob { place, frame: 0, run: 0, node, objects: None, classifications: None, unit })
    }

    fn blob_member(
        &mut self,
        scanner: &mut Scanner<'t>,
        parent: NodeId,
        member: &Member<'t>,
        blob: Idx<Blob>,
    ) -> Result<()> {
        let key = member.key.decode();
        let objects = key == "objects";
        if !(objects || key == "classifications") || scanner.peek() != Some(b'[') {
            return self.leaf(scanner, parent, member).map(|_| ());
        }
        let array = self.child(parent, member)?;
        let tail = scanner.array(|scanner, member| {
            let (node, entry) = self.entry(scanner, array, member)?;
            if objects {
                self.object_entry(blob, node, entry);
            } else {
                self.classification_entry(blob, node, entry);
            };
            Ok::<(), JsonError>(())
        })?;
        self.tree.set_tail(array, tail)?;
        self.tree.finish(array, scanner.at())?;
        let blob = self.index.blob_mut(blob);
        if objects {
            blob.objects = Some(array);
        } else {
            blob.classifications = Some(array);
        }
        Ok(())
    }

    fn object_entry(&mut self, blob: Idx<Blob>, entry: NodeId, members: EntryMembers<'t>) {
        let Some(hash) = members.object else { return };
        let object = self.index.object_named(&hash);
        self.tree.set_tag(entry, object.tag());
        let feature = members.feature.map(|hash| self.index.feature_named(&hash));
        let record = self.index.met(object, Placement { blob, entry });
        // The first entry decides the class, over what the answers say.
        if record.placed == 1 && feature.is_some() {
            record.feature = feature;
        }
    }

    fn classification_entry(&mut self, blob: Idx<Blob>, entry: NodeId, members: EntryMembers<'t>) {
        let Some(hash) = members.classification else { return };
        let classification = self.index.classification_named(&hash);
        self.tree.set_tag(entry, classification.tag());
        let feature = members.feature.map(|hash| self.index.feature_named(&hash));
        let record = self.index.classification_mut(classification);
        if record.feature.is_none() {
            record.feature = feature;
        }
        record.placements.push(Placement { blob, entry });
    }

    /// Reads an entry, which stays one node.
    pub(in crate::labels::index) fn entry(
        &mut self,
        scanner: &mut Scanner<'t>,
        parent: NodeId,
        member: &Member<'t>,
    ) -> Result<(NodeId, EntryMembers<'t>)> {
        let node = self.child(parent, member)?;
        let mut entry = EntryMembers::default();
        if scanner.peek() == Some(b'{') {
            scanner.object(|scanner, member| {
                let key = member.key.decode();
                let wanted = match key.as_ref() {
                    "objectHash" => &mut entry.object,
                    "classificationHash" => &mut entry.classification,
                    "featureHash" => &mut entry.feature,
                    "range" | "range_html" | "spaces" => {
                        let start = scanner.at();
                        scanner.value()?;
                        entry.ranged |= key != "spaces" || scanner.slice(start..scanner.at()).len() > 2;
                        return Ok::<(), JsonError>(());
                    }
                    _ => return scanner.value(),
                };
                if scanner.peek() == Some(b'"') {
                    *wanted = Some(scanner.string()?.decode());
                    return Ok(());
                }
                scanner.value()
            })?;
        } else {
            scanner.value()?;
        }
        self.tree.finish(node, scanner.at())?;
        Ok((node, entry))
    }
}

/// Returns the frame that a key names. Only digits count, as the platform writes them.
fn frame_key(key: &str) -> Option<u64> {
    if key.bytes().all(|byte| byte.is_ascii_digit()) { key.parse().ok() } else { None }
}
