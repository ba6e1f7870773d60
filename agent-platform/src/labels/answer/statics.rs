//! Static answers in the text of an answers entry, of an object or a classification.

use crate::json::{NodeId, Tree, elements, is_array, member, merge, string};
use crate::labels::error::EditError;
use crate::labels::new_entry::{StaticAnswer, to_json};
use crate::ontology::{Attribute, Ontology};

use super::input::{Fitting, same};
use super::value::{AnswerValue, answers_in};

const LIST: &str = "classifications";

/// Returns the expanded list of answers. Adds it if it is missing.
pub(crate) fn list_in(entry: &mut Tree, key: &str) -> Result<NodeId, EditError> {
    let list = match entry.member(Tree::ROOT, key).filter(|node| is_array(entry.text(*node))) {
        Some(list) => list,
        None => entry.set(Tree::ROOT, key, "[]")?,
    };
    entry.expand(list)?;
    Ok(list)
}

/// The nodes of a list that are about an attribute.
pub(crate) fn about(entry: &Tree, list: NodeId, attribute: &Attribute) -> Vec<NodeId> {
    let own = |node: &NodeId| {
        let hash = member(entry.text(*node), "featureHash").and_then(string);
        hash.is_some_and(|hash| hash == *attribute.feature_hash())
    };
    entry.children(list).filter(own).collect()
}

/// Sets an answer. An answer that means the same stays as it is written.
pub(crate) fn set(
    ontology: &Ontology,
    entry: &mut Tree,
    attribute: &Attribute,
    answer: &Fitting,
    union: bool,
) -> Result<(), EditError> {
    let before = answers_in(ontology, &entry.render(Tree::ROOT), union);
    let before = before.iter().find(|before| before.feature_hash == *attribute.feature_hash());
    if before.is_some_and(|before| same(&before.value, &answer.value)) {
        return Ok(());
    }
    let list = list_in(entry, LIST)?;
    let mut nodes = about(entry, list, attribute).into_iter();
    match nodes.next() {
        Some(first) => {
            let text = answered(entry.text(first), answer)?;
            entry.replace(first, &text)?;
        }
        None => {
            entry.append(list, None, &to_json(&StaticAnswer::new(attribute, &answer.json)))?;
        }
    }
    for other in nodes {
        entry.remove(other);
    }
    Ok(())
}

/// Sets an answer of a new label. An attribute below an option is only asked where that option is chosen.
pub(crate) fn set_if_asked(
    ontology: &Ontology,
    entry: &mut Tree,
    attribute: &Attribute,
    answer: &Fitting,
    union: bool,
) -> Result<(), EditError> {
    let written = entry.render(Tree::ROOT);
    if attribute.parent_option().is_some_and(|option| !is_chosen(&written, LIST, option.as_str())) {
        return Err(EditError::ParentNotChosen { attribute: attribute.name().to_owned() });
    }
    set(ontology, entry, attribute, answer, union)
}

/// An answer with another value.
pub(crate) fn answered(text: &str, answer: &Fitting) -> Result<String, EditError> {
    let mut tree = Tree::parse(text)?;
    let new = match tree.member(Tree::ROOT, "answers") {
        // Options are not alike because they stand at the same place.
        Some(old) if !is_array(answer.json.get()) => merge(tree.text(old), answer.json.get())?,
        _ => answer.json.get().to_owned(),
    };
    tree.set(Tree::ROOT, "answers", &new)?;
    Ok(tree.render(Tree::ROOT))
}

/// Takes every answer to an attribute out.
pub(crate) fn clear(entry: &mut Tree, attribute: &Attribute) -> Result<(), EditError> {
    let Some(list) = entry.member(Tree::ROOT, LIST).filter(|node| is_array(entry.text(*node))) else { return Ok(()) };
    entry.expand(list)?;
    for node in about(entry, list, attribute) {
        entry.remove(node);
    }
    Ok(())
}

/// Returns whether an option is chosen in a list of answers or actions.
pub(crate) fn is_chosen(entry: &str, list: &str, option: &str) -> bool {
    let answers = member(entry, list).into_iter().flat_map(elements);
    answers
        .filter_map(|answer| member(answer, "answers"))
        .flat_map(elements)
        .any(|chosen| member(chosen, "featureHash").and_then(string).is_some_and(|hash| hash == option))
}

/// Returns whether a value is an empty checklist, which equals no answer.
pub(crate) fn says_nothing(value: &AnswerValue) -> bool {
    matches!(value, AnswerValue::Checklist(options) if options.is_empty())
}
