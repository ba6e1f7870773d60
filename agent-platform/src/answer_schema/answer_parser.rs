//! Validation and parsing of answers.

use serde_json::{Map, Value};

use crate::json::quote;
use crate::labels::AnswerInput;

use super::answers::AttributeAnswer;
use super::error::{AnswerError, AnswerProblem, excerpt};
use super::question::{Alternative, FEATURE_HASH_KEY, Kind, Question, TITLE_KEY, is_flat};

/// Maximum length of a text in characters, as in Python.
pub(super) const MAX_TEXT_LENGTH: usize = 1000;
/// Maximum number of options listed in an error message.
const MAX_LISTED_OPTIONS: usize = 40;

type Members = Map<String, Value>;

/// The state of parsing an answer: the parsed answers and the problems found.
#[derive(Default)]
pub(super) struct AnswerParser {
    answers: Vec<AttributeAnswer>,
    problems: Vec<AnswerProblem>,
}

/// Parses an answer as JSON.
pub(super) fn json(text: &str) -> Result<Value, AnswerError> {
    serde_json::from_str(text).map_err(|error| AnswerError::not_json(&error))
}

impl AnswerParser {
    /// Returns `answers`, or the problems if there are any.
    pub(super) fn finish<T>(self, answers: T) -> Result<T, AnswerError> {
        if self.problems.is_empty() { Ok(answers) } else { Err(AnswerError::Invalid { problems: self.problems }) }
    }

    /// Takes the answers since the last call, each attribute before those nested below its options.
    pub(super) fn take(&mut self) -> Vec<AttributeAnswer> {
        std::mem::take(&mut self.answers)
    }

    fn report(&mut self, path: &str, reason: impl Into<String>) {
        self.problems.push(AnswerProblem { path: path.to_owned(), reason: reason.into() });
    }

    fn must_be(&mut self, path: &str, what: &str, value: &Value) {
        self.report(path, format!("must be {what}, not {}", excerpt(value)));
    }

    /// Returns the members of an object, and reports unknown members.
    pub(super) fn object<'v>(&mut self, value: &'v Value, path: &str, known: &[&str]) -> Option<&'v Members> {
        let Some(members) = value.as_object() else {
            self.must_be(path, "an object", value);
            return None;
        };
        for key in members.keys().filter(|key| !known.contains(&key.as_str())) {
            let key = excerpt(&Value::from(key.as_str()));
            self.report(path, format!("has a member {key} that was not asked for"));
        }
        Some(members)
    }

    /// Returns a required member, or reports that it is missing.
    pub(super) fn member<'v>(&mut self, members: &'v Members, path: &str, key: &str) -> Option<&'v Value> {
        let value = members.get(key);
        if value.is_none() {
            self.report(&join_path(path, key), "is missing");
        }
        value
    }

    /// Parses the answers to questions that are members of one object.
    pub(super) fn questions(&mut self, questions: &[Question], members: &Members, path: &str) {
        for question in questions {
            if let Some(value) = self.member(members, path, &question.key) {
                self.question(question, value, &join_path(path, &question.key));
            }
        }
    }

    fn question(&mut self, question: &Question, value: &Value, path: &str) {
        if value.is_null() && question.is_optional {
            return;
        }
        let mut known = vec![FEATURE_HASH_KEY];
        match &question.kind {
            Kind::Text | Kind::Number => known.push("value"),
            Kind::Radio(_) => known.push("choice"),
            Kind::Checklist(options) => known.extend(options.iter().map(|(key, _)| key.as_str())),
        }
        let Some(members) = self.object(value, path, &known) else { return };
        self.constant(members, path, FEATURE_HASH_KEY, question.feature_hash.as_str());
        match &question.kind {
            Kind::Checklist(options) => self.checklist(question, options, members, path),
            kind => {
                let key = if matches!(kind, Kind::Radio(_)) { "choice" } else { "value" };
                let Some(value) = self.member(members, path, key) else { return };
                let path = join_path(path, key);
                match kind {
                    Kind::Radio(options) => self.radio(question, options, value, &path),
                    Kind::Number => self.number(question, value, &path),
                    _ => self.text(question, value, &path),
                }
            }
        }
    }

    fn constant(&mut self, members: &Members, path: &str, key: &str, constant: &str) {
        let Some(value) = self.member(members, path, key) else { return };
        if value.as_str() != Some(constant) {
            self.must_be(&join_path(path, key), &quote(constant), value);
        }
    }

    fn text(&mut self, question: &Question, value: &Value, path: &str) {
        let Some(text) = value.as_str() else { return self.must_be(path, "text", value) };
        let length = text.chars().count();
        if length > MAX_TEXT_LENGTH {
            self.report(path, format!("has {length} characters, and may have {MAX_TEXT_LENGTH} at most"));
        } else if !text.trim().is_empty() {
            self.push(question, text.into());
        } else if !question.is_optional {
            self.report(path, "must not be empty");
        }
    }

    fn number(&mut self, question: &Question, value: &Value, path: &str) {
        match (value.as_i64(), value.as_f64()) {
            (Some(whole), _) => self.push(question, whole.into()),
            (None, Some(number)) => self.push(question, number.into()),
            (None, None) => self.must_be(path, "a number", value),
        }
    }

    fn radio(&mut self, question: &Question, options: &[Alternative], value: &Value, path: &str) {
        if let Some(option) = self.choice(options, value, path) {
            self.push(question, chosen([option]));
            self.chosen(option, value, path);
        }
    }

    fn checklist(&mut self, question: &Question, options: &[(String, Alternative)], members: &Members, path: &str) {
        let mut selected = Vec::new();
        for (key, option) in options {
            let Some(value) = self.member(members, path, key) else { continue };
            let has_more = !option.nested.is_empty();
            match value {
                Value::Bool(false) => {}
                Value::Bool(true) if !has_more => selected.push((key, option, value)),
                Value::Object(_) if has_more => selected.push((key, option, value)),
                _ if has_more => self.must_be(&join_path(path, key), "false or an object", value),
                _ => self.must_be(&join_path(path, key), "true or false", value),
            }
        }
        self.push(question, chosen(selected.iter().map(|(_, option, _)| *option)));
        for (key, option, value) in selected.into_iter().filter(|(.., value)| value.is_object()) {
            let path = join_path(path, key);
            if let Value::Object(members) = value {
                self.constant(members, &path, FEATURE_HASH_KEY, option.feature_hash.as_str());
            }
            self.chosen(option, value, &path);
        }
    }

    /// Returns the chosen option or class: by title, or by feature hash if there are nested questions.
    pub(super) fn choice<'a>(
        &mut self,
        options: &'a [Alternative],
        value: &Value,
        path: &str,
    ) -> Option<&'a Alternative> {
        if is_flat(options) {
            let found = options.iter().find(|option| value.as_str() == Some(&option.title));
            if found.is_none() {
                self.must_be(path, &one_of(options.iter().map(|option| quote(&option.title))), value);
            }
            return found;
        }
        let Some(members) = value.as_object() else {
            self.must_be(path, "an object", value);
            return None;
        };
        let hash = self.member(members, path, FEATURE_HASH_KEY)?;
        let found = options.iter().find(|option| hash.as_str() == Some(option.feature_hash.as_str()));
        if found.is_none() {
            let hashes =
                options.iter().map(|option| format!("{} ({})", quote(option.feature_hash.as_str()), option.title));
            self.must_be(&join_path(path, FEATURE_HASH_KEY), &one_of(hashes), hash);
        }
        found
    }

    /// Parses the answers nested below a chosen option.
    pub(super) fn chosen(&mut self, option: &Alternative, value: &Value, path: &str) {
        if !value.is_object() {
            return;
        }
        let mut known = vec![FEATURE_HASH_KEY, TITLE_KEY];
        known.extend(option.nested.iter().map(|question| question.key.as_str()));
        let Some(members) = self.object(value, path, &known) else { return };
        // The title repeats the feature hash and is optional, as in Python.
        if members.contains_key(TITLE_KEY) {
            self.constant(members, path, TITLE_KEY, &option.title);
        }
        self.questions(&option.nested, members, path);
    }

    fn push(&mut self, question: &Question, answer: AnswerInput) {
        let (feature_hash, name) = (question.feature_hash.clone(), question.name.clone());
        self.answers.push(AttributeAnswer { feature_hash, name, answer });
    }
}

fn chosen<'a>(options: impl IntoIterator<Item = &'a Alternative>) -> AnswerInput {
    AnswerInput::Options(options.into_iter().map(|option| option.feature_hash.to_string()).collect())
}

fn one_of(options: impl ExactSizeIterator<Item = String>) -> String {
    let more = if options.len() > MAX_LISTED_OPTIONS { ", …" } else { "" };
    let listed: Vec<String> = options.take(MAX_LISTED_OPTIONS).collect();
    match listed.as_slice() {
        [only] => only.clone(),
        _ => format!("one of {}{more}", listed.join(", ")),
    }
}

fn join_path(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
