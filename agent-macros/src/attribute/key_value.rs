//! The syntax of attribute arguments: `key` or `key = value`, separated by commas.

use proc_macro2::{TokenStream, TokenTree};
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
        split_at_commas(tokens, errors).into_iter().filter_map(|part| Self::parse(part, errors)).collect()
    }

    fn parse(argument: TokenStream, errors: &Errors) -> Option<Self> {
        let tokens: Vec<TokenTree> = argument.into_iter().collect();
        match tokens.as_slice() {
            [TokenTree::Ident(key)] => Some(Self { key: key.clone(), value: None }),
            [TokenTree::Ident(key), TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' => {
                let value: TokenStream = value.iter().cloned().collect();
                Some(Self { key: key.clone(), value: (!value.is_empty()).then_some(value) })
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
