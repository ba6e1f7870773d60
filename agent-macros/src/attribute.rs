//! What stands between the parentheses of `#[editor_agent(...)]` and `#[on_notification(...)]`.

use std::ops::RangeInclusive;

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::entry::{Entry, entries};
use crate::errors::Errors;
use crate::function::Function;
use crate::keys::Attribute;
use crate::label_row::LabelRow;
use crate::runtime_paths::Runtime;
use crate::signed_calls::{self, SignedCalls};
use crate::{duration, path};

/// What the attribute says. Every value has been checked; a wrong one is reported and left out.
#[derive(Default)]
pub(crate) struct Arguments {
    path: Option<LitStr>,
    name: Option<LitStr>,
    description: Option<LitStr>,
    /// In milliseconds.
    timeout: Option<u64>,
    no_timeout: bool,
    /// Maximum number of concurrent calls.
    concurrency: Option<u32>,
    pub(crate) label_row: LabelRow,
    pub(crate) signed_calls: SignedCalls,
    pub(crate) runtime: Runtime,
    /// Whether a path was given, be it a wrong one.
    names_path: bool,
}

impl Arguments {
    /// Reads the attribute. Each mistake is reported at its token, and does not keep the rest from being read.
    pub(crate) fn read(attribute: &Attribute, tokens: TokenStream, errors: &Errors) -> Self {
        let mut arguments = Self::default();
        let mut seen: Vec<(String, Span)> = Vec::new();
        for entry in entries(tokens, errors) {
            let name = entry.key.to_string();
            if let Some(problem) = attribute.unknown(&name) {
                errors.at(&entry.key, problem);
            } else if seen.iter().any(|(key, _)| *key == name) {
                errors.at(&entry.key, format!("`{name}` is given twice: remove one"));
            } else {
                arguments.take(&name, &entry, errors);
                seen.push((name, entry.key.span()));
            }
        }
        let place = |key: &str| seen.iter().position(|(seen, _)| seen == key);
        if let (Some(timeout), Some(no_timeout)) = (place("timeout"), place("no_timeout")) {
            let later = seen[timeout.max(no_timeout)].1;
            errors.at_span(later, "`timeout` and `no_timeout` contradict each other: keep one");
        }
        arguments.signed_calls.check(errors);
        arguments
    }

    fn take(&mut self, name: &str, entry: &Entry, errors: &Errors) {
        match name {
            "path" => {
                self.names_path = true;
                self.path = entry.text(errors).filter(|text| fine(text, path::problem(&text.value()), errors));
            }
            "name" => {
                let problem = |text: &str| {
                    text.trim()
                        .is_empty()
                        .then(|| "a name is not blank; leave `name` out to use the function's".to_owned())
                };
                self.name = entry.text(errors).filter(|text| fine(text, problem(&text.value()), errors));
            }
            "description" => self.description = entry.text(errors),
            "timeout" => {
                self.timeout = entry
                    .text(errors)
                    .and_then(|text| duration::millis(&text.value()).map_err(|problem| errors.at(&text, problem)).ok());
            }
            "no_timeout" => self.no_timeout = entry.flag(errors),
            "concurrency" => self.concurrency = entry.number(CONCURRENCY, errors),
            "crate" => {
                if let Some(runtime) = entry.path(errors) {
                    self.runtime = Runtime::at(runtime);
                }
            }
            key if signed_calls::KEYS.contains(&key) => self.signed_calls.take(entry, errors),
            _ => self.label_row.take(entry, errors),
        }
    }

    /// Where the function is served: at the path that is given, or at its name's.
    pub(crate) fn path(&self, function: &Function, errors: &Errors) -> String {
        if let Some(path) = &self.path {
            return path.value();
        }
        let path = path::of_function(&function.name());
        // A wrong path of the user's own has been reported.
        if !self.names_path
            && let Some(problem) = path::problem(&path)
        {
            errors.at(
                &function.signature.ident,
                format!("this function's name makes no path, so give one with `path = \"...\"`: {problem}"),
            );
        }
        path
    }

    /// The name for people.
    pub(crate) fn name(&self, function: &Function) -> String {
        self.name.as_ref().map_or_else(|| function.name(), |name| name.value().trim().to_owned())
    }

    /// What it does, for people.
    pub(crate) fn description(&self, function: &Function) -> String {
        self.description.as_ref().map_or_else(|| function.documentation(), LitStr::value)
    }

    /// Writes the `Option<usize>` with the limit of concurrent calls.
    pub(crate) fn write_concurrency(&self) -> TokenStream {
        let private = self.runtime.private();
        match self.concurrency.map(Literal::u32_unsuffixed) {
            Some(calls) => quote!(#private::Option::Some(#calls)),
            None => quote!(#private::Option::None),
        }
    }

    /// The `AgentTimeout`.
    pub(crate) fn write_timeout(&self) -> TokenStream {
        let timeout = self.runtime.item("AgentTimeout");
        match self.timeout {
            _ if self.no_timeout => quote!(#timeout::Never),
            Some(millis) => quote!(#timeout::Millis(#millis)),
            None => quote!(#timeout::ServerDefault),
        }
    }
}

/// The range of `concurrency`: that of the server's limit.
const CONCURRENCY: RangeInclusive<u32> = 1..=65_536;

fn fine(text: &LitStr, problem: Option<String>, errors: &Errors) -> bool {
    problem.map(|problem| errors.at(text, problem)).is_none()
}
