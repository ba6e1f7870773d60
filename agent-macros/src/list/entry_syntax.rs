//! The syntax of an entry in a list: the path of a function. Other expressions get an error that says what to write.

use proc_macro2::{TokenStream, TokenTree};
use syn::Path;
use syn::parse::Parser;

use super::{ListMacro, is};
use crate::errors::Errors;

/// Returns `true` if the entry starts like a closure.
pub(super) fn is_closure(entry: &[TokenTree]) -> bool {
    let is_qualifier =
        |token: &&TokenTree| matches!(token, TokenTree::Ident(word) if word == "move" || word == "async");
    entry.iter().find(|token| !is_qualifier(token)).is_some_and(|token| is(token, '|'))
}

/// Returns the error about a closure.
pub(super) fn closure_message(list: ListMacro) -> String {
    let (noun, attribute) = (list.noun(), list.attribute().written());
    format!("{noun} is a function, not a closure: write an `async fn` with `{attribute}`, and list its name")
}

/// Parses an entry. Reports anything other than a path.
pub(super) fn path(list: ListMacro, entry: &[TokenTree], errors: &Errors) -> Option<Path> {
    if let Some(path) = parse(entry) {
        return Some(path);
    }
    let (noun, attribute) = (list.noun(), list.attribute().written());
    let all = || entry.iter().cloned().collect::<TokenStream>();
    match entry {
        [path @ .., TokenTree::Group(call)] if parse(path).is_some() => {
            errors.at(call, format!("{noun} is listed, not called: write just its path"));
        }
        [TokenTree::Punct(mark), path @ ..] if mark.as_char() == '&' && parse(path).is_some() => {
            errors.at(mark, format!("{noun} is listed by its path: remove `&`"));
        }
        [TokenTree::Literal(route), equals, arrow, path @ ..]
            if is(equals, '=') && is(arrow, '>') && parse(path).is_some() =>
        {
            let name = text_of(path);
            let attribute = attribute.trim_end_matches(']');
            let message =
                format!("the attribute sets the path: write `{attribute}(path = {route})]`, and list `{name}`");
            errors.at(all(), message);
        }
        [TokenTree::Literal(literal)] => {
            let text = literal.to_string();
            let name = text.trim_matches('"').trim_start_matches('/');
            let name = if syn::parse_str::<Path>(name).is_ok() { name } else { "simplify" };
            errors
                .at(literal, format!("{noun} is listed by the path of its function: write `{}![{name}]`", list.name()));
        }
        _ => {
            let name = list.name();
            let message = format!(
                "expected the path of {noun}'s function: write `{name}![simplify]` or `{name}![checks::simplify]`, for example"
            );
            errors.at(all(), message);
        }
    }
    None
}

fn parse(tokens: &[TokenTree]) -> Option<Path> {
    Path::parse_mod_style.parse2(tokens.iter().cloned().collect()).ok()
}

fn text_of(tokens: &[TokenTree]) -> String {
    tokens.iter().cloned().collect::<TokenStream>().to_string().replace(' ', "")
}
