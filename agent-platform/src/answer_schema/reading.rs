//! Reading an answer against what was asked.

use serde_json::{Map, Value};

use crate::json::quote;
use crate::labels::AnswerInput;

use super::answers::AttributeAnswer;
use super::error::{AnswerError, AnswerProblem, repeated};
use super::question::{Asked, IDENTITY, Kind, Question, TITLE, is_flat};

/// Characters that a text may have, as in Python.
pub(super) const LONGEST_TEXT: usize = 1000;
/// So many of the options that there are, are told.
const OPTIONS_TOLD: usize = 40;

type Members = Map<String, Value>;

/// An answer that is being read: what was answered, and what is wrong.
#[derive(Default)]
pub(super) struct Reading {
    answers: Vec<AttributeAnswer>,
    problems: Vec<AnswerProblem>,
}

/// An answer as JSON.
pub(super) fn json(text: &str) -> Result<Value, AnswerError> {
    serde_json::from_str(text).map_err(|error| AnswerError::not_json(&error))
}

impl Reading {
    /// What was read, if nothing is wrong.
    pub(super) fn finish<T>(self, answers: T) -> Result<T, AnswerError> {
        if self.problems.is_empty() { Ok(answers) } else { Err(AnswerError::Invalid { problems: self.problems }) }
    }

    /// The answers since the last call: those to attributes before those to what is below their options.
    pub(super) fn take(&mut self) -> Vec<AttributeAnswer> {
        std::mem::take(&mut self.answers)
    }

    fn wrong(&mut self, path: &str, reason: impl Into<String>) {
        self.problems.push(AnswerProblem { path: path.to_owned(), reason: reason.into() });
    }

    fn must_be(&mut self, path: &str, what: &str, value: &Value) {
        self.wrong(path, format!("must be {what}, not {}", repeated(value)));
    }

    /// The members of an object that has no others than these.
    pub(super) fn object<'v>(&mut self, value: &'v Value, path: &str, known: &[&str]) -> Option<&'v Members> {
        let Some(members) = value.as_object() else {
            self.must_be(path, "an object", value);
            return None;
        };
        for key in members.keys().filter(|key| !known.contains(&key.as_str())) {
            let key = repeated(&Value::from(key.as_str()));
            self.wrong(path, format!("has a member {key} that was not asked for"));
        }
        Some(members)
    }

    /// A member that must be there.
    pub(super) fn member<'v>(&mut self, members: &'v Members, path: &str, key: &str) -> Option<&'v Value> {
        let value = members.get(key);
        if value.is_none() {
            self.wrong(&below(path, key), "is missing");
        }
        value
    }

    /// Questions that are members of one object.
    pub(super) fn questions(&mut self, questions: &[Question], members: &Members, path: &str) {
        for question in questions {
            if let Some(value) = self.member(members, path, &question.key) {
                self.question(question, value, &below(path, &question.key));
            }
        }
    }

    fn question(&mut self, question: &Question, value: &Value, path: &str) {
        if value.is_null() && question.is_optional {
            return;
        }
        let mut known = vec![IDENTITY];
        match &question.kind {
            Kind::Text | Kind::Number => known.push("value"),
            Kind::Radio(_) => known.push("choice"),
            Kind::Checklist(options) => known.extend(options.iter().map(|(key, _)| key.as_str())),
        }
        let Some(members) = self.object(value, path, &known) else { return };
        self.constant(members, path, IDENTITY, &question.feature_hash);
        match &question.kind {
            Kind::Checklist(options) => self.checklist(question, options, members, path),
            kind => {
                let key = if matches!(kind, Kind::Radio(_)) { "choice" } else { "value" };
                let Some(value) = self.member(members, path, key) else { return };
                let path = below(path, key);
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
            self.must_be(&below(path, key), &quote(constant), value);
        }
    }

    fn text(&mut self, question: &Question, value: &Value, path: &str) {
        let Some(text) = value.as_str() else { return self.must_be(path, "text", value) };
        let length = text.chars().count();
        if length > LONGEST_TEXT {
            self.wrong(path, format!("has {length} characters, and may have {LONGEST_TEXT} at most"));
        } else if !text.trim().is_empty() {
            self.answered(question, text.into());
        } else if !question.is_optional {
            self.wrong(path, "must not be empty");
        }
    }

    fn number(&mut self, question: &Question, value: &Value, path: &str) {
        match (value.as_i64(), value.as_f64()) {
            (Some(whole), _) => self.answered(question, whole.into()),
            (None, Some(number)) => self.answered(question, number.into()),
            (None, None) => self.must_be(path, "a number", value),
        }
    }

    fn radio(&mut self, question: &Question, options: &[Asked], value: &Value, path: &str) {
        if let Some(option) = self.choice(options, value, path) {
            self.answered(question, chosen([option]));
            self.chosen(option, value, path);
        }
    }

    fn checklist(&mut self, question: &Question, options: &[(String, Asked)], members: &Members, path: &str) {
        let mut ticked = Vec::new();
        for (key, option) in options {
            let Some(value) = self.member(members, path, key) else { continue };
            let has_more = !option.below.is_empty();
            match value {
                Value::Bool(false) => {}
                Value::Bool(true) if !has_more => ticked.push((key, option, value)),
                Value::Object(_) if has_more => ticked.push((key, option, value)),
                _ if has_more => self.must_be(&below(path, key), "false or an object", value),
                _ => self.must_be(&below(path, key), "true or false", value),
            }
        }
        self.answered(question, chosen(ticked.iter().map(|(_, option, _)| *option)));
        for (key, option, value) in ticked.into_iter().filter(|(.., value)| value.is_object()) {
            let path = below(path, key);
            if let Value::Object(members) = value {
                self.constant(members, &path, IDENTITY, &option.feature_hash);
            }
            self.chosen(option, value, &path);
        }
    }

    /// Which of several options or classes is chosen: by title, or by feature hash where more is asked.
    pub(super) fn choice<'a>(&mut self, options: &'a [Asked], value: &Value, path: &str) -> Option<&'a Asked> {
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
        let hash = self.member(members, path, IDENTITY)?;
        let found = options.iter().find(|option| hash.as_str() == Some(&option.feature_hash));
        if found.is_none() {
            let hashes = options.iter().map(|option| format!("{} ({})", quote(&option.feature_hash), option.title));
            self.must_be(&below(path, IDENTITY), &one_of(hashes), hash);
        }
        found
    }

    /// What is asked once an option is chosen.
    pub(super) fn chosen(&mut self, option: &Asked, value: &Value, path: &str) {
        if !value.is_object() {
            return;
        }
        let mut known = vec![IDENTITY, TITLE];
        known.extend(option.below.iter().map(|question| question.key.as_str()));
        let Some(members) = self.object(value, path, &known) else { return };
        // The feature hash says the same; in Python it is not asked for either.
        if members.contains_key(TITLE) {
            self.constant(members, path, TITLE, &option.title);
        }
        self.questions(&option.below, members, path);
    }

    fn answered(&mut self, question: &Question, answer: AnswerInput) {
        let (feature_hash, name) = (question.feature_hash.clone(), question.name.clone());
        self.answers.push(AttributeAnswer { feature_hash, name, answer });
    }
}

fn chosen<'a>(options: impl IntoIterator<Item = &'a Asked>) -> AnswerInput {
    AnswerInput::Options(options.into_iter().map(|option| option.feature_hash.clone()).collect())
}

fn one_of(options: impl ExactSizeIterator<Item = String>) -> String {
    let more = if options.len() > OPTIONS_TOLD { ", …" } else { "" };
    let told: Vec<String> = options.take(OPTIONS_TOLD).collect();
    match told.as_slice() {
        [only] => only.clone(),
        _ => format!("one of {}{more}", told.join(", ")),
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
