//! The document tree: nodes over the source text and over inserted texts.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::error::{JsonError, JsonProblem};
use super::read::members_in;
use super::scan::Scanner;
use super::text::decode;

/// Identifier of a node in a [`Tree`]: the document, a member of an object, an element of an array, or a run of
/// members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(NonZeroU32);

pub(super) const NONE: NodeId = NodeId(NonZeroU32::MAX);

impl NodeId {
    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Index of the source text. Inserted texts have the indices from 1.
pub(super) const SOURCE_TEXT: u32 = 0;

/// An inserted text.
#[derive(Debug, Clone)]
pub(super) struct Added {
    pub(super) text: String,
    /// The node that owns the text; `NONE` if it is shared.
    pub(super) owner: NodeId,
}

/// A node. It has 52 bytes; the text of a label row's entry is several times as large.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) parent: NodeId,
    pub(super) next: NodeId,
    pub(super) first: NodeId,
    pub(super) last: NodeId,
    /// The text before the value is `lead..lead_end`: white space, key and colon.
    pub(super) lead: u32,
    pub(super) lead_end: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Offset after the last value of a container, before its closing brace.
    pub(super) tail: u32,
    pub(super) lead_source: u32,
    pub(super) source: u32,
    /// `true` if the value or a descendant was edited.
    pub(super) touched: bool,
    pub(super) removed: bool,
    /// `true` for a run: the members from `lead` to `end` have no nodes of their own.
    pub(super) is_run: bool,
    /// A tag for the owner of the tree.
    pub(super) tag: u32,
}

/// An editable document.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    pub(super) read: Arc<String>,
    pub(super) added: Vec<Added>,
    pub(super) nodes: Vec<Node>,
}

impl Node {
    /// Creates a node without children. `lead` and the value are in the same source.
    pub(super) fn new(parent: NodeId, source: u32, lead: u32, start: u32, end: u32) -> Self {
        Self {
            parent,
            next: NONE,
            first: NONE,
            last: NONE,
            lead,
            lead_end: start,
            start,
            end,
            tail: end,
            lead_source: source,
            source,
            touched: false,
            removed: false,
            is_run: false,
            tag: 0,
        }
    }
}

pub(super) fn offset(at: usize) -> Result<u32, JsonError> {
    u32::try_from(at).map_err(|_| JsonError { offset: at, problem: JsonProblem::TooLarge })
}

impl Tree {
    /// Creates a document with a single node: the whole text without surrounding white space.
    pub(crate) fn new(text: Arc<String>) -> Result<Self, JsonError> {
        let mut scanner = Scanner::new(&text);
        scanner.space();
        let start = offset(scanner.at())?;
        offset(text.len())?;
        let end = offset(text.trim_end_matches([' ', '\n', '\r', '\t']).len())?;
        let root = Node::new(NONE, SOURCE_TEXT, 0, start, end);
        Ok(Self { read: text, added: Vec::new(), nodes: vec![root] })
    }

    /// Parses a document and creates a node for each member or element of its value.
    pub(crate) fn parse(text: &str) -> Result<Self, JsonError> {
        let mut tree = Self::new(Arc::new(text.to_owned()))?;
        tree.expand(Self::ROOT)?;
        Ok(tree)
    }

    /// The root value.
    pub(crate) const ROOT: NodeId = NodeId(NonZeroU32::MIN);

    pub(super) fn node(&self, id: NodeId) -> &Node {
        // Identifiers come from this tree, and nodes are never removed.
        &self.nodes[id.index()]
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    pub(super) fn push(&mut self, node: Node) -> Result<NodeId, JsonError> {
        self.nodes.push(node);
        let too_large = JsonError { offset: self.nodes.len(), problem: JsonProblem::TooLarge };
        NonZeroU32::new(offset(self.nodes.len())?).map(NodeId).ok_or(too_large)
    }

    /// Appends a value of the source text to its parent. Call [`Self::finish`] once its end is known.
    pub(crate) fn read_child(&mut self, parent: NodeId, lead: usize, start: usize) -> Result<NodeId, JsonError> {
        let source = self.node(parent).source;
        let (lead, start) = (offset(lead)?, offset(start)?);
        let id = self.push(Node::new(parent, source, lead, start, start))?;
        self.link_last(parent, id);
        Ok(id)
    }

    fn link_last(&mut self, parent: NodeId, id: NodeId) {
        let last = std::mem::replace(&mut self.node_mut(parent).last, id);
        if last == NONE {
            self.node_mut(parent).first = id;
        } else {
            self.node_mut(last).next = id;
        }
    }

    /// Sets the end of a value of the source text.
    pub(crate) fn finish(&mut self, id: NodeId, end: usize) -> Result<(), JsonError> {
        self.node_mut(id).end = offset(end)?;
        Ok(())
    }

    /// Sets the offset after the last value of a container.
    pub(crate) fn set_tail(&mut self, id: NodeId, tail: usize) -> Result<(), JsonError> {
        self.node_mut(id).tail = offset(tail)?;
        Ok(())
    }

    /// Discards the children of a value that were created since there were `count` nodes. They are created again on
    /// demand.
    pub(crate) fn collapse(&mut self, id: NodeId, count: usize) {
        self.nodes.truncate(count);
        let node = self.node_mut(id);
        (node.first, node.last) = (NONE, NONE);
    }

    /// Frees unused capacity.
    pub(crate) fn fit(&mut self) {
        self.nodes.shrink_to_fit();
    }

    /// Returns the number of nodes.
    pub(crate) fn count(&self) -> usize {
        self.nodes.len()
    }

    /// Returns the parent of a value.
    pub(crate) fn parent(&self, id: NodeId) -> NodeId {
        self.node(id).parent
    }

    /// Returns the offset of a value of the source text, including its key.
    pub(crate) fn lead(&self, id: NodeId) -> usize {
        self.node(id).lead as usize
    }

    /// Creates a node for each member or element of a value, unless they exist.
    pub(crate) fn expand(&mut self, id: NodeId) -> Result<(), JsonError> {
        if self.node(id).first != NONE {
            return Ok(());
        }
        let base = self.node(id).start as usize;
        let text = self.text(id).to_owned();
        let mut scanner = Scanner::new(&text);
        let tail = match scanner.peek() {
            Some(b'{') => {
                scanner.object(|scanner, member| self.expand_child(id, base, scanner, member.lead, member.start))?
            }
            Some(b'[') => {
                scanner.array(|scanner, member| self.expand_child(id, base, scanner, member.lead, member.start))?
            }
            _ => return scanner.fail(JsonProblem::NotAnObject),
        };
        scanner.end()?;
        self.set_tail(id, base + tail)
    }

    fn expand_child(
        &mut self,
        parent: NodeId,
        base: usize,
        scanner: &mut Scanner<'_>,
        lead: usize,
        start: usize,
    ) -> Result<(), JsonError> {
        let child = self.read_child(parent, base + lead, base + start)?;
        scanner.value()?;
        self.finish(child, base + scanner.at())
    }

    pub(super) fn source(&self, source: u32) -> &str {
        match source.checked_sub(1) {
            None => &self.read,
            Some(added) => self.added.get(added as usize).map_or("", |added| &added.text),
        }
    }

    /// Returns the whole source text.
    pub(crate) fn original(&self) -> &Arc<String> {
        &self.read
    }

    /// Returns the value as it was parsed or replaced. Later edits of its contents are not included; see
    /// [`Self::written`].
    pub(crate) fn text(&self, id: NodeId) -> &str {
        let node = self.node(id);
        self.source(node.source).get(node.start as usize..node.end as usize).unwrap_or_default()
    }

    /// Returns the current value, including edits.
    pub(crate) fn written(&self, id: NodeId) -> Cow<'_, str> {
        if self.node(id).touched && self.node(id).first != NONE {
            Cow::Owned(self.render(id))
        } else {
            Cow::Borrowed(self.text(id))
        }
    }

    /// Returns the key of a member.
    pub(crate) fn key(&self, id: NodeId) -> Cow<'_, str> {
        let node = self.node(id);
        let lead = self.source(node.lead_source).get(node.lead as usize..node.lead_end as usize).unwrap_or_default();
        let raw = lead.trim_end_matches([' ', '\n', '\r', '\t', ':']);
        let raw = raw.trim_start().strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
        decode(raw.unwrap_or_default())
    }

    /// Returns the tag of a node. Default: 0.
    pub(crate) fn tag(&self, id: NodeId) -> u32 {
        self.node(id).tag
    }

    pub(crate) fn set_tag(&mut self, id: NodeId, tag: u32) {
        self.node_mut(id).tag = tag;
    }

    pub(crate) fn is_removed(&self, id: NodeId) -> bool {
        self.node(id).removed
    }

    pub(crate) fn is_touched(&self, id: NodeId) -> bool {
        self.node(id).touched
    }

    /// Iterates over the members or elements, without removed ones.
    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = self.node(id).first;
        std::iter::from_fn(move || {
            while next != NONE {
                let id = next;
                next = self.node(id).next;
                if !self.node(id).removed {
                    return Some(id);
                }
            }
            None
        })
    }

    /// Returns a member of an expanded object. For duplicate keys, the last one. Members of runs have no nodes; see
    /// [`Self::member_text`].
    pub(crate) fn member(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.children(id).filter(|child| !self.node(*child).is_run && self.key(*child) == key).last()
    }

    /// Returns the value of a member, with or without a node.
    pub(crate) fn member_text(&self, id: NodeId, key: &str) -> Option<&str> {
        if self.node(id).first == NONE {
            return super::read::member(self.text(id), key);
        }
        let of_child = |child: NodeId| {
            if self.node(child).is_run {
                return members_in(self.run_text(child)).filter(|(name, _)| name == key).last().map(|found| found.1);
            }
            (self.key(child) == key).then(|| self.text(child))
        };
        self.children(id).filter_map(of_child).last()
    }
}
