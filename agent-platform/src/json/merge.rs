//! Merging of new values into existing JSON text. Equal values keep their spelling, and unknown members are kept.

use super::error::JsonError;
use super::number::float;
use super::read::{elements, is_array, is_object, members};
use super::text::decode;
use super::tree::Tree;

/// Maximum depth of the comparison. Geometry has at most four levels.
const MAX_DEPTH: u32 = 8;

/// Merges the members and elements of `new` into `old`.
///
/// Members of `old` that `new` lacks are kept. An array with a different length is replaced.
pub(crate) fn merge(old: &str, new: &str) -> Result<String, JsonError> {
    merge_nested(old, new, MAX_DEPTH)
}

fn merge_nested(old: &str, new: &str, depth: u32) -> Result<String, JsonError> {
    if same_scalar(old, new) {
        return Ok(old.to_owned());
    }
    if depth == 0 {
        return Ok(new.to_owned());
    }
    if is_object(old) && is_object(new) {
        let mut tree = Tree::parse(old)?;
        for (key, value) in members(new) {
            let value = match tree.member(Tree::ROOT, &key) {
                Some(member) => merge_nested(tree.text(member), value, depth - 1)?,
                None => value.to_owned(),
            };
            tree.set(Tree::ROOT, &key, &value)?;
        }
        return Ok(tree.render(Tree::ROOT));
    }
    if is_array(old) && is_array(new) {
        let values: Vec<&str> = elements(new).collect();
        let mut tree = Tree::parse(old)?;
        let nodes: Vec<_> = tree.children(Tree::ROOT).collect();
        if nodes.len() == values.len() {
            for (node, value) in nodes.into_iter().zip(values) {
                let value = merge_nested(tree.text(node), value, depth - 1)?;
                tree.replace(node, &value)?;
            }
            return Ok(tree.render(Tree::ROOT));
        }
    }
    Ok(new.to_owned())
}

#[expect(clippy::float_cmp, reason = "exact equality of two spellings is intended")]
fn same_scalar(old: &str, new: &str) -> bool {
    if old == new {
        return true;
    }
    if let (Some(old), Some(new)) = (float(old), float(new)) {
        return old == new;
    }
    match (old.strip_prefix('"'), new.strip_prefix('"')) {
        (Some(old), Some(new)) => decode(old) == decode(new),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_spelling_and_unknown_members() {
        let old = r#"{"x": 1.0, "w": 0.50, "note": "kept", "t": "\u0061"}"#;
        assert_eq!(
            merge(old, r#"{"x":1,"w":0.25,"t":"a"}"#).unwrap(),
            r#"{"x": 1.0, "w": 0.25, "note": "kept", "t": "\u0061"}"#
        );
        assert_eq!(merge("[1.0, 2,3e0]", "[1,5,3]").unwrap(), "[1.0, 5,3e0]");
        assert_eq!(merge("[1.0, 2]", "[1]").unwrap(), "[1]");
    }
}
