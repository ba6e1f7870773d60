//! The document: nodes over the text it was read from, and over the text that was added to it.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::error::{JsonError, JsonProblem};
use super::read::members_in;
use super::scan::Scanner;
use super::text::decode;

/// A value in a [`Tree`]: a whole document, a member of an object, or an element of an array; or a stretch of neighbouring
/// members that nobody has looked into yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(NonZeroU32);

pub(super) const NONE: NodeId = NodeId(NonZeroU32::MAX);

impl NodeId {
    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Which text a span is in: 0 is the one that was read, then those that were added.
pub(super) const READ: u32 = 0;

/// A text that was added.
#[derive(Debug, Clone)]
pub(super) struct Added {
    pub(super) text: String,
    /// The node whose value it is; `NONE` if that of several.
    pub(super) owner: NodeId,
}

/// 52 bytes, for which an entry of a label row has several times as many in the text.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) parent: NodeId,
    pub(super) next: NodeId,
    pub(super) first: NodeId,
    pub(super) last: NodeId,
    /// `lead..key_end` is what stands before the value: white space, key, colon.
    pub(super) lead: u32,
    pub(super) lead_end: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Behind the last value of a container, before its closing brace.
    pub(super) tail: u32,
    pub(super) lead_source: u32,
    pub(super) source: u32,
    /// The value, or something in it, is not what was read.
    pub(super) touched: bool,
    pub(super) removed: bool,
    /// It stands for members from `lead` to `end` that have no nodes of their own.
    pub(super) stretch: bool,
    /// What the owner of the tree keeps with the node.
    pub(super) tag: u32,
}

/// A document that is edited in place.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    pub(super) read: Arc<String>,
    pub(super) added: Vec<Added>,
    pub(super) nodes: Vec<Node>,
}

impl Node {
    /// A value without nodes for what is in it, `lead` and the value both in one source.
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
            stretch: false,
            tag: 0,
        }
    }
}

pub(super) fn offset(at: usize) -> Result<u32, JsonError> {
    u32::try_from(at).map_err(|_| JsonError { offset: at, problem: JsonProblem::TooLarge })
}

impl Tree {
    /// A document of one node, which is the whole text without the white space around it.
    pub(crate) fn new(text: Arc<String>) -> Result<Self, JsonError> {
        let mut scanner = Scanner::new(&text);
        scanner.space();
        let start = offset(scanner.at())?;
        offset(text.len())?;
        let end = offset(text.trim_end_matches([' ', '\n', '\r', '\t']).len())?;
        let root = Node::new(NONE, READ, 0, start, end);
        Ok(Self { read: text, added: Vec::new(), nodes: vec![root] })
    }

    /// Parses a document whose value is an object or an array, with a node for each value in it.
    pub(crate) fn parse(text: &str) -> Result<Self, JsonError> {
        let mut tree = Self::new(Arc::new(text.to_owned()))?;
        tree.expand(Self::ROOT)?;
        Ok(tree)
    }

    /// The value of the document.
    pub(crate) const ROOT: NodeId = NodeId(NonZeroU32::MIN);

    pub(super) fn node(&self, id: NodeId) -> &Node {
        // Ids come from this tree and nodes are never taken out.
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

    /// Adds a value that was read, behind its siblings; [`Self::finish`] must follow when its end is known.
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

    /// Sets where a value that was read ends.
    pub(crate) fn finish(&mut self, id: NodeId, end: usize) -> Result<(), JsonError> {
        self.node_mut(id).end = offset(end)?;
        Ok(())
    }

    /// Sets where the text behind the last value of a container starts.
    pub(crate) fn set_tail(&mut self, id: NodeId, tail: usize) -> Result<(), JsonError> {
        self.node_mut(id).tail = offset(tail)?;
        Ok(())
    }

    /// Takes the nodes of a value's members away that were made since there were `count` nodes; they are made again when
    /// they are needed.
    pub(crate) fn collapse(&mut self, id: NodeId, count: usize) {
        self.nodes.truncate(count);
        let node = self.node_mut(id);
        (node.first, node.last) = (NONE, NONE);
    }

    /// Gives back the room that no node takes.
    pub(crate) fn fit(&mut self) {
        self.nodes.shrink_to_fit();
    }

    /// How many nodes there are.
    pub(crate) fn count(&self) -> usize {
        self.nodes.len()
    }

    /// What a value is in.
    pub(crate) fn parent(&self, id: NodeId) -> NodeId {
        self.node(id).parent
    }

    /// Where a value that was read stands, with its key.
    pub(crate) fn lead(&self, id: NodeId) -> usize {
        self.node(id).lead as usize
    }

    /// Makes a node for each member or element of a value that has none yet.
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

    /// The text that was read, all of it.
    pub(crate) fn original(&self) -> &Arc<String> {
        &self.read
    }

    /// The value as it was read or set. What was changed inside since does not show; see [`Self::written`].
    pub(crate) fn text(&self, id: NodeId) -> &str {
        let node = self.node(id);
        self.source(node.source).get(node.start as usize..node.end as usize).unwrap_or_default()
    }

    /// The value as it is now.
    pub(crate) fn written(&self, id: NodeId) -> Cow<'_, str> {
        if self.node(id).touched && self.node(id).first != NONE {
            Cow::Owned(self.render(id))
        } else {
            Cow::Borrowed(self.text(id))
        }
    }

    /// The key of a member.
    pub(crate) fn key(&self, id: NodeId) -> Cow<'_, str> {
        let node = self.node(id);
        let lead = self.source(node.lead_source).get(node.lead as usize..node.lead_end as usize).unwrap_or_default();
        let raw = lead.trim_end_matches([' ', '\n', '\r', '\t', ':']);
        let raw = raw.trim_start().strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
        decode(raw.unwrap_or_default())
    }

    /// What [`Self::set_tag`] set; 0 at first.
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

    /// The members or elements that are there, in order.
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

    /// The member of an expanded object: the last, where the key is written more than once. Those in stretches have no
    /// nodes; see [`Self::member_text`].
    pub(crate) fn member(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.children(id).filter(|child| !self.node(*child).stretch && self.key(*child) == key).last()
    }

    /// The value of a member, with or without a node of its own.
    pub(crate) fn member_text(&self, id: NodeId, key: &str) -> Option<&str> {
        if self.node(id).first == NONE {
            return super::read::member(self.text(id), key);
        }
        let of_child = |child: NodeId| {
            if self.node(child).stretch {
                return members_in(self.stretch_text(child))
                    .filter(|(name, _)| name == key)
                    .last()
                    .map(|found| found.1);
            }
            (self.key(child) == key).then(|| self.text(child))
        };
        self.children(id).filter_map(of_child).last()
    }
}
