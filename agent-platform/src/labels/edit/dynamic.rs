//! Dynamic answers in the text of an `object_actions` entry.

use crate::json::{NodeId, Tree, member};
use crate::labels::error::EditError;
use crate::labels::ranges::Ranges;
use crate::labels::view::value_of;
use crate::ontology::Attribute;

use super::input::{Fitting, same};
use super::statics::{about, attribute_json, list_in, says_nothing};

const LIST: &str = "actions";

/// Answers an attribute over some frames: whatever else is said of it there goes, and what is said elsewhere stays.
pub(crate) fn set(entry: &mut Tree, attribute: &Attribute, answer: &Fitting, ranges: &Ranges) -> Result<(), EditError> {
    let list = list_in(entry, LIST)?;
    let mut placed = says_nothing(&answer.value);
    for node in about(entry, list, attribute) {
        let Some(own) = ranges_of(entry, node) else { continue };
        let value =
            member(entry.text(node), "answers").and_then(|text| value_of(text, Some(attribute.attribute_type())));
        if !placed && value.is_some_and(|value| same(&value, &answer.value)) {
            set_ranges(entry, node, &own, &own.union(ranges))?;
            placed = true;
        } else {
            set_ranges(entry, node, &own, &own.difference(ranges))?;
        }
    }
    if !placed {
        let (about, range) = (attribute_json(attribute), ranges.to_json());
        let text = format!(
            r#"{{{about},"answers":{},"manualAnnotation":true,"dynamic":true,"range":{range},"shouldPropagate":false}}"#,
            answer.json
        );
        entry.append(list, None, &text)?;
    }
    Ok(())
}

/// Takes what is said of an attribute on some frames out; everywhere, if no ranges are given.
pub(crate) fn clear(entry: &mut Tree, attribute: &Attribute, ranges: Option<&Ranges>) -> Result<(), EditError> {
    let list = list_in(entry, LIST)?;
    for node in about(entry, list, attribute) {
        match (ranges, ranges_of(entry, node)) {
            (Some(ranges), Some(own)) => set_ranges(entry, node, &own, &own.difference(ranges))?,
            _ => entry.remove(node),
        }
    }
    Ok(())
}

/// Whether an entry has no action left.
pub(crate) fn is_empty(entry: &Tree) -> bool {
    let list = entry.member(Tree::ROOT, LIST);
    list.is_none_or(|list| entry.children(list).next().is_none())
}

fn ranges_of(entry: &Tree, action: NodeId) -> Option<Ranges> {
    member(entry.text(action), "range").and_then(Ranges::parse)
}

/// Ranges that stay the same stay as they are written; an action over nothing goes.
fn set_ranges(entry: &mut Tree, action: NodeId, old: &Ranges, new: &Ranges) -> Result<(), EditError> {
    if new == old {
        return Ok(());
    }
    if new.is_empty() {
        entry.remove(action);
        return Ok(());
    }
    let mut tree = Tree::of(entry.text(action))?;
    tree.set(Tree::ROOT, "range", &new.to_json())?;
    entry.replace(action, &tree.render(Tree::ROOT))?;
    Ok(())
}
