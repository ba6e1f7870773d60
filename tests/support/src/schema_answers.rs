//! Random answers to JSON schemas, valid and invalid, and a small validator.
use serde_json::{Value, json};

/// A modification of a valid answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Nothing,
    Missing,
    Unasked,
    OtherHash,
    OtherChoice,
    NoBoolean,
    WordForBoolean,
    LongText,
    LongestText,
    BlankText,
    NumberForText,
    TextForNumber,
    NoObject,
    Null,
    NoTitle,
    OtherTitle,
}

pub const CHANGES: [Change; 15] = [
    Change::Missing,
    Change::Unasked,
    Change::OtherHash,
    Change::OtherChoice,
    Change::NoBoolean,
    Change::WordForBoolean,
    Change::LongText,
    Change::LongestText,
    Change::BlankText,
    Change::NumberForText,
    Change::TextForNumber,
    Change::NoObject,
    Change::Null,
    Change::NoTitle,
    Change::OtherTitle,
];

/// Returns an answer that a schema allows. With `nulls`, some members are null.
pub fn answer(schema: &Value, root: &Value, random: &mut fastrand::Rng, nulls: bool) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return answer(root.pointer(&reference[1..]).unwrap(), root, random, nulls);
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(kinds) = schema[key].as_array() {
            let kinds: Vec<&Value> = kinds.iter().filter(|kind| nulls || kind["type"] != "null").collect();
            return answer(kinds[random.usize(..kinds.len())], root, random, nulls);
        }
    }
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[random.usize(..words.len())].clone();
    }
    match schema["type"].as_str().unwrap() {
        "object" => {
            let properties = schema["properties"].as_object().unwrap().iter();
            let required = |key: &str| schema["required"].as_array().unwrap().iter().any(|other| other == key);
            let kept = properties.filter(|(key, _)| required(key) || random.bool()).collect::<Vec<_>>();
            kept.into_iter().map(|(key, below)| (key.clone(), answer(below, root, random, nulls))).collect()
        }
        "string" => ["a", "Two words.", "\"quoted\" \\ and\nbroken", "größer als 天", "🪙"][random.usize(..5)].into(),
        "boolean" => random.bool().into(),
        "number" => [json!(3), json!(-0.25), json!(1e300), json!(9_007_199_254_740_993_i64)][random.usize(..4)].clone(),
        "null" => Value::Null,
        other => panic!("{other}"),
    }
}

/// Returns the answer with one change, or `None` if the change does not apply.
pub fn changed(answer: &Value, change: Change, random: &mut fastrand::Rng) -> Option<Value> {
    let mut places = Vec::new();
    collect(answer, String::new(), &mut places);
    let at = |place: &str| answer.pointer(place).unwrap();
    let last = |place: &str| place.rsplit('/').next().unwrap().to_owned();
    let fits = |place: &&String| match change {
        Change::Nothing => false,
        Change::Missing => !place.is_empty() && last(place) != "title",
        Change::Unasked | Change::NoObject => at(place).is_object(),
        Change::OtherHash => last(place) == "feature_node_hash",
        Change::OtherChoice => last(place) == "choice" && at(place).is_string(),
        Change::NoBoolean | Change::WordForBoolean => at(place).is_boolean(),
        Change::LongText | Change::LongestText | Change::BlankText | Change::NumberForText => {
            last(place) == "value" && at(place).is_string()
        }
        Change::TextForNumber => last(place) == "value" && at(place).is_number(),
        Change::Null => at(place)["feature_node_hash"].is_string() && last(place) != "choice",
        Change::NoTitle | Change::OtherTitle => last(place) == "title" && at(place).is_string(),
    };
    let places: Vec<&String> = places.iter().filter(fits).collect();
    let place = (!places.is_empty()).then(|| places[random.usize(..places.len())])?;
    let mut changed = answer.clone();
    let value = changed.pointer_mut(place).unwrap();
    match change {
        Change::Unasked => value["unasked"] = json!(1),
        Change::OtherHash | Change::OtherChoice | Change::OtherTitle => *value = json!("none of these"),
        Change::NoBoolean => *value = json!("maybe"),
        Change::WordForBoolean => *value = json!(value.as_bool().unwrap().to_string()),
        Change::LongText => *value = json!("ö".repeat(1001)),
        Change::LongestText => *value = json!("ö".repeat(1000)),
        Change::BlankText => *value = json!(" \n"),
        Change::NumberForText => *value = json!(7),
        Change::TextForNumber => *value = json!("7"),
        Change::NoObject => *value = json!([]),
        Change::Null => *value = Value::Null,
        Change::Nothing => {}
        Change::Missing | Change::NoTitle => {
            let (parent, key) = place.rsplit_once('/').unwrap();
            changed.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
        }
    }
    Some(changed)
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    for (key, below) in value.as_object().into_iter().flatten() {
        // Members of an answer need no escapes in a JSON pointer.
        collect(below, format!("{place}/{key}"), places);
    }
    places.push(place);
}

/// Returns whether a schema allows a value, for the keywords that this project's schemas use.
pub fn allows(schema: &Value, value: &Value) -> bool {
    if let Some(kinds) = schema["anyOf"].as_array() {
        return kinds.iter().any(|kind| allows(kind, value));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return false;
    }
    match schema["type"].as_str().unwrap() {
        "object" => value.as_object().is_some_and(|members| {
            let properties = schema["properties"].as_object().unwrap();
            members.keys().all(|key| properties.contains_key(key))
                && properties.iter().all(|(key, below)| members.get(key).is_some_and(|value| allows(below, value)))
        }),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    }
}

/// Returns all nested schemas.
pub fn parts<'s>(schema: &'s Value, found: &mut Vec<&'s Value>) {
    found.push(schema);
    let below = schema["anyOf"].as_array().into_iter().flatten();
    below
        .chain(schema["properties"].as_object().into_iter().flat_map(|all| all.values()))
        .for_each(|s| parts(s, found));
}
