//! Detection of functions in an `impl` block or a trait.
//!
//! An attribute macro sees only its item. Generated items are errors in an `impl` block, several for one mistake, and none says what
//! is wrong. So an indented attribute is looked up in its file.

use std::path::Path;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use crate::attribute::AttributeMacro;

/// Returns `true` if a function with the attribute is directly in an `impl` block or a trait of the file. `false` if the file cannot be
/// read.
pub(crate) fn is_associated(file: &Path, attribute: AttributeMacro, function: &Ident) -> bool {
    let source = std::fs::read_to_string(file).ok().and_then(|text| text.parse::<TokenStream>().ok());
    source.is_some_and(|source| has_associated(source, attribute.name(), &function.to_string()))
}

/// Searches all blocks for an `impl` block or a trait with the function.
fn has_associated(tokens: TokenStream, attribute: &str, function: &str) -> bool {
    let mut is_item_start = true;
    let mut is_in_header = false;
    for token in tokens {
        let is_start = is_item_start;
        is_item_start = ends_item(&token);
        match token {
            // Not the `impl` of a type.
            TokenTree::Ident(word) if word == "trait" || word == "impl" && is_start => is_in_header = true,
            TokenTree::Ident(word) if word == "unsafe" || word == "pub" => is_item_start = is_start,
            TokenTree::Punct(mark) if mark.as_char() == ';' => is_in_header = false,
            TokenTree::Group(group) => {
                let content = group.stream();
                let is_block = group.delimiter() == Delimiter::Brace;
                if is_block && is_in_header && has_function(content.clone(), attribute, function) {
                    return true;
                }
                if has_associated(content, attribute, function) {
                    return true;
                }
                is_in_header &= !is_block;
            }
            _ => {}
        }
    }
    false
}

/// Returns `true` if an item can begin after the token: it ends an item or an attribute.
fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => matches!(group.delimiter(), Delimiter::Brace | Delimiter::Bracket),
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    }
}

/// Returns `true` if the function is at the top of this block, with the attribute above it.
fn has_function(block: TokenStream, attribute: &str, function: &str) -> bool {
    let mut has_attribute = false;
    let mut is_name = false;
    for token in block {
        match token {
            TokenTree::Ident(name) if is_name => {
                if has_attribute && name == function {
                    return true;
                }
                (has_attribute, is_name) = (false, false);
            }
            TokenTree::Ident(word) => is_name = word == "fn",
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                has_attribute |= path_ends_with(group.stream(), attribute);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => has_attribute = false,
            _ => {}
        }
    }
    false
}

/// Returns `true` if the path at the start of an attribute ends with the name.
fn path_ends_with(attribute: TokenStream, name: &str) -> bool {
    let path = attribute.into_iter().take_while(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(mark) => mark.as_char() == ':',
        _ => false,
    });
    matches!(path.last(), Some(TokenTree::Ident(last)) if last == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds_greet(source: &str) -> bool {
        has_associated(source.parse().unwrap(), "editor_agent", "greet")
    }

    #[test]
    fn finds_function_in_impl_block_and_trait() {
        assert!(finds_greet("impl Greeter { #[editor_agent] async fn greet() {} }"));
        assert!(finds_greet(
            "struct A; unsafe impl<T: X> Greeter<T> { fn other() {} #[a::editor_agent(path = 1)] /// Doc\n pub async fn greet() {} }"
        ));
        assert!(finds_greet("mod tests { #[cfg(test)] impl A { #[editor_agent] #[must_use] async fn greet() {} } }"));
        assert!(finds_greet("pub trait Greeter: Sized { #[editor_agent] async fn greet(); }"));
    }

    #[test]
    fn ignores_free_functions() {
        assert!(!finds_greet("#[editor_agent] async fn greet() {} impl Greeter { async fn greet() {} }"));
        assert!(!finds_greet("impl Greeter { #[editor_agent] async fn other() {} async fn greet() {} }"));
        assert!(!finds_greet("fn server() -> impl Sized { #[editor_agent] async fn greet() {} }"));
        assert!(!finds_greet("impl A { fn body(_: impl Sized) { #[editor_agent] async fn greet() {} } }"));
        assert!(!finds_greet("impl A {} mod tests { #[editor_agent] async fn greet() {} }"));
    }
}
