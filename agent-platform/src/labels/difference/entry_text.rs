//! The contents of entries in a few words.

use crate::json::{elements, is_null, member, members, string};
use crate::labels::answer::{AnswerValue, value_of};
use crate::labels::compare::{PLATFORM_MEMBERS, same_value};
use crate::labels::geometry::AnyCoordinates;
use crate::labels::ranges::Ranges;

use super::shape_text::{number, shape_text};
use super::written::WrittenEntry;

/// The text of an absent value.
const NOTHING: &str = "nothing";

/// Returns the text of an object on a frame.
pub(super) fn placed(entry: &str) -> String {
    match AnyCoordinates::from_entry(entry) {
        Ok(shape) => shape_text(&shape),
        Err(Some(shape)) => format!("{} that cannot be read", shape.as_str()),
        Err(None) => "no coordinates".to_owned(),
    }
}

/// Returns the text of what changed about an object on a frame.
pub(super) fn placed_change(before: &str, after: &str) -> String {
    let (old, new) = (placed(before), placed(after));
    if old != new {
        return format!("{old} → {new}");
    }
    let shapes = [before, after].map(|entry| AnyCoordinates::from_entry(entry).ok());
    if shapes[0] != shapes[1] {
        return format!("{old} (less than it shows)");
    }
    let changed = members_changed(before, after);
    if changed.is_empty() { old } else { changed.join("; ") }
}

/// Returns the members of an entry that differ, apart from those that the platform fills in.
fn members_changed(before: &str, after: &str) -> Vec<String> {
    let mut keys: Vec<_> = members(before).map(|(key, _)| key).collect();
    keys.extend(members(after).map(|(key, _)| key).filter(|key| member(before, key).is_none()));
    let own = keys.iter().filter(|key| !PLATFORM_MEMBERS.contains(&key.as_ref()));
    let changed = own.filter_map(|key| {
        let (old, new) = (member(before, key).unwrap_or("null"), member(after, key).unwrap_or("null"));
        (!same_value(old, new)).then(|| format!("{key} {} → {}", raw(old), raw(new)))
    });
    changed.collect()
}

fn raw(json: &str) -> &str {
    if is_null(json) { NOTHING } else { json }
}

/// An answer as it is shown.
struct ShownAnswer {
    feature_hash: String,
    name: String,
    text: String,
}

/// Returns the answers and ranges of an object or classification.
pub(super) fn answers(entry: Option<&WrittenEntry>) -> String {
    let entry = json(entry);
    let mut parts: Vec<_> = over(entry).into_iter().collect();
    parts.extend(shown(entry).into_iter().map(|answer| format!("{} {}", answer.name, answer.text)));
    parts.join("; ")
}

/// Returns the JSON of an entry, or of an empty one.
fn json(entry: Option<&WrittenEntry>) -> &str {
    entry.map_or("{}", WrittenEntry::json)
}

/// Returns what changed about the answers and ranges of an object or classification.
pub(super) fn answers_change(before: Option<&WrittenEntry>, after: Option<&WrittenEntry>) -> String {
    let (before, after) = (json(before), json(after));
    let (old, new) = (shown(before), shown(after));
    let mut parts = Vec::new();
    let (old_range, new_range) = (over(before), over(after));
    if old_range != new_range {
        let text = |range: Option<String>| range.unwrap_or_else(|| NOTHING.to_owned());
        parts.push(format!("{} → {}", text(old_range), text(new_range)));
    }
    let find = |answers: &[ShownAnswer], hash: &str| {
        let found = answers.iter().find(|answer| answer.feature_hash == hash);
        found.map_or_else(|| NOTHING.to_owned(), |answer| answer.text.clone())
    };
    let added = new.iter().filter(|answer| old.iter().all(|other| other.feature_hash != answer.feature_hash));
    for answer in old.iter().chain(added) {
        let (old, new) = (find(&old, &answer.feature_hash), find(&new, &answer.feature_hash));
        if old != new {
            parts.push(format!("{} {old} → {new}", answer.name));
        }
    }
    if parts.is_empty() { members_changed(before, after).join("; ") } else { parts.join("; ") }
}

/// Returns the value of the only answer of a classification, or all of its answers.
pub(super) fn classified(entries: &[WrittenEntry]) -> String {
    let answers = entries.first().map(|entry| shown(entry.json())).unwrap_or_default();
    match answers.as_slice() {
        [only] => only.text.clone(),
        all => all.iter().map(|answer| format!("{} {}", answer.name, answer.text)).collect::<Vec<_>>().join("; "),
    }
}

/// Returns the frames of a classification.
pub(super) fn classified_ranges(entries: &[WrittenEntry]) -> Ranges {
    let written = entries.iter().find_map(|entry| member(entry.json(), "range").and_then(Ranges::parse));
    let by_frames = || entries.iter().filter_map(WrittenEntry::frame).collect();
    written.filter(|ranges| !ranges.is_empty()).unwrap_or_else(by_frames)
}

/// The ranges of an object in a sound, a time series or a text.
fn over(entry: &str) -> Option<String> {
    let ranges = member(entry, "range").and_then(Ranges::parse).filter(|ranges| !ranges.is_empty())?;
    Some(format!("over {}", spans(&ranges)))
}

/// Writes ranges as `0 to 5, 7`.
pub(super) fn spans(ranges: &Ranges) -> String {
    let span = |range: crate::labels::ranges::Range| match (range.start, range.end) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first} to {last}"),
    };
    ranges.iter().map(span).collect::<Vec<_>>().join(", ")
}

/// Writes `frame 3`, or `frames 0 to 5, 7`.
pub(super) fn frames(ranges: &Ranges) -> String {
    let plural = if ranges.count() == 1 { "" } else { "s" };
    format!("frame{plural} {}", spans(ranges))
}

/// Returns the static and dynamic answers of an entry, by attribute.
fn shown(entry: &str) -> Vec<ShownAnswer> {
    let mut all: Vec<ShownAnswer> = Vec::new();
    let lists = ["classifications", "actions"].into_iter().filter_map(|key| member(entry, key));
    for text in lists.flat_map(elements) {
        let get = |key| member(text, key).and_then(string).unwrap_or_default().into_owned();
        let Some(value) = member(text, "answers").and_then(|answers| value_of(answers, None)) else { continue };
        let ranges = member(text, "range").and_then(Ranges::parse).filter(|ranges| !ranges.is_empty());
        let on = ranges.map(|ranges| format!(" on {}", frames(&ranges))).unwrap_or_default();
        let answer = ShownAnswer {
            feature_hash: get("featureHash"),
            name: get("name"),
            text: format!("{}{on}", value_text(&value)),
        };
        match all.iter_mut().find(|other| other.feature_hash == answer.feature_hash) {
            // The editor writes a checklist of an object as one answer for each option.
            Some(other) => other.text = format!("{}, {}", other.text, answer.text),
            None => all.push(answer),
        }
    }
    all
}

fn value_text(value: &AnswerValue) -> String {
    match value {
        AnswerValue::Text(text) => format!("{text:?}"),
        AnswerValue::Number(value) => number(*value),
        AnswerValue::Radio(option) => option.label.clone(),
        AnswerValue::Checklist(options) if options.is_empty() => NOTHING.to_owned(),
        AnswerValue::Checklist(options) => {
            options.iter().map(|option| option.label.as_str()).collect::<Vec<_>>().join(", ")
        }
        AnswerValue::Unknown(json) => json.clone(),
    }
}
