//! The schema as text. Models write members in the order of the schema: what says what is meant comes first.

use crate::json::quote;

use super::question::{Asked, IDENTITY, Kind, Question, TITLE, is_flat};
use super::reading::LONGEST_TEXT;

/// An object with these members and no others, all of them there.
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

/// The members that ask questions.
pub(super) fn members(questions: &[Question]) -> Vec<(&str, String)> {
    questions.iter().map(|question| (question.key.as_str(), nullable(question))).collect()
}

fn nullable(question: &Question) -> String {
    let asked = asked(question);
    if question.is_optional { format!(r#"{{"anyOf":[{asked},{{"type":"null"}}]}}"#) } else { asked }
}

fn asked(question: &Question) -> String {
    let name = &question.name;
    let identity = (IDENTITY, constant(&question.feature_hash));
    match &question.kind {
        Kind::Text => {
            let about = format!("{name}: text of at most {LONGEST_TEXT} characters");
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
            let options = options.iter().map(|(key, option)| (key.as_str(), tick(option)));
            object(Some(&about), &std::iter::once(identity).chain(options).collect::<Vec<_>>())
        }
    }
}

/// One of several options or classes.
pub(super) fn choice(options: &[Asked]) -> String {
    if is_flat(options) {
        return enumeration(options.iter().map(|option| option.title.as_str()));
    }
    any_of(options.iter().map(chosen))
}

fn tick(option: &Asked) -> String {
    if option.below.is_empty() {
        return format!(r#"{{"type":"boolean","description":{}}}"#, quote(&option.title));
    }
    any_of([r#"{"type":"boolean","enum":[false]}"#.to_owned(), chosen(option)])
}

fn chosen(option: &Asked) -> String {
    let mut all = vec![(IDENTITY, constant(&option.feature_hash)), (TITLE, constant(&option.title))];
    all.extend(members(&option.below));
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
