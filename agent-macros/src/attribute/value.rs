//! The values of keys, parsed and checked.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::{LitInt, LitStr, Path};

use super::duration;
use super::key_value::{KeyValue, split_at_commas};
use super::keys::{Choice, KeySpec, ValueForm};
use super::suggest::closest;
use crate::errors::Errors;

/// The valid value of a key.
pub(crate) enum Value {
    /// A flag. `false` if the user wrote `= false`, which has been reported.
    Flag(bool),
    Text(LitStr),
    /// In milliseconds.
    Duration(u64),
    Number(u32),
    Choice(&'static Choice),
    FeatureHashes(Vec<LitStr>),
    CratePath(Path),
}

impl Value {
    /// Parses the value of a key. Reports an invalid one and returns `None`.
    pub(crate) fn parse(spec: &'static KeySpec, argument: &KeyValue, errors: &Errors) -> Option<Self> {
        let parser = ValueParser { spec, argument, errors };
        match spec.value {
            ValueForm::Flag => Some(Self::Flag(parser.flag())),
            ValueForm::Text(problem) => parser.valid_text(problem).map(Self::Text),
            ValueForm::Duration => parser.duration().map(Self::Duration),
            ValueForm::Number { min, max } => parser.number(min, max).map(Self::Number),
            ValueForm::Choice(choices) => parser.choice(choices).map(Self::Choice),
            ValueForm::FeatureHashes => parser.feature_hashes().map(Self::FeatureHashes),
            ValueForm::CratePath => parser.crate_path().map(Self::CratePath),
        }
    }
}

struct ValueParser<'a> {
    spec: &'static KeySpec,
    argument: &'a KeyValue,
    errors: &'a Errors,
}

impl<'a> ValueParser<'a> {
    fn flag(&self) -> bool {
        let Some(value) = &self.argument.value else { return true };
        let key = self.spec.name;
        let off = value.to_string() == "false";
        let advice = if off { format!("to turn it off, remove `{key}`") } else { format!("write just `{key}`") };
        self.errors.at(value, format!("`{key}` takes no value: {advice}"));
        !off
    }

    fn text(&self) -> Option<LitStr> {
        let value = self.tokens()?;
        let text = syn::parse2(value.clone()).ok();
        if text.is_none() {
            self.errors.at(value, format!("`{}` takes text in quotes: {}", self.spec.name, self.example()));
        }
        text
    }

    fn valid_text(&self, problem: fn(&str) -> Option<String>) -> Option<LitStr> {
        let text = self.text()?;
        match problem(&text.value()) {
            None => Some(text),
            Some(problem) => {
                self.errors.at(text, problem);
                None
            }
        }
    }

    fn duration(&self) -> Option<u64> {
        let text = self.text()?;
        duration::parse_millis(&text.value()).map_err(|problem| self.errors.at(text, problem)).ok()
    }

    fn number(&self, min: u32, max: u32) -> Option<u32> {
        let value = self.tokens()?;
        let number = syn::parse2::<LitInt>(value.clone()).ok().filter(|number| number.suffix().is_empty());
        let number = number.and_then(|number| number.base10_digits().parse::<u32>().ok());
        let number = number.filter(|number| (min..=max).contains(number));
        if number.is_none() {
            let (key, example) = (self.spec.name, self.example());
            let message = format!("`{key}` takes a whole number from {min} to {max}, without quotes: {example}");
            self.errors.at(value, message);
        }
        number
    }

    fn choice(&self, choices: &'static [Choice]) -> Option<&'static Choice> {
        let key = self.spec.name;
        let words: Vec<_> = choices.iter().map(|choice| choice.word).collect();
        let quoted: Vec<_> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
        let Some(value) = &self.argument.value else {
            self.errors.at(&self.argument.key, format!("`{key}` needs a value: {}", quoted.join(" or ")));
            return None;
        };
        let text = syn::parse2::<LitStr>(value.clone()).map(|text| text.value());
        let found = text.as_ref().ok().and_then(|text| choices.iter().find(|choice| choice.word == text));
        if found.is_none() {
            let all = match &*quoted {
                [one, other] => format!("either {one} or {other}"),
                [others @ .., last] => format!("one of {} and {last}", others.join(", ")),
                [] => String::new(),
            };
            let suggestion = closest(&text.unwrap_or_else(|_| value.to_string()), &words);
            let advice = match suggestion {
                Some(word) => format!(": did you mean `\"{word}\"`?"),
                None => format!(": {}, for example", self.example()),
            };
            self.errors.at(value, format!("`{key}` is {all}{advice}"));
        }
        found
    }

    fn feature_hashes(&self) -> Option<Vec<LitStr>> {
        let (value, key, errors) = (self.tokens()?, self.spec.name, self.errors);
        let Some(list) = in_brackets(value.clone()) else {
            errors.at(value, format!("`{key}` takes a list of feature hashes: {}", self.example()));
            return None;
        };
        let before = errors.count();
        let elements = split_at_commas(list, errors);
        if elements.is_empty() && errors.count() == before {
            errors
                .at(value, format!("`{key}` lists at least one feature hash: name one, or remove `{key}` to read all"));
        }
        let mut hashes: Vec<LitStr> = Vec::new();
        for element in elements {
            let Ok(hash) = syn::parse2::<LitStr>(element.clone()) else {
                let example = self.example();
                errors.at(element, format!("a feature hash is text in quotes, and commas separate several: {example}"));
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

    /// Parses a path, in quotes or not.
    fn crate_path(&self) -> Option<Path> {
        let value = self.tokens()?;
        let quoted = syn::parse2::<LitStr>(value.clone()).and_then(|text| text.parse_with(Path::parse_mod_style));
        let path = quoted.or_else(|_| Path::parse_mod_style.parse2(value.clone())).ok();
        if path.is_none() {
            self.errors.at(value, format!("`{}` takes the path of a crate: {}", self.spec.name, self.example()));
        }
        path
    }

    /// Returns the tokens of the value. Reports a missing value.
    fn tokens(&self) -> Option<&'a TokenStream> {
        if self.argument.value.is_none() {
            let (key, example) = (self.spec.name, self.example());
            self.errors.at(&self.argument.key, format!("`{key}` needs a value: {example}"));
        }
        self.argument.value.as_ref()
    }

    fn example(&self) -> String {
        format!("write `{}`", self.spec.written())
    }
}

/// Returns the content of `[...]`. Looks through the invisible group of a `macro_rules!` fragment.
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
