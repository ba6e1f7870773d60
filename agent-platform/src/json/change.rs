//! Edits of a tree. An edit marks its node and all ancestors as touched; untouched values keep their text.

use super::error::{JsonError, JsonProblem};
use super::text::quote;
use super::tree::{Added, NONE, Node, NodeId, Tree, offset};

impl Tree {
    /// Replaces a value. Does nothing if the text is the same.
    pub(crate) fn replace(&mut self, id: NodeId, text: &str) -> Result<(), JsonError> {
        if self.text(id) == text && !(self.node(id).touched && self.node(id).first != NONE) {
            return Ok(());
        }
        let end = offset(text.len())?;
        let source = self.value_source(id, text)?;
        let node = self.node_mut(id);
        node.source = source;
        (node.start, node.end, node.tail) = (0, end, end);
        (node.first, node.last) = (NONE, NONE);
        self.touch(id);
        Ok(())
    }

    /// Stores the text of a value. It overwrites the value's previous text, so that repeated edits do not grow the
    /// tree.
    fn value_source(&mut self, id: NodeId, text: &str) -> Result<u32, JsonError> {
        let before = self.node(id).source;
        if let Some(added) = before.checked_sub(1).and_then(|added| self.added.get_mut(added as usize))
            && added.owner == id
        {
            text.clone_into(&mut added.text);
            return Ok(before);
        }
        self.store(text.to_owned(), id)
    }

    fn store(&mut self, text: String, owner: NodeId) -> Result<u32, JsonError> {
        offset(text.len())?;
        self.added.push(Added { text, owner });
        offset(self.added.len())
    }

    /// Removes a value and its key.
    pub(crate) fn remove(&mut self, id: NodeId) {
        self.node_mut(id).removed = true;
        self.touch(id);
    }

    /// Inserts a value after `after`, or at the front. `key` is required for members of objects. The container must be
    /// expanded.
    ///
    /// # Errors
    /// The parent is not an object (with a key), or not an array (without one).
    pub(crate) fn insert(
        &mut self,
        parent: NodeId,
        after: Option<NodeId>,
        key: Option<&str>,
        text: &str,
    ) -> Result<NodeId, JsonError> {
        // Rows are external input: a member that should be an object may be an array.
        let (opening, problem) = match key {
            Some(_) => ('{', JsonProblem::NotAnObject),
            None => ('[', JsonProblem::NotAnArray),
        };
        if !self.text(parent).starts_with(opening) {
            return Err(JsonError { offset: self.node(parent).start as usize, problem });
        }
        let mut stored = self.lead_like_siblings(parent, key);
        let lead_end = offset(stored.len())?;
        stored.push_str(text);
        let end = offset(stored.len())?;
        let source = self.store(stored, NONE)?;
        let next = after.map_or(self.node(parent).first, |after| self.node(after).next);
        let id = self.push(Node { next, ..Node::new(parent, source, 0, lead_end, end) })?;
        match after {
            Some(after) => self.node_mut(after).next = id,
            None => self.node_mut(parent).first = id,
        }
        if next == NONE {
            self.node_mut(parent).last = id;
        }
        self.touch(parent);
        Ok(id)
    }

    /// Appends a value.
    pub(crate) fn append(&mut self, parent: NodeId, key: Option<&str>, text: &str) -> Result<NodeId, JsonError> {
        let last = self.node(parent).last;
        self.insert(parent, (last != NONE).then_some(last), key, text)
    }

    /// Sets a member of an expanded object, and appends it if it is missing.
    pub(crate) fn set(&mut self, object: NodeId, key: &str, text: &str) -> Result<NodeId, JsonError> {
        match self.member(object, key) {
            Some(member) => self.replace(member, text).map(|()| member),
            None => self.append(object, Some(key), text),
        }
    }

    /// Removes every member with this key.
    pub(crate) fn unset(&mut self, object: NodeId, key: &str) {
        while let Some(member) = self.member(object, key) {
            self.remove(member);
        }
    }

    /// Returns the text before a new value, with the white space of the last sibling.
    fn lead_like_siblings(&self, parent: NodeId, key: Option<&str>) -> String {
        let sibling = self.node(parent).last;
        let (mut before, mut behind) = ("", "");
        if sibling != NONE {
            let node = self.node(sibling);
            let lead =
                self.source(node.lead_source).get(node.lead as usize..node.lead_end as usize).unwrap_or_default();
            before = lead.get(..lead.len() - lead.trim_start().len()).unwrap_or_default();
            behind = lead.rsplit_once(':').map_or("", |(_, space)| space);
        }
        match key {
            Some(key) => format!("{before}{}:{behind}", quote(key)),
            None => before.to_owned(),
        }
    }

    /// Marks a node and its ancestors as touched.
    fn touch(&mut self, id: NodeId) {
        let mut id = id;
        while id != NONE && !self.node(id).touched {
            self.node_mut(id).touched = true;
            id = self.node(id).parent;
        }
    }
}
