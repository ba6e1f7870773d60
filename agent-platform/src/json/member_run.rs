//! Member runs: one node for adjacent members that are not accessed individually. Label rows have very many of them.

use super::error::JsonError;
use super::scan::Scanner;
use super::tree::{NONE, Node, NodeId, Tree, offset};

impl Tree {
    /// Adds a member that ends at `end`: extends the preceding run, or starts a new one.
    pub(crate) fn push_to_run(
        &mut self,
        parent: NodeId,
        lead: usize,
        start: usize,
        end: usize,
    ) -> Result<(), JsonError> {
        let last = self.node(parent).last;
        let id = if last != NONE && self.node(last).is_run { last } else { self.read_child(parent, lead, start)? };
        self.extend_run(id, end)
    }

    /// Extends a value to a run that ends at `end`.
    pub(crate) fn extend_run(&mut self, id: NodeId, end: usize) -> Result<(), JsonError> {
        self.node_mut(id).is_run = true;
        self.finish(id, end)
    }

    /// Returns the last child of a container.
    pub(crate) fn last_child(&self, parent: NodeId) -> Option<NodeId> {
        Some(self.node(parent).last).filter(|last| *last != NONE)
    }

    /// Returns the members of a run as text, without braces.
    pub(super) fn run_text(&self, id: NodeId) -> &str {
        let node = self.node(id);
        self.source(node.source).get(node.lead as usize..node.end as usize).unwrap_or_default()
    }

    /// Splits a run into one node per member, and returns the nodes in order.
    pub(crate) fn split(&mut self, id: NodeId) -> Result<Vec<NodeId>, JsonError> {
        let node = self.node(id).clone();
        let base = node.lead as usize;
        let text = self.run_text(id).to_owned();
        let mut scanner = Scanner::new(&text);
        let mut nodes = vec![id];
        loop {
            let lead = offset(base + scanner.at())?;
            if scanner.key_of_member().is_none() {
                break;
            }
            scanner.space();
            let start = offset(base + scanner.at())?;
            scanner.value()?;
            let end = offset(base + scanner.at())?;
            if lead == node.lead {
                (self.node_mut(id).end, self.node_mut(id).is_run) = (end, false);
            } else {
                nodes.push(self.push(Node::new(node.parent, node.source, lead, start, end))?);
            }
            if !scanner.more() {
                break;
            }
        }
        for (before, next) in nodes.iter().zip(nodes.iter().skip(1)) {
            self.node_mut(*before).next = *next;
        }
        if let Some(last) = nodes.last().filter(|last| **last != id) {
            self.node_mut(*last).next = node.next;
            if node.next == NONE {
                self.node_mut(node.parent).last = *last;
            }
        }
        Ok(nodes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds a document whose members form a single run.
    fn tree_with_run(text: &str) -> Tree {
        let mut tree = Tree::new(std::sync::Arc::new(text.to_owned())).unwrap();
        let mut scanner = Scanner::new(text);
        let tail = scanner.object(|scanner, member| {
            scanner.value()?;
            tree.push_to_run(Tree::ROOT, member.lead, member.start, scanner.at())
        });
        tree.set_tail(Tree::ROOT, tail.unwrap()).unwrap();
        tree
    }

    #[test]
    fn reads_members_of_a_run() {
        let tree = tree_with_run(r#"{ "a": 1 , "b" : [2, {"c": 3}], "a": 4 }"#);
        assert_eq!(tree.children(Tree::ROOT).count(), 1);
        assert_eq!(tree.member_text(Tree::ROOT, "b"), Some("[2, {\"c\": 3}]"));
        assert_eq!(tree.member_text(Tree::ROOT, "a"), Some("4"), "the last counts");
        assert_eq!(tree.member_text(Tree::ROOT, "c"), None);
        assert_eq!(tree.member(Tree::ROOT, "a"), None, "it has no node of its own");
    }

    #[test]
    fn splits_and_edits_a_run() {
        let text = r#"{ "a": 1 , "b" : [2], "c":3 }"#;
        for (edited, expected) in [
            ("a", r#"{ "a": 7, "b" : [2], "c":3 }"#),
            ("b", r#"{ "a": 1 , "b" : 7, "c":3 }"#),
            ("c", r#"{ "a": 1 , "b" : [2], "c":7 }"#),
        ] {
            let mut tree = tree_with_run(text);
            assert_eq!(tree.pieces().concat(), text);
            let all = tree.children(Tree::ROOT).next().unwrap();
            assert_eq!(tree.split(all).unwrap().len(), 3);
            assert_eq!(tree.pieces().concat(), text);
            let member = tree.member(Tree::ROOT, edited).unwrap();
            tree.replace(member, "7").unwrap();
            assert_eq!(tree.pieces().concat(), expected);
            tree.append(Tree::ROOT, Some("d"), "8").unwrap();
            assert_eq!(tree.pieces().concat(), expected.replace(" }", ", \"d\":8 }"));
        }
    }

    #[test]
    fn inserts_values_around_a_run() {
        let mut tree = tree_with_run(r#"{"a":1,"b":2}"#);
        let all = tree.children(Tree::ROOT).next();
        tree.insert(Tree::ROOT, None, Some("x"), "0").unwrap();
        tree.insert(Tree::ROOT, all, Some("y"), "3").unwrap();
        assert_eq!(tree.pieces().concat(), r#"{"x":0,"a":1,"b":2,"y":3}"#);
    }
}
