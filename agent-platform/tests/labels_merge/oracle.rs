//! A second implementation of difference and merge on parsed values: slow and simple.

use std::collections::{BTreeMap, BTreeSet};

use agent_platform::labels::LabelRow;
use serde_json::{Value, json};

/// The labels of a row by entry, without members that the platform fills in.
pub(crate) type Entries = BTreeMap<(String, String), Value>;

/// Returns a value without blank and platform members, with numbers as floats.
fn normal(value: &Value) -> Value {
    const PLATFORM: [&str; 5] = ["createdAt", "createdBy", "lastEditedAt", "lastEditedBy", "objectNumber"];
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(key, _)| !PLATFORM.contains(&key.as_str()));
            let kept = kept.map(|(key, value)| (key.clone(), normal(value))).filter(|(_, value)| !is_blank(value));
            Value::Object(kept.collect())
        }
        Value::Array(elements) => Value::Array(elements.iter().map(normal).collect()),
        Value::Number(number) => json!(number.as_f64()),
        other => other.clone(),
    }
}

fn is_blank(value: &Value) -> bool {
    *value == json!(null) || *value == json!("") || *value == json!([]) || *value == json!({})
}

pub(crate) fn entries(row: &LabelRow) -> Entries {
    let json: Value = serde_json::from_str(&row.to_json()).unwrap();
    let events = json["scene"]["isContinuous"] == true;
    let mut entries = Entries::new();
    let mut class = |hash: &str, part: String, value: Value| {
        let entry = entries.entry((hash.to_owned(), "class".to_owned())).or_insert_with(|| json!({}));
        entry[part] = value;
    };
    for (hash, value) in json["classification_answers"].as_object().unwrap() {
        class(hash, "answers".to_owned(), normal(value));
    }
    let mut objects = Vec::new();
    for (space, labels) in holders(&json) {
        for (frame, blob) in labels.as_object().into_iter().flatten() {
            for entry in blob["classifications"].as_array().into_iter().flatten() {
                class(entry["classificationHash"].as_str().unwrap(), format!("{space} {frame}"), normal(entry));
            }
            for entry in blob["objects"].as_array().into_iter().flatten() {
                objects.push((entry["objectHash"].as_str().unwrap(), format!("{space} {frame}"), normal(entry)));
            }
        }
    }
    for (hash, at, entry) in objects {
        if events {
            entries.entry((hash.to_owned(), "on events".to_owned())).or_insert_with(|| json!({}))[at] = entry;
        } else {
            entries.insert((hash.to_owned(), format!("on {at}")), entry);
        }
    }
    for part in ["object_answers", "object_actions"] {
        for (hash, value) in json[part].as_object().unwrap() {
            let value = normal(value);
            if value != json!({"objectHash": hash}) {
                entries.insert((hash.clone(), part.to_owned()), value);
            }
        }
    }
    entries
}

fn holders(row: &Value) -> Vec<(String, &Value)> {
    let units = row["data_units"].as_object().unwrap().values().map(|unit| (String::new(), &unit["labels"]));
    let spaces = row["spaces"].as_object().into_iter().flatten().map(|(id, space)| (id.clone(), &space["labels"]));
    units.chain(spaces).collect()
}

/// Returns the merged entries, or `None` if there is a conflict.
pub(crate) fn merge(base: &Entries, ours: &Entries, theirs: &Entries) -> Option<Entries> {
    let keys: BTreeSet<_> = base.keys().chain(ours.keys()).chain(theirs.keys()).cloned().collect();
    let mut merged = theirs.clone();
    for key in &keys {
        let (before, own, foreign) = (base.get(key), ours.get(key), theirs.get(key));
        if own == before || own == foreign {
            continue;
        }
        if foreign != before {
            return None;
        }
        merged.remove(key);
        merged.extend(own.map(|own| (key.clone(), own.clone())));
    }
    let hashes: BTreeSet<&String> = keys.iter().map(|(hash, _)| hash).collect();
    for hash in hashes {
        merge_object(hash, [base, ours, theirs], &mut merged)?;
    }
    let own = changed_classes(base, ours, theirs);
    let foreign = changed_classes(base, theirs, ours);
    let clash = own.iter().any(|(_, frames)| foreign.iter().any(|(_, others)| !frames.is_disjoint(others)));
    (!clash).then_some(merged)
}

fn of<'e>(entries: &'e Entries, hash: &str) -> Vec<(&'e (String, String), &'e Value)> {
    entries.iter().filter(|((own, _), _)| own == hash).collect()
}

fn is_live(entries: &Entries, hash: &str) -> bool {
    of(entries, hash).iter().any(|((_, part), _)| part.starts_with("on "))
}

/// Merges an object. Adding or deleting an object affects all of its entries.
fn merge_object(hash: &str, rows: [&Entries; 3], merged: &mut Entries) -> Option<()> {
    let [base, ours, theirs] = rows;
    match rows.map(|entries| is_live(entries, hash)) {
        [true, false, true] if of(base, hash) != of(theirs, hash) => return None,
        [true, true, false] if of(base, hash) != of(ours, hash) => return None,
        [false, true, true] if of(ours, hash) != of(theirs, hash) => return None,
        [true, true, true] if !is_live(merged, hash) => {
            let answers = |entries: &Entries| -> Vec<Value> {
                let answers = of(entries, hash).into_iter().filter(|((_, part), _)| part.starts_with("object_"));
                answers.map(|(_, value)| value.clone()).collect()
            };
            if answers(base) != answers(ours) || answers(base) != answers(theirs) {
                return None;
            }
            merged.retain(|(own, _), _| own != hash);
        }
        _ => {}
    }
    Some(())
}

/// Returns the classifications that only one row has changed, with their frames.
fn changed_classes(base: &Entries, row: &Entries, other: &Entries) -> Vec<(String, BTreeSet<u64>)> {
    let classes = row.iter().filter(|((_, part), _)| part == "class");
    let changed = classes.filter(|(key, value)| base.get(*key) != Some(value) && other.get(*key) != Some(value));
    let number = |value: &Value| value.as_f64().unwrap().to_string().parse::<u64>().unwrap();
    let frames = |value: &Value| -> BTreeSet<u64> {
        let ranges = value["answers"]["range"].as_array().cloned().unwrap_or_default();
        ranges.iter().flat_map(|range| number(&range[0])..=number(&range[1])).collect()
    };
    changed.map(|((hash, _), value)| (hash.clone(), frames(value))).collect()
}
