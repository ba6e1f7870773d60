//! What stands between the parentheses of `#[editor_agent(...)]`.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Ident, LitStr};

use crate::errors::Errors;
use crate::runtime_paths::Runtime;
use crate::suggest::did_you_mean;
use crate::{duration, path};

/// The attribute's keys, each with a value to show in messages; empty for one that takes none.
const KEYS: [(&str, &str); 6] = [
    ("path", "\"/my-agent\""),
    ("name", "\"My agent\""),
    ("description", "\"What it does.\""),
    ("timeout", "\"30s\""),
    ("no_timeout", ""),
    ("crate", "some::path"),
];

/// What the attribute says. Every value has been checked; a wrong one is reported and left out.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) path: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) description: Option<LitStr>,
    /// In milliseconds.
    pub(crate) timeout: Option<u64>,
    pub(crate) no_timeout: bool,
    pub(crate) runtime: Runtime,
    /// Whether a path was given, be it a wrong one.
    pub(crate) names_path: bool,
}

impl Arguments {
    /// Reads the attribute. Each mistake is reported at its token, and does not keep the rest from being read.
    pub(crate) fn read(tokens: TokenStream, errors: &Errors) -> Self {
        let mut arguments = Self::default();
        let mut seen: Vec<(String, Span)> = Vec::new();
        for entry in entries(tokens, errors) {
            let name = entry.key.to_string();
            if !KEYS.iter().any(|(known, _)| *known == name) {
                let known: Vec<_> = KEYS.iter().map(|(known, _)| *known).collect();
                errors
                    .at(&entry.key, format!("`#[editor_agent]` has no key `{name}`: {}", did_you_mean(&name, &known)));
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
            "no_timeout" => {
                self.no_timeout = true;
                if let Some(value) = &entry.value {
                    errors.at(value, "`no_timeout` takes no value: write just `no_timeout`");
                }
            }
            _ => {
                if let Some(runtime) = entry.path(errors) {
                    self.runtime = Runtime::at(runtime);
                }
            }
        }
    }
}

fn fine(text: &LitStr, problem: Option<String>, errors: &Errors) -> bool {
    problem.map(|problem| errors.at(text, problem)).is_none()
}

/// `key` or `key = value`.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Option<TokenStream>,
}

impl Entry {
    fn example(&self) -> String {
        let key = self.key.to_string();
        let value = KEYS.iter().find(|(known, _)| *known == key).map_or("", |(_, value)| value);
        format!("write `{key} = {value}`")
    }

    fn text(&self, errors: &Errors) -> Option<LitStr> {
        let value = self.given(errors)?;
        let text = syn::parse2(value.clone());
        text.map_err(|_| errors.at(value, format!("`{}` takes text in quotes: {}", self.key, self.example()))).ok()
    }

    /// The value as a path, in quotes or not.
    pub(crate) fn path(&self, errors: &Errors) -> Option<syn::Path> {
        let value = self.given(errors)?;
        let quoted = syn::parse2::<LitStr>(value.clone()).and_then(|text| text.parse_with(syn::Path::parse_mod_style));
        let path = quoted.or_else(|_| syn::parse::Parser::parse2(syn::Path::parse_mod_style, value.clone()));
        path.map_err(|_| errors.at(value, format!("`{}` takes the path of a crate: {}", self.key, self.example()))).ok()
    }

    fn given(&self, errors: &Errors) -> Option<&TokenStream> {
        if self.value.is_none() {
            errors.at(&self.key, format!("`{}` needs a value: {}", self.key, self.example()));
        }
        self.value.as_ref()
    }
}

/// The entries between the commas. What is no entry is reported.
pub(crate) fn entries(tokens: TokenStream, errors: &Errors) -> Vec<Entry> {
    let mut parts: Vec<Vec<TokenTree>> = vec![Vec::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                if parts.last().is_some_and(Vec::is_empty) {
                    errors.at(&token, "there is nothing before this comma: remove it");
                }
                parts.push(Vec::new());
            }
            _ => parts.last_mut().into_iter().for_each(|part| part.push(token.clone())),
        }
    }
    parts.into_iter().filter(|part| !part.is_empty()).filter_map(|part| entry(&part, errors)).collect()
}

fn entry(part: &[TokenTree], errors: &Errors) -> Option<Entry> {
    match part {
        [TokenTree::Ident(key)] => Some(Entry { key: key.clone(), value: None }),
        [TokenTree::Ident(key), TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' => {
            let value: TokenStream = value.iter().cloned().collect();
            Some(Entry { key: key.clone(), value: (!value.is_empty()).then_some(value) })
        }
        [TokenTree::Ident(key), rest @ ..] => {
            let rest: TokenStream = rest.iter().cloned().collect();
            errors.at(rest, format!("expected `=` after `{key}`"));
            None
        }
        [TokenTree::Literal(literal)] if syn::parse2::<LitStr>(literal.to_token_stream()).is_ok() => {
            errors.at(literal, format!("a value needs its key: write `path = {literal}`"));
            None
        }
        other => {
            let other: TokenStream = other.iter().cloned().collect();
            errors.at(other, "expected a key and its value, such as `path = \"/my-agent\"`");
            None
        }
    }
}
