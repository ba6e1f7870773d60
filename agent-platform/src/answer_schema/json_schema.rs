//! Generation of the JSON schema. Models write members in the order of the schema, so the feature hash comes before the
//! answer.

use crate::json::quote;

use super::answer_parser::MAX_TEXT_LENGTH;
use super::question::{Alternative, FEATURE_HASH_KEY, Kind, Question, TITLE_KEY, is_flat};

/// Generates an object schema with these members, all required, and no others.
pub(super) fn object(description: Option<&str>, members: &[(&str, String)]) -> String {
    let description = description.map(|text| format!(r#""description":{},"#, quote(text))).unwrap_or_default();
    let properties = members.iter().map(|(key, schema)| format!("{}:{schema}", quote(key)));
    let required = members.iter().map(|(key, _)| quote(key));
    format!(
        r#"{{"type":"object",{description}"properties":{{{}}},"required":[{}],"additionalProperties":false}}"#,
        joined(properties),
        joined(required)
    )
}

/// Generates the members for some questions.
pub(super) fn members(questions: &[Question]) -> Vec<(&str, String)> {
    questions.iter().map(|question| (question.key.as_str(), nullable(question))).collect()
}

fn nullable(question: &Question) -> String {
    let attribute = attribute(question);
    if question.is_optional { format!(r#"{{"anyOf":[{attribute},{{"type":"null"}}]}}"#) } else { attribute }
}

fn attribute(question: &Question) -> String {
    let name = &question.name;
    let identity = (FEATURE_HASH_KEY, constant(question.feature_hash.as_str()));
    match &question.kind {
        Kind::Text => {
            let about = format!("{name}: text of at most {MAX_TEXT_LENGTH} characters");
            object(Some(&about), &[identity, ("value", r#"{"type":"string"}"#.to_owned())])
        }
        Kind::Number => {
            let about = format!("{name}: a number");
            object(Some(&about), &[identity, ("value", r#"{"type":"number"}"#.to_owned())])
        }
        Kind::Radio(options) => {
            let about = format!("{name}: the one option that fits best");
            object(Some(&about), &[identity, ("choice", choice(options))])
        }
        Kind::Checklist(options) => {
            let about = format!("{name}: whether each option applies");
            let options = options.iter().map(|(key, option)| (key.as_str(), checklist_option(option)));
            object(Some(&about), &std::iter::once(identity).chain(options).collect::<Vec<_>>())
        }
    }
}

/// Generates the schema for one of several options or classes.
pub(super) fn choice(options: &[Alternative]) -> String {
    if is_flat(options) {
        return enumeration(options.iter().map(|option| option.title.as_str()));
    }
    any_of(options.iter().map(nested_option))
}

fn checklist_option(option: &Alternative) -> String {
    if option.nested.is_empty() {
        return format!(r#"{{"type":"boolean","description":{}}}"#, quote(&option.title));
    }
    any_of([r#"{"type":"boolean","enum":[false]}"#.to_owned(), nested_option(option)])
}

fn nested_option(option: &Alternative) -> String {
    let mut all =
        vec![(FEATURE_HASH_KEY, constant(option.feature_hash.as_str())), (TITLE_KEY, constant(&option.title))];
    all.extend(members(&option.nested));
    object(None, &all)
}

fn constant(text: &str) -> String {
    enumeration([text])
}

fn enumeration<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    format!(r#"{{"type":"string","enum":[{}]}}"#, joined(texts.into_iter().map(quote)))
}

fn any_of(schemas: impl IntoIterator<Item = String>) -> String {
    format!(r#"{{"anyOf":[{}]}}"#, joined(schemas))
}

fn joined(texts: impl IntoIterator<Item = String>) -> String {
    texts.into_iter().collect::<Vec<_>>().join(",")
}
