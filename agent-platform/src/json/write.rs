//! Serialization of a tree. Adjacent untouched values are copied as one slice of their source text.

use super::tree::{NONE, NodeId, SOURCE_TEXT, Tree};

/// Slices of text in order. Adjacent ones are joined.
struct Pieces<'t> {
    tree: &'t Tree,
    out: Vec<&'t str>,
    source: u32,
    start: usize,
    end: usize,
}

impl Pieces<'_> {
    fn push(&mut self, source: u32, start: usize, end: usize) {
        if source == self.source && start == self.end {
            self.end = end;
            return;
        }
        self.flush();
        (self.source, self.start, self.end) = (source, start, end);
    }

    fn flush(&mut self) {
        let piece = self.tree.source(self.source).get(self.start..self.end).unwrap_or_default();
        if !piece.is_empty() {
            self.out.push(piece);
        }
    }

    fn literal(&mut self, text: &'static str) {
        self.flush();
        self.out.push(text);
        (self.start, self.end) = (0, 0);
    }
}

impl Tree {
    /// Serializes the document as slices; their concatenation is the JSON text.
    pub(crate) fn pieces(&self) -> Vec<&str> {
        let root = self.node(Self::ROOT);
        let mut pieces = Pieces { tree: self, out: Vec::new(), source: SOURCE_TEXT, start: 0, end: 0 };
        pieces.push(SOURCE_TEXT, 0, root.lead_end as usize);
        self.value_pieces(Self::ROOT, &mut pieces);
        let behind = if root.source == SOURCE_TEXT { root.end as usize } else { self.read.len() };
        pieces.push(SOURCE_TEXT, behind, self.read.len());
        pieces.flush();
        pieces.out
    }

    /// Serializes a value.
    pub(crate) fn render(&self, id: NodeId) -> String {
        let mut pieces = Pieces { tree: self, out: Vec::new(), source: SOURCE_TEXT, start: 0, end: 0 };
        self.value_pieces(id, &mut pieces);
        pieces.flush();
        pieces.out.concat()
    }

    /// Recurses as deep as containers are expanded, which the code that expands them bounds.
    fn value_pieces(&self, id: NodeId, pieces: &mut Pieces<'_>) {
        let node = self.node(id);
        let (start, end) = (node.start as usize, node.end as usize);
        if !node.touched || node.first == NONE {
            pieces.push(node.source, start, end);
            return;
        }
        pieces.push(node.source, start, start + 1);
        let mut before: Option<NodeId> = None;
        for child in self.children(id) {
            if let Some(before) = before {
                self.separator(before, child, pieces);
            }
            let child_node = self.node(child);
            pieces.push(child_node.lead_source, child_node.lead as usize, child_node.lead_end as usize);
            self.value_pieces(child, pieces);
            before = Some(child);
        }
        pieces.push(node.source, node.tail as usize, end);
    }

    /// Writes the comma between two values. It is copied from the source text if both values are unmoved.
    fn separator(&self, before: NodeId, child: NodeId, pieces: &mut Pieces<'_>) {
        let (before, child) = (self.node(before), self.node(child));
        if before.source == child.lead_source && before.end < child.lead {
            let between = self.source(before.source).get(before.end as usize..child.lead as usize).unwrap_or_default();
            if between.trim_matches([' ', '\n', '\r', '\t']) == "," {
                pieces.push(before.source, before.end as usize, child.lead as usize);
                return;
            }
        }
        pieces.literal(",");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, edit: impl FnOnce(&mut Tree)) -> String {
        let mut tree = Tree::parse(text).unwrap();
        edit(&mut tree);
        tree.pieces().concat()
    }

    #[test]
    fn untouched_values_are_unchanged() {
        for text in ["\u{feff} { \"a\" : 1.50 ,\n\"b\":[ ] } \n", "[1 , 2,3 ]", "{}", "[ ]"] {
            assert_eq!(edited(text, |_| {}), text);
        }
    }

    #[test]
    fn replaces_removes_and_adds_members() {
        let text = "{\n \"a\": 1.50,\n \"\\u0062\": [1, 2] ,\n \"c\": null\n}\n";
        let set = edited(text, |tree| {
            tree.set(Tree::ROOT, "b", "7").unwrap();
            tree.set(Tree::ROOT, "d", "8").unwrap();
        });
        assert_eq!(set, "{\n \"a\": 1.50,\n \"\\u0062\": 7,\n \"c\": null,\n \"d\": 8\n}\n");
        assert_eq!(edited(text, |tree| tree.unset(Tree::ROOT, "a")), "{\n \"\\u0062\": [1, 2] ,\n \"c\": null\n}\n");
        assert_eq!(edited(text, |tree| tree.unset(Tree::ROOT, "c")), "{\n \"a\": 1.50,\n \"\\u0062\": [1, 2]\n}\n");
    }

    #[test]
    fn equal_value_changes_nothing() {
        let mut tree = Tree::parse(r#"{"a":1}"#).unwrap();
        tree.set(Tree::ROOT, "a", "1").unwrap();
        assert!(!tree.is_touched(Tree::ROOT));
    }

    #[test]
    fn fills_and_empties_containers() {
        assert_eq!(
            edited("[ ]", |tree| {
                tree.append(Tree::ROOT, None, "1").unwrap();
            }),
            "[1 ]"
        );
        let emptied = edited("[1]", |tree| {
            let only = tree.children(Tree::ROOT).next().unwrap();
            tree.remove(only);
        });
        assert_eq!(emptied, "[]");
        let both = edited("{\"a\":1}", |tree| {
            tree.unset(Tree::ROOT, "a");
            tree.insert(Tree::ROOT, None, Some("x"), "2").unwrap();
            tree.append(Tree::ROOT, Some("y"), "3").unwrap();
        });
        assert_eq!(both, r#"{"x":2,"y":3}"#);
    }

    #[test]
    fn edits_nested_values() {
        let text = r#"{"a":{"b":[1,2,3]},"c":4}"#;
        let out = edited(text, |tree| {
            let a = tree.member(Tree::ROOT, "a").unwrap();
            tree.expand(a).unwrap();
            let b = tree.member(a, "b").unwrap();
            tree.expand(b).unwrap();
            let second = tree.children(b).nth(1).unwrap();
            tree.insert(b, Some(second), None, "{\"x\":5}").unwrap();
            let added = tree.children(b).nth(2).unwrap();
            tree.expand(added).unwrap();
            tree.set(added, "x", "6").unwrap();
            tree.remove(second);
        });
        assert_eq!(out, r#"{"a":{"b":[1,{"x":6},3]},"c":4}"#);
    }
}
