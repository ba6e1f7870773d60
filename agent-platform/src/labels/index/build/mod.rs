//! The one pass over the text of a label row.

mod labels;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::json::{JsonError, Member, NodeId, Scanner, Tree, unsigned};

use super::duplicate_keys::DuplicateKeys;
use super::{Blob, Idx, Index, Place, SpaceRecord, UnitRecord};
use labels::Location;

pub(super) type Result<T> = std::result::Result<T, JsonError>;

/// Reads a label row: a tree with a node for each value that an edit can touch, and the index.
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
        // The last of duplicate keys counts. They are rare, so the row is read again for them.
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

pub(super) struct Builder<'t, 's> {
    pub(super) tree: Tree,
    pub(super) index: Index,
    /// Keys of labels that are not numbers, with their blobs.
    pub(super) keys: Vec<(Idx<Blob>, Cow<'t, str>)>,
    superseded: &'s HashSet<usize>,
    found: HashSet<usize>,
    /// Set if frames without labels are kept as runs.
    pub(super) runs: bool,
}

impl<'t, 's> Builder<'t, 's> {
    fn new(text: &Arc<String>, superseded: &'s HashSet<usize>, runs: bool) -> Result<Self> {
        let (index, found) = (Index::default(), superseded.clone());
        Ok(Self { tree: Tree::new(text.clone())?, index, keys: Vec::new(), superseded, found, runs })
    }

    /// Reads a value that has a node of its own; calls `visit` for each of its members if it is an object.
    pub(super) fn object(
        &mut self,
        scanner: &mut Scanner<'t>,
        node: NodeId,
        mut visit: impl FnMut(&mut Self, &mut Scanner<'t>, &Member<'t>) -> Result<()>,
    ) -> Result<()> {
        let mut keys = DuplicateKeys::default();
        self.map(scanner, node, |this, scanner, member| {
            if let Some(before) = keys.insert(member.key.decode(), member.lead) {
                this.found.insert(before);
            }
            visit(this, scanner, member)
        })
    }

    /// Reads an object of many members, where `visit` detects duplicate keys.
    pub(super) fn map(
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

    pub(super) fn child(&mut self, parent: NodeId, member: &Member<'_>) -> Result<NodeId> {
        self.tree.read_child(parent, member.lead, member.start)
    }

    pub(super) fn leaf(&mut self, scanner: &mut Scanner<'t>, parent: NodeId, member: &Member<'t>) -> Result<NodeId> {
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
                    let feature = entry.feature.map(|hash| this.index.feature_named(&hash));
                    let record = this.index.object_mut(object);
                    this.found.extend(record.answers.map(|before| this.tree.lead(before)));
                    (record.answers, record.ranged) = (Some(node), entry.ranged);
                    if record.feature.is_none() {
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
                        this.index.classification_mut(classification).feature = Some(feature);
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
        let unit = Idx::new(self.index.units.len());
        self.index.units.push(UnitRecord { node, labels: None, sequence: 0 });
        self.object(scanner, node, |this, scanner, member| match member.key.decode().as_ref() {
            "labels" => {
                let labels = this.labels(scanner, node, member, Location { place: super::ROOT, unit: Some(unit) })?;
                this.index.unit_mut(unit).labels = Some(labels);
                Ok(())
            }
            key => {
                scanner.value()?;
                if key == "data_sequence" {
                    let number = unsigned(scanner.slice(member.start..scanner.at()));
                    this.index.unit_mut(unit).sequence = number.unwrap_or(0);
                }
                this.tree.push_to_run(node, member.lead, member.start, scanner.at())
            }
        })
    }

    fn space(&mut self, scanner: &mut Scanner<'t>, parent: NodeId, member: &Member<'t>) -> Result<()> {
        let node = self.child(parent, member)?;
        let index = self.index.spaces.len();
        let name = Arc::from(member.key.decode().as_ref());
        self.index.spaces.push(SpaceRecord { id: name, node: Some(node), labels: None });
        let location = Location { place: Place::from_space(Idx::new(index)), unit: None };
        self.object(scanner, node, |this, scanner, member| match member.key.decode().as_ref() {
            "labels" => {
                let labels = this.labels(scanner, node, member, location)?;
                this.index.spaces[index].labels = Some(labels);
                Ok(())
            }
            _ => this.leaf(scanner, node, member).map(|_| ()),
        })
    }
}
