//! The syntax of attribute arguments: `key` or `key = value`, separated by commas.

use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Ident, LitStr};

use crate::errors::Errors;

/// A key with the tokens of its value.
pub(crate) struct KeyValue {
    pub(crate) key: Ident,
    pub(crate) value: Option<TokenStream>,
}

impl KeyValue {
    /// Parses all arguments. Reports malformed ones and skips them.
    pub(crate) fn parse_all(tokens: TokenStream, errors: &Errors) -> Vec<Self> {
        let parts = split_at_commas(tokens, errors);
        parts.into_iter().flat_map(|part| Self::parse(&part.into_iter().collect::<Vec<_>>(), errors)).collect()
    }

    /// Parses the tokens between two commas: one argument, or several after a missing comma, which is reported.
    fn parse(argument: &[TokenTree], errors: &Errors) -> Vec<Self> {
        match argument {
            [TokenTree::Ident(key)] => vec![Self { key: key.clone(), value: None }],
            [TokenTree::Ident(key), TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' => {
                Self::with_value(key, value, errors)
            }
            [TokenTree::Ident(key), TokenTree::Ident(next), ..] => {
                errors.at(next, format!("a comma is missing here: write `{key}, {next}`"));
                let mut arguments = vec![Self { key: key.clone(), value: None }];
                arguments.extend(Self::parse(&argument[1..], errors));
                arguments
            }
            _ => {
                report_malformed(argument, errors);
                Vec::new()
            }
        }
    }

    /// Parses what follows `key =`. A value ends at a literal that another key or a semicolon follows.
    fn with_value(key: &Ident, value: &[TokenTree], errors: &Errors) -> Vec<Self> {
        let own = |tokens: &[TokenTree]| {
            let value: TokenStream = tokens.iter().cloned().collect();
            vec![Self { key: key.clone(), value: (!value.is_empty()).then_some(value) }]
        };
        let (value, next, rest) = match value {
            [TokenTree::Literal(_) | TokenTree::Group(_), next @ TokenTree::Ident(_), ..] => {
                (&value[..1], next, &value[1..])
            }
            [TokenTree::Literal(_) | TokenTree::Group(_), next @ TokenTree::Punct(mark), rest @ ..]
                if mark.as_char() == ';' =>
            {
                (&value[..1], next, rest)
            }
            _ => return own(value),
        };
        match next {
            TokenTree::Punct(_) => errors.at(next, "commas separate keys: write `,` instead of `;`"),
            next => errors.at(next, format!("a comma is missing here: write `{key} = {}, {next}`", value[0])),
        }
        let mut arguments = own(value);
        if !rest.is_empty() {
            arguments.extend(Self::parse(rest, errors));
        }
        arguments
    }
}

/// Reports an argument that is not a key, or not `key = value`.
fn report_malformed(argument: &[TokenTree], errors: &Errors) {
    let is_text = |literal: &Literal| syn::parse2::<LitStr>(literal.to_token_stream()).is_ok();
    let stream = |tokens: &[TokenTree]| tokens.iter().cloned().collect::<TokenStream>();
    match argument {
        [TokenTree::Ident(key), TokenTree::Punct(hyphen), TokenTree::Ident(word), ..] if hyphen.as_char() == '-' => {
            errors.at(stream(&argument[..3]), format!("a key has `_` between its words: write `{key}_{word}`"));
        }
        [TokenTree::Ident(key), rest @ ..] => {
            let value = rest.iter().find_map(|token| match token {
                TokenTree::Group(group) => Some(group.stream().to_string()),
                TokenTree::Punct(_) => None,
                token => Some(token.to_string()),
            });
            let value = value.filter(|value| !value.is_empty()).unwrap_or_else(|| "...".to_owned());
            errors.at(stream(rest), format!("expected `=` after `{key}`: write `{key} = {value}`"));
        }
        [TokenTree::Literal(literal)] if is_text(literal) => {
            errors.at(literal, format!("a value needs its key: write `path = {literal}`"));
        }
        [TokenTree::Literal(literal), TokenTree::Punct(equals), ..] if is_text(literal) && equals.as_char() == '=' => {
            let key = literal.to_string();
            errors.at(literal, format!("a key has no quotes: write `{} = ...`", key.trim_matches('"')));
        }
        other => errors.at(stream(other), "expected a key and its value: write `path = \"/my-agent\"`, for example"),
    }
}

/// Splits tokens at commas. A trailing comma is allowed; any other empty part is reported.
pub(crate) fn split_at_commas(tokens: TokenStream, errors: &Errors) -> Vec<TokenStream> {
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
