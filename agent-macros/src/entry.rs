//! `key = value` between the parentheses of an attribute, and the kinds of values.

use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Ident, LitInt, LitStr};

use crate::errors::Errors;
use crate::keys;
use crate::suggest::closest;

/// `key` or `key = value`.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Option<TokenStream>,
}

impl Entry {
    /// The value as text in quotes.
    pub(crate) fn text(&self, errors: &Errors) -> Option<LitStr> {
        let value = self.given(errors)?;
        let text = syn::parse2(value.clone());
        text.map_err(|_| errors.at(value, format!("`{}` takes text in quotes: {}", self.key, self.example()))).ok()
    }

    /// Reads the value as a whole number in this range.
    pub(crate) fn number(&self, range: RangeInclusive<u32>, errors: &Errors) -> Option<u32> {
        let value = self.given(errors)?;
        let number = syn::parse2::<LitInt>(value.clone()).ok().filter(|number| number.suffix().is_empty());
        let number = number.and_then(|number| number.base10_digits().parse::<u128>().ok());
        let fitting = number.and_then(|number| u32::try_from(number).ok()).filter(|number| range.contains(number));
        if fitting.is_none() {
            let (key, example) = (&self.key, self.example());
            let (min, max) = (range.start(), range.end());
            errors.at(value, format!("`{key}` takes a whole number from {min} to {max}, without quotes: {example}"));
        }
        fitting
    }

    /// The value as a list of feature hashes: texts in quotes, in brackets, at least one, none of them blank or twice.
    pub(crate) fn feature_hashes(&self, errors: &Errors) -> Option<Vec<LitStr>> {
        let (value, key) = (self.given(errors)?, &self.key);
        let Some(list) = in_brackets(value.clone()) else {
            errors.at(value, format!("`{key}` takes a list of feature hashes: {}", self.example()));
            return None;
        };
        let before = errors.count();
        let elements = between_commas(list, errors);
        if elements.is_empty() && errors.count() == before {
            errors
                .at(value, format!("`{key}` lists at least one feature hash: name one, or remove `{key}` to read all"));
        }
        let mut hashes: Vec<LitStr> = Vec::new();
        for element in elements {
            let Ok(hash) = syn::parse2::<LitStr>(element.clone()) else {
                let message =
                    format!("a feature hash is text in quotes, and commas separate several: {}", self.example());
                errors.at(element, message);
                continue;
            };
            if hash.value().trim().is_empty() {
                errors.at(&hash, "a feature hash is not blank: write one, or remove it from the list");
            } else if hashes.iter().any(|earlier| earlier.value() == hash.value()) {
                errors.at(&hash, format!("`{key}` lists `{}` twice: remove one", hash.value()));
            }
            hashes.push(hash);
        }
        (errors.count() == before).then_some(hashes)
    }

    /// The value as one of these words in quotes.
    pub(crate) fn one_of(&self, words: &[&'static str], errors: &Errors) -> Option<&'static str> {
        let key = &self.key;
        let quoted: Vec<_> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
        let choice = match &*quoted {
            [one, other] => format!("either {one} or {other}"),
            [others @ .., last] => format!("one of {} and {last}", others.join(", ")),
            [] => String::new(),
        };
        let Some(value) = &self.value else {
            errors.at(key, format!("`{key}` needs a value: {}", quoted.join(" or ")));
            return None;
        };
        let quoted = syn::parse2::<LitStr>(value.clone()).map(|text| text.value());
        let found = quoted.as_ref().ok().and_then(|text| words.iter().copied().find(|word| word == text));
        if found.is_none() {
            let meant = closest(&quoted.unwrap_or_else(|_| value.to_string()), words);
            let advice = meant.map(|word| format!(": did you mean `\"{word}\"`?")).unwrap_or_default();
            errors.at(value, format!("`{key}` is {choice}{advice}"));
        }
        found
    }

    /// The value as a path, in quotes or not.
    pub(crate) fn path(&self, errors: &Errors) -> Option<syn::Path> {
        let value = self.given(errors)?;
        let quoted = syn::parse2::<LitStr>(value.clone()).and_then(|text| text.parse_with(syn::Path::parse_mod_style));
        let path = quoted.or_else(|_| syn::parse::Parser::parse2(syn::Path::parse_mod_style, value.clone()));
        path.map_err(|_| errors.at(value, format!("`{}` takes the path of a crate: {}", self.key, self.example()))).ok()
    }

    /// Whether a key that takes no value is meant to be on: a value is reported, and only `false` means off.
    pub(crate) fn flag(&self, errors: &Errors) -> bool {
        let Some(value) = &self.value else { return true };
        let key = &self.key;
        let off = value.to_string() == "false";
        let advice = if off { format!("to turn it off, remove `{key}`") } else { format!("write just `{key}`") };
        errors.at(value, format!("`{key}` takes no value: {advice}"));
        !off
    }

    fn given(&self, errors: &Errors) -> Option<&TokenStream> {
        if self.value.is_none() {
            errors.at(&self.key, format!("`{}` needs a value: {}", self.key, self.example()));
        }
        self.value.as_ref()
    }

    fn example(&self) -> String {
        let key = self.key.to_string();
        format!("write `{key} = {}`", keys::example(&key))
    }
}

/// The entries between the commas. What is no entry is reported.
pub(crate) fn entries(tokens: TokenStream, errors: &Errors) -> Vec<Entry> {
    between_commas(tokens, errors).into_iter().filter_map(|part| entry(part, errors)).collect()
}

/// What stands between the commas; nothing for a comma at the end. A comma too many is reported.
fn between_commas(tokens: TokenStream, errors: &Errors) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                if parts.last().is_some_and(TokenStream::is_empty) {
                    errors.at(&token, "there is nothing before this comma: remove it");
                }
                parts.push(TokenStream::new());
            }
            _ => parts.last_mut().into_iter().for_each(|part| part.extend([token.clone()])),
        }
    }
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

fn entry(part: TokenStream, errors: &Errors) -> Option<Entry> {
    let part: Vec<TokenTree> = part.into_iter().collect();
    match part.as_slice() {
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

/// What stands in `[...]`, if that is all there is. Looks through the invisible group of a `macro_rules!` fragment.
fn in_brackets(tokens: TokenStream) -> Option<TokenStream> {
    let mut tokens = tokens.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) => match group.delimiter() {
            Delimiter::Bracket => Some(group.stream()),
            Delimiter::None => in_brackets(group.stream()),
            Delimiter::Parenthesis | Delimiter::Brace => None,
        },
        _ => None,
    }
}
