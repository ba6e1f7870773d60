//! Stretches: one node for neighbouring members that nobody looks into, of which a row has very many.

use super::error::JsonError;
use super::scan::Scanner;
use super::tree::{NONE, Node, NodeId, Tree, offset};

impl Tree {
    /// Adds a member that was read and ends here: to the stretch before it, or as a new one.
    pub(crate) fn read_into_stretch(
        &mut self,
        parent: NodeId,
        lead: usize,
        start: usize,
        end: usize,
    ) -> Result<(), JsonError> {
        let last = self.node(parent).last;
        let id = if last != NONE && self.node(last).stretch { last } else { self.read_child(parent, lead, start)? };
        self.stretch(id, end)
    }

    /// Makes a value that was read stand for all that follows it up to here.
    pub(crate) fn stretch(&mut self, id: NodeId, end: usize) -> Result<(), JsonError> {
        self.node_mut(id).stretch = true;
        self.finish(id, end)
    }

    /// The value behind which the next one of a container stands.
    pub(crate) fn last_child(&self, parent: NodeId) -> Option<NodeId> {
        Some(self.node(parent).last).filter(|last| *last != NONE)
    }

    /// The members of a stretch as they are written, without braces.
    pub(super) fn stretch_text(&self, id: NodeId) -> &str {
        let node = self.node(id);
        self.source(node.source).get(node.lead as usize..node.end as usize).unwrap_or_default()
    }

    /// Gives each member of a stretch a node of its own. Gives them in order.
    pub(crate) fn split(&mut self, id: NodeId) -> Result<Vec<NodeId>, JsonError> {
        let node = self.node(id).clone();
        let base = node.lead as usize;
        let text = self.stretch_text(id).to_owned();
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
                (self.node_mut(id).end, self.node_mut(id).stretch) = (end, false);
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

    /// A document whose members are one stretch.
    fn stretched(text: &str) -> Tree {
        let mut tree = Tree::new(std::sync::Arc::new(text.to_owned())).unwrap();
        let mut scanner = Scanner::new(text);
        let tail = scanner.object(|scanner, member| {
            scanner.value()?;
            tree.read_into_stretch(Tree::ROOT, member.lead, member.start, scanner.at())
        });
        tree.set_tail(Tree::ROOT, tail.unwrap()).unwrap();
        tree
    }

    #[test]
    fn members_of_a_stretch_are_read() {
        let tree = stretched(r#"{ "a": 1 , "b" : [2, {"c": 3}], "a": 4 }"#);
        assert_eq!(tree.children(Tree::ROOT).count(), 1);
        assert_eq!(tree.member_text(Tree::ROOT, "b"), Some("[2, {\"c\": 3}]"));
        assert_eq!(tree.member_text(Tree::ROOT, "a"), Some("4"), "the last counts");
        assert_eq!(tree.member_text(Tree::ROOT, "c"), None);
        assert_eq!(tree.member(Tree::ROOT, "a"), None, "it has no node of its own");
    }

    #[test]
    fn a_stretch_is_split_and_edited() {
        let text = r#"{ "a": 1 , "b" : [2], "c":3 }"#;
        for (edited, expected) in [
            ("a", r#"{ "a": 7, "b" : [2], "c":3 }"#),
            ("b", r#"{ "a": 1 , "b" : 7, "c":3 }"#),
            ("c", r#"{ "a": 1 , "b" : [2], "c":7 }"#),
        ] {
            let mut tree = stretched(text);
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
    fn values_are_added_around_a_stretch() {
        let mut tree = stretched(r#"{"a":1,"b":2}"#);
        let all = tree.children(Tree::ROOT).next();
        tree.insert(Tree::ROOT, None, Some("x"), "0").unwrap();
        tree.insert(Tree::ROOT, all, Some("y"), "3").unwrap();
        assert_eq!(tree.pieces().concat(), r#"{"x":0,"a":1,"b":2,"y":3}"#);
    }
}
