//! The arguments of an attribute, parsed and checked.

use proc_macro2::{Ident, TokenStream};
use syn::LitStr;
use syn::ext::IdentExt;

use super::AttributeMacro;
use super::key_value::KeyValue;
use super::keys::{self, Choice, Conflict, KEYS, KeySpec, Part, With};
use super::path;
use super::value::Value;
use crate::errors::Errors;

/// The arguments of an attribute. Every mistake has been reported.
pub(crate) struct Arguments {
    given: Vec<Argument>,
    /// All keys as written, also unknown ones.
    keys: Vec<Ident>,
}

/// A key that is given, with its value.
pub(crate) struct Argument {
    pub(crate) spec: &'static KeySpec,
    pub(crate) key: Ident,
    /// `None` if the value is invalid.
    pub(crate) value: Option<Value>,
}

impl Arguments {
    /// Parses the arguments of an attribute. A mistake is reported at its token, and parsing continues.
    pub(crate) fn parse(attribute: AttributeMacro, tokens: TokenStream, errors: &Errors) -> Self {
        let mut arguments = Self { given: Vec::new(), keys: Vec::new() };
        for argument in KeyValue::parse_all(tokens, errors) {
            let name = argument.key.to_string();
            arguments.keys.push(argument.key.clone());
            match keys::find(attribute, &name) {
                Err(problem) => errors.at(&argument.key, problem),
                Ok(spec) if arguments.find(spec.name).is_some() => {
                    errors.at(&argument.key, format!("`{name}` is given twice: remove one"));
                }
                Ok(spec) => {
                    let value = Value::parse(spec, &argument, errors);
                    arguments.given.push(Argument { spec, key: argument.key, value });
                }
            }
        }
        arguments.report_contradictions(errors);
        arguments
    }

    /// Returns all keys as written, also unknown ones.
    pub(crate) fn keys(&self) -> &[Ident] {
        &self.keys
    }

    /// Returns a valid text.
    pub(crate) fn text(&self, key: &str) -> Option<&LitStr> {
        match self.value(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a valid number.
    pub(crate) fn number(&self, key: &str) -> Option<u32> {
        match self.value(key)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns a valid duration in milliseconds.
    pub(crate) fn millis(&self, key: &str) -> Option<u64> {
        match self.value(key)? {
            Value::Duration(millis) => Some(*millis),
            _ => None,
        }
    }

    /// Returns a valid choice.
    pub(crate) fn choice(&self, key: &str) -> Option<&'static Choice> {
        match self.value(key)? {
            Value::Choice(choice) => Some(choice),
            _ => None,
        }
    }

    /// Returns `true` if a flag is given.
    pub(crate) fn flag(&self, key: &str) -> bool {
        matches!(self.value(key), Some(Value::Flag(true)))
    }

    /// Returns the path of the runtime crate, if it goes by another name.
    pub(crate) fn crate_path(&self) -> Option<&syn::Path> {
        match self.value("crate")? {
            Value::CratePath(path) => Some(path),
            _ => None,
        }
    }

    /// Returns the valid arguments that set this part.
    pub(crate) fn of_part(&self, part: &Part) -> impl Iterator<Item = (&Ident, &Value)> {
        let given = self.given.iter().filter(move |argument| argument.spec.part == *part);
        given.filter_map(|argument| Some((&argument.key, argument.value.as_ref()?)))
    }

    /// Returns each given key that conflicts with a property of the function, with the conflict.
    pub(crate) fn conflicts(&self) -> impl Iterator<Item = (&Ident, &'static Conflict)> {
        let given = self.given.iter().filter(|argument| !matches!(argument.value, Some(Value::Flag(false))));
        given.flat_map(|argument| argument.spec.conflicts.iter().map(|conflict| (&argument.key, conflict)))
    }

    /// Returns the path: the given one, or the default, which is derived from the name of the function.
    pub(crate) fn path(&self, function: &Ident, errors: &Errors) -> String {
        if let Some(path) = self.text("path") {
            return path.value();
        }
        let path = path::from_function_name(&function.unraw().to_string());
        // An invalid path of the user has been reported.
        if self.find("path").is_none()
            && let Some(problem) = path::problem(&path)
        {
            errors.at(
                function,
                format!("this function's name makes no path, so give one with `path = \"...\"`: {problem}"),
            );
        }
        path
    }

    /// Returns the name for people. Default: the name of the function.
    pub(crate) fn name(&self, function: &Ident) -> String {
        self.text("name").map_or_else(|| function.unraw().to_string(), |name| name.value().trim().to_owned())
    }

    fn find(&self, key: &str) -> Option<&Argument> {
        debug_assert!(KEYS.iter().any(|spec| spec.name == key), "`{key}` is not in the table of keys");
        self.given.iter().find(|argument| argument.spec.name == key)
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.find(key)?.value.as_ref()
    }

    /// Reports keys that contradict each other.
    fn report_contradictions(&self, errors: &Errors) {
        for (position, argument) in self.given.iter().enumerate() {
            for conflict in argument.spec.conflicts {
                match conflict.with {
                    With::Key(other) => {
                        if let Some(other) = self.given.iter().position(|argument| argument.spec.name == other) {
                            errors.at(&self.given[position.max(other)].key, conflict.message);
                        }
                    }
                    With::Choice(other, word) => {
                        let contradicts = self.choice(other).is_some_and(|choice| choice.word == word);
                        if contradicts && argument.is_subject_to(conflict) {
                            errors.at(&argument.key, conflict.message);
                        }
                    }
                    With::Missing(other) => {
                        if self.given.iter().all(|argument| argument.spec.name != other) {
                            errors.at(&argument.key, conflict.message);
                        }
                    }
                    // About the function's parameters, which `function::signature` checks.
                    With::SavedLabelRow | With::NothingSaved => {}
                }
            }
        }
    }
}

impl Argument {
    /// Returns `true` if the value is valid and one that the conflict is about.
    fn is_subject_to(&self, conflict: &Conflict) -> bool {
        match (&self.value, conflict.value) {
            (Some(_), None) => true,
            (Some(Value::Choice(choice)), Some(word)) => choice.word == word,
            _ => false,
        }
    }
}
