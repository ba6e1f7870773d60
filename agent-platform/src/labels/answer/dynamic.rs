//! Dynamic answers: those that differ from frame to frame, in the text of an `object_actions` entry.

use std::collections::BTreeMap;

use crate::json::{NodeId, Tree, elements, member, string};
use crate::labels::error::EditError;
use crate::labels::new_entry::{DynamicAnswer, to_json};
use crate::labels::ranges::{Range, Ranges};
use crate::ontology::{Attribute, AttributeType};

use super::input::{Fitting, same};
use super::statics::{about, list_in, says_nothing};
use super::value::{AnswerValue, ChosenOption, value_of};

const LIST: &str = "actions";

/// One value of one attribute over some frames (contract: `docs/contract/label-format.md#dynamic-answers`).
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) value: AnswerValue,
    pub(crate) ranges: Ranges,
}

/// The actions of an attribute in the order they are written.
pub(crate) fn actions_of(entry: &str, attribute: &str, kind: &AttributeType) -> Vec<Action> {
    let actions = member(entry, "actions").into_iter().flat_map(elements);
    let own =
        actions.filter(|action| member(action, "featureHash").and_then(string).is_some_and(|hash| hash == attribute));
    own.filter_map(|action| {
        let value = value_of(member(action, "answers")?, Some(kind))?;
        let ranges = member(action, "range").and_then(Ranges::parse)?;
        // An empty checklist says nothing.
        let empty = matches!(&value, AnswerValue::Checklist(options) if options.is_empty());
        (!empty).then_some(Action { value, ranges })
    })
    .collect()
}

/// Returns the answer to an attribute on one frame. The last action counts; checklists are the union of all.
pub(crate) fn answer_at(actions: &[Action], kind: &AttributeType, frame: u64) -> Option<AnswerValue> {
    let mut there = actions.iter().filter(|action| action.ranges.contains(frame));
    if *kind != AttributeType::Checklist {
        return there.next_back().map(|action| action.value.clone());
    }
    let mut ticked: Vec<ChosenOption> = Vec::new();
    for option in there.flat_map(|action| action.value.options()) {
        if !ticked.contains(option) {
            ticked.push(option.clone());
        }
    }
    (!ticked.is_empty()).then_some(AnswerValue::Checklist(ticked))
}

/// Every answer with the frames that it counts on, by first frame.
pub(crate) fn answers_by_range(actions: &[Action], kind: &AttributeType) -> Vec<(Ranges, AnswerValue)> {
    let mut all = if *kind == AttributeType::Checklist { united(actions) } else { overridden(actions) };
    all.sort_by_key(|(ranges, _)| ranges.first());
    all
}

fn overridden(actions: &[Action]) -> Vec<(Ranges, AnswerValue)> {
    let mut taken = Ranges::none();
    let mut all: Vec<(Ranges, AnswerValue)> = Vec::new();
    for action in actions.iter().rev() {
        let own = action.ranges.difference(&taken);
        taken = taken.union(&own);
        if own.is_empty() {
            continue;
        }
        match all.iter_mut().find(|(_, value)| *value == action.value) {
            Some((ranges, _)) => *ranges = ranges.union(&own),
            None => all.push((own, action.value.clone())),
        }
    }
    all
}

/// A sweep over the ends of all ranges, with how often each option is ticked.
fn united<'a>(actions: &'a [Action]) -> Vec<(Ranges, AnswerValue)> {
    let mut changes: Vec<(u64, bool, &ChosenOption)> = Vec::new();
    for action in actions {
        for range in action.ranges.iter() {
            for option in action.value.options() {
                changes.push((range.start, true, option));
                if let Some(after) = range.end.checked_add(1) {
                    changes.push((after, false, option));
                }
            }
        }
    }
    changes.sort();
    let mut ticked: BTreeMap<&ChosenOption, usize> = BTreeMap::new();
    let mut stretches: BTreeMap<Vec<&ChosenOption>, Vec<Range>> = BTreeMap::new();
    let mut from = 0;
    let mut keep = |ticked: &BTreeMap<&'a ChosenOption, usize>, range: Range| {
        if !ticked.is_empty() {
            stretches.entry(ticked.keys().copied().collect()).or_default().push(range);
        }
    };
    for (at, on, option) in changes {
        if at > from {
            keep(&ticked, Range { start: from, end: at - 1 });
        }
        from = at;
        if on {
            *ticked.entry(option).or_default() += 1;
        } else if let Some(count) = ticked.get_mut(option) {
            *count -= 1;
            if *count == 0 {
                ticked.remove(option);
            }
        }
    }
    keep(&ticked, Range { start: from, end: u64::MAX });
    let value = |options: Vec<&ChosenOption>| AnswerValue::Checklist(options.into_iter().cloned().collect());
    stretches.into_iter().map(|(options, ranges)| (Ranges::merged(ranges), value(options))).collect()
}

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
        let text = to_json(&DynamicAnswer::new(attribute, &answer.json, ranges.to_json()));
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

/// Returns whether an entry has no action left.
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
    let mut tree = Tree::parse(entry.text(action))?;
    tree.set(Tree::ROOT, "range", &new.to_json())?;
    entry.replace(action, &tree.render(Tree::ROOT))?;
    Ok(())
}
