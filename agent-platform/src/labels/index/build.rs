//! The one pass over the text of a label row.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::json::{JsonError, Member, NodeId, Scanner, Tree, unsigned};

use super::run::passes_nothing;
use super::seen::Seen;
use super::{Blob, Index, Placement, SpaceRecord, UnitRecord, id};

type Result<T> = std::result::Result<T, JsonError>;

/// Reads a label row: a node for whatever an edit can touch, and where everything is.
pub(crate) fn build(text: String) -> Result<(Tree, Index)> {
    let text = Arc::new(text);
    let mut superseded = HashSet::new();
    let mut runs = true;
    loop {
        let mut builder = Builder::new(&text, &superseded, runs)?;
        let mut scanner = Scanner::new(&text);
        scanner.space();
        builder.row(&mut scanner)?;
        scanner.end()?;
        let Builder { mut tree, mut index, keys, mut found, .. } = builder;
        tree.fit();
        // Of a key that is written twice the last counts. It is seldom enough to start again for it.
        match index.settle(&tree, keys) {
            Some(again) => found.extend(again),
            None => {
                runs = false;
                continue;
            }
        }
        if found.len() == superseded.len() {
            return Ok((tree, index));
        }
        superseded = found;
    }
}

struct Builder<'t, 's> {
    tree: Tree,
    index: Index,
    /// Label keys that are no numbers, with their blobs.
    keys: Vec<(u32, Cow<'t, str>)>,
    superseded: &'s HashSet<usize>,
    found: HashSet<usize>,
    /// Whether frames without labels are kept as runs.
    runs: bool,
}

/// Where the labels that are being read belong.
#[derive(Clone, Copy)]
struct Home {
    place: u32,
    unit: u32,
}

/// What a member of an entry tells.
#[derive(Default)]
struct Entry<'t> {
    object: Option<Cow<'t, str>>,
    classification: Option<Cow<'t, str>>,
    feature: Option<Cow<'t, str>>,
    ranged: bool,
}

impl<'t, 's> Builder<'t, 's> {
    fn new(text: &Arc<String>, superseded: &'s HashSet<usize>, runs: bool) -> Result<Self> {
        let (index, found) = (Index::default(), superseded.clone());
        Ok(Self { tree: Tree::new(text.clone())?, index, keys: Vec::new(), superseded, found, runs })
    }

    /// Passes a member, with a node of its own; `visit` is given each of its members if it is an object.
    fn object(
        &mut self,
        scanner: &mut Scanner<'t>,
        node: NodeId,
        mut visit: impl FnMut(&mut Self, &mut Scanner<'t>, &Member<'t>) -> Result<()>,
    ) -> Result<()> {
        let mut seen = Seen::default();
        self.map(scanner, node, |this, scanner, member| {
            if let Some(before) = seen.again(member.key.decode(), member.lead) {
                this.found.insert(before);
            }
            visit(this, scanner, member)
        })
    }

    /// The same for an object of many members, where `visit` finds out whether a key is written twice.
    fn map(
        &mut self,
        scanner: &mut Scanner<'t>,
        node: NodeId,
        mut visit: impl FnMut(&mut Self, &mut Scanner<'t>, &Member<'t>) -> Result<()>,
    ) -> Result<()> {
        if scanner.peek() != Some(b'{') {
            scanner.value()?;
            return self.tree.finish(node, scanner.at());
        }
        let tail = scanner.object(|scanner, member| {
            if self.superseded.contains(&member.lead) {
                return self.leaf(scanner, node, member).map(|_| ());
            }
            visit(self, scanner, member)
        })?;
        self.tree.set_tail(node, tail)?;
        self.tree.finish(node, scanner.at())
    }

    fn child(&mut self, parent: NodeId, member: &Member<'_>) -> Result<NodeId> {
        self.tree.read_child(parent, member.lead, member.start)
    }

    fn leaf(&mut self, scanner: &mut Scanner<'t>, parent: NodeId, member: &Member<'t>) -> Result<NodeId> {
        let node = self.child(parent, member)?;
        scanner.value()?;
        self.tree.finish(node, scanner.at())?;
        Ok(node)
    }

    fn row(&mut self, scanner: &mut Scanner<'t>) -> Result<()> {
        if scanner.peek() != Some(b'{') {
            return scanner.fail(crate::json::JsonProblem::NotAnObject);
        }
        self.object(scanner, Tree::ROOT, |this, scanner, member| {
            let key = member.key.decode();
            let parent = this.child(Tree::ROOT, member)?;
            match key.as_ref() {
                "data_units" => {
                    this.object(scanner, parent, |this, scanner, member| this.unit(scanner, parent, member))
                }
                "spaces" => this.object(scanner, parent, |this, scanner, member| this.space(scanner, parent, member)),
                "object_answers" => this.map(scanner, parent, |this, scanner, member| {
                    let (node, entry) = this.entry(scanner, parent, member)?;
                    let object = this.index.object_named(&member.key.decode());
                    let feature = entry.feature.map_or(u32::MAX, |hash| this.index.feature_named(&hash));
                    let record = this.index.object_mut(object);
                    this.found.extend(record.answers.map(|before| this.tree.lead(before)));
                    (record.answers, record.ranged) = (Some(node), entry.ranged);
                    if record.feature == u32::MAX {
                        record.feature = feature;
                    }
                    Ok(())
                }),
                "object_actions" => this.map(scanner, parent, |this, scanner, member| {
                    let node = this.leaf(scanner, parent, member)?;
                    let object = this.index.object_named(&member.key.decode());
                    let before = this.index.object_mut(object).actions.replace(node);
                    this.found.extend(before.map(|before| this.tree.lead(before)));
                    Ok(())
                }),
                "classification_answers" => this.map(scanner, parent, |this, scanner, member| {
                    let (node, entry) = this.entry(scanner, parent, member)?;
                    let classification = this.index.classification_named(&member.key.decode());
                    let before = this.index.classification_mut(classification).answers.replace(node);
                    this.found.extend(before.map(|before| this.tree.lead(before)));
                    if let Some(hash) = entry.feature {
                        let feature = this.index.feature_named(&hash);
                        this.index.classification_mut(classification).feature = feature;
                    }
                    Ok(())
                }),
                _ => {
                    scanner.value()?;
                    this.tree.finish(parent, scanner.at())
                }
            }
        })
    }

    fn unit(&mut self, scanner: &mut Scanner<'t>, parent: NodeId, member: &Member<'t>) -> Result<()> {
        let node = self.child(parent, member)?;
        let unit = id(self.index.units.len());
        self.index.units.push(UnitRecord { node, labels: None, sequence: 0 });
        self.object(scanner, node, |this, scanner, member| match member.key.decode().as_ref() {
            "labels" => {
                let labels = this.labels(scanner, node, member, Home { place: super::ROOT, unit })?;
                this.index.units[unit as usize].labels = Some(labels);
                Ok(())
            }
            key => {
                scanner.value()?;
                if key == "data_sequence" {
                    let number = unsigned(scanner.slice(member.start..scanner.at()));
                    this.index.units[unit as usize].sequence = number.unwrap_or(0);
                }
                this.tree.read_into_stretch(node, member.lead, member.start, scanner.at())
            }
        })
    }

    fn space(&mut self, scanner: &mut Scanner<'t>, parent: NodeId, member: &Member<'t>) -> Result<()> {
        let node = self.child(parent, member)?;
        let index = self.index.spaces.len();
        let name = Arc::from(member.key.decode().as_ref());
        self.index.spaces.push(SpaceRecord { id: name, node: Some(node), labels: None });
        let home = Home { place: id(index) + 1, unit: u32::MAX };
        self.object(scanner, node, |this, scanner, member| match member.key.decode().as_ref() {
            "labels" => {
                let labels = this.labels(scanner, node, member, home)?;
                this.index.spaces[index].labels = Some(labels);
                Ok(())
            }
            _ => this.leaf(scanner, node, member).map(|_| ()),
        })
    }

    /// Either the blob of the one frame, or a map from frames to blobs.
    fn labels(&mut self, scanner: &mut Scanner<'t>, parent: NodeId, member: &Member<'t>, home: Home) -> Result<NodeId> {
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
    fn entry(&mut self, scanner: &mut Scanner<'t>, parent: NodeId, member: &Member<'t>) -> Result<(NodeId, Entry<'t>)> {
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
