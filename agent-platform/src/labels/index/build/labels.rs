//! The labels of a data unit or space, and the entries in them.

use std::borrow::Cow;

use crate::json::{JsonError, Member, NodeId, Scanner};

use super::{Builder, Result};
use crate::labels::index::run::passes_nothing;
use crate::labels::index::{Blob, Placement, id};

/// Where the labels that are being read belong.
#[derive(Clone, Copy)]
pub(in crate::labels::index) struct Home {
    pub(in crate::labels::index) place: u32,
    pub(in crate::labels::index) unit: u32,
}

/// What a member of an entry tells.
#[derive(Default)]
pub(in crate::labels::index) struct Entry<'t> {
    object: Option<Cow<'t, str>>,
    classification: Option<Cow<'t, str>>,
    pub(in crate::labels::index) feature: Option<Cow<'t, str>>,
    pub(in crate::labels::index) ranged: bool,
}

impl<'t> Builder<'t, '_> {
    /// Either the blob of the one frame, or a map from frames to blobs.
    pub(in crate::labels::index) fn labels(
        &mut self,
        scanner: &mut Scanner<'t>,
        parent: NodeId,
        member: &Member<'t>,
        home: Home,
    ) -> Result<NodeId> {
        let node = self.child(parent, member)?;
        let (mut only, mut framed, count) = (None, false, self.tree.count());
        self.map(scanner, node, |this, scanner, member| {
            let key = member.key.decode();
            if matches!(key.as_ref(), "objects" | "classifications" | "metadata") {
                let blob = *only.get_or_insert_with(|| this.blob(node, home));
                return this.blob_member(scanner, node, member, blob);
            }
            framed = true;
            this.frame(scanner, node, member, home, key)
        })?;
        if let Some(blob) = only.filter(|_| !framed) {
            self.forget_if_empty(blob, count);
        }
        Ok(node)
    }

    /// One entry of a map from frames to blobs.
    fn frame(
        &mut self,
        scanner: &mut Scanner<'t>,
        labels: NodeId,
        member: &Member<'t>,
        home: Home,
        key: Cow<'t, str>,
    ) -> Result<()> {
        let frame = frame_key(&key);
        if let Some(frame) = frame.filter(|_| self.runs && passes_nothing(scanner)) {
            return self.run(labels, member, home, frame, scanner.at());
        }
        let node = self.child(labels, member)?;
        let blob = self.blob(node, home);
        match frame {
            Some(frame) => self.index.blobs[blob as usize].frame = frame,
            None => self.keys.push((blob, key)),
        }
        let count = self.tree.count();
        self.object(scanner, node, |this, scanner, member| this.blob_member(scanner, node, member, blob))?;
        self.forget_if_empty(blob, count);
        Ok(())
    }

    /// A frame without labels: in the run of those before it, or in a new one.
    fn run(&mut self, labels: NodeId, member: &Member<'_>, home: Home, frame: u64, end: usize) -> Result<()> {
        let behind = self.tree.last_child(labels);
        if let Some(last) = self.index.blobs.last_mut()
            && behind == Some(last.node)
            && last.runs_on_to(frame)
        {
            last.run += 1;
            return self.tree.stretch(last.node, end);
        }
        let node = self.child(labels, member)?;
        let blob = self.blob(node, home);
        let own = &mut self.index.blobs[blob as usize];
        (own.frame, own.run) = (frame, 1);
        self.tree.finish(node, end)
    }

    /// Rows have many empty frames: nothing is kept of what is in them, which are the nodes from `count` on.
    fn forget_if_empty(&mut self, blob: u32, count: usize) {
        let (own, tree) = (&mut self.index.blobs[blob as usize], &mut self.tree);
        let empty = |array: Option<NodeId>| array.is_none_or(|array| tree.children(array).next().is_none());
        if empty(own.objects) && empty(own.classifications) {
            (own.objects, own.classifications) = (None, None);
            tree.collapse(own.node, count);
        }
    }

    fn blob(&mut self, node: NodeId, home: Home) -> u32 {
        let Home { place, unit } = home;
        self.index.blobs.push(Blob { place, frame: 0, run: 0, node, objects: None, classifications: None, unit });
        id(self.index.blobs.len() - 1)
    }

    fn blob_member(&mut self, scanner: &mut Scanner<'t>, parent: NodeId, member: &Member<'t>, blob: u32) -> Result<()> {
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
        let blob = &mut self.index.blobs[blob as usize];
        if objects {
            blob.objects = Some(array);
        } else {
            blob.classifications = Some(array);
        }
        Ok(())
    }

    fn object_entry(&mut self, blob: u32, entry: NodeId, told: Entry<'t>) {
        let Some(hash) = told.object else { return self.tree.set_tag(entry, u32::MAX) };
        let object = self.index.object_named(&hash);
        self.tree.set_tag(entry, object);
        let feature = told.feature.map_or(u32::MAX, |hash| self.index.feature_named(&hash));
        let record = self.index.met(object, Placement { blob, entry });
        // The first entry decides the class, over what the answers say.
        if record.placed == 1 && feature != u32::MAX {
            record.feature = feature;
        }
    }

    fn classification_entry(&mut self, blob: u32, entry: NodeId, told: Entry<'t>) {
        let Some(hash) = told.classification else { return self.tree.set_tag(entry, u32::MAX) };
        let classification = self.index.classification_named(&hash);
        self.tree.set_tag(entry, classification);
        let feature = told.feature.map_or(u32::MAX, |hash| self.index.feature_named(&hash));
        let record = self.index.classification_mut(classification);
        if record.feature == u32::MAX {
            record.feature = feature;
        }
        record.placements.push(Placement { blob, entry });
    }

    /// Passes an entry, which stays one node.
    pub(in crate::labels::index) fn entry(
        &mut self,
        scanner: &mut Scanner<'t>,
        parent: NodeId,
        member: &Member<'t>,
    ) -> Result<(NodeId, Entry<'t>)> {
        let node = self.child(parent, member)?;
        let mut entry = Entry::default();
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

/// The frame that a key stands for: only digits, as the platform writes them.
fn frame_key(key: &str) -> Option<u64> {
    if key.bytes().all(|byte| byte.is_ascii_digit()) { key.parse().ok() } else { None }
}
