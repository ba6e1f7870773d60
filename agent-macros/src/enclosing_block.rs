//! Detection of functions in an `impl` block or a trait.
//!
//! An attribute macro sees only its item. Generated items are errors in an `impl` block, several for one mistake, and none says what
//! is wrong. So an indented attribute is looked up in its file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use crate::attribute::AttributeMacro;

/// The associated functions of a file, as long as it does not change.
struct ParsedFile {
    modified: Option<SystemTime>,
    functions: Vec<AssociatedFunction>,
}

/// A function directly in an `impl` block or a trait.
struct AssociatedFunction {
    name: String,
    /// The last name of each attribute above it.
    attributes: Vec<String>,
}

impl AssociatedFunction {
    fn is(&self, attribute: &str, name: &str) -> bool {
        self.name == name && self.attributes.iter().any(|other| other == attribute)
    }
}

/// Returns `true` if a function with the attribute is directly in an `impl` block or a trait of the file. `false` if the file cannot be
/// read. A file with several agents is parsed once.
pub(crate) fn is_associated(file: &Path, attribute: AttributeMacro, function: &Ident) -> bool {
    static FILES: Mutex<Option<HashMap<PathBuf, ParsedFile>>> = Mutex::new(None);
    let modified = std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok();
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let files = files.get_or_insert_default();
    let is_current = |parsed: &ParsedFile| modified.is_some() && parsed.modified == modified;
    if !files.get(file).is_some_and(is_current) {
        let source = std::fs::read_to_string(file).ok().and_then(|text| text.parse::<TokenStream>().ok());
        let functions = source.map(associated_functions).unwrap_or_default();
        files.insert(file.to_owned(), ParsedFile { modified, functions });
    }
    let function = function.to_string();
    files[file].functions.iter().any(|found| found.is(attribute.name(), &function))
}

fn associated_functions(source: TokenStream) -> Vec<AssociatedFunction> {
    let mut functions = Vec::new();
    collect_associated(source, &mut functions);
    functions
}

/// Searches all blocks for `impl` blocks and traits, and adds their functions.
fn collect_associated(tokens: TokenStream, functions: &mut Vec<AssociatedFunction>) {
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
                if is_block && is_in_header {
                    collect_functions(content.clone(), functions);
                }
                collect_associated(content, functions);
                is_in_header &= !is_block;
            }
            _ => {}
        }
    }
}

/// Returns `true` if an item can begin after the token: it ends an item or an attribute.
fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => matches!(group.delimiter(), Delimiter::Brace | Delimiter::Bracket),
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    }
}

/// Adds the functions at the top of this block that have an attribute.
fn collect_functions(block: TokenStream, functions: &mut Vec<AssociatedFunction>) {
    let mut attributes = Vec::new();
    let mut is_name = false;
    for token in block {
        match token {
            TokenTree::Ident(name) if is_name => {
                let attributes = std::mem::take(&mut attributes);
                if !attributes.is_empty() {
                    functions.push(AssociatedFunction { name: name.to_string(), attributes });
                }
                is_name = false;
            }
            TokenTree::Ident(word) => is_name = word == "fn",
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                attributes.extend(last_name(group.stream()));
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => attributes.clear(),
            _ => {}
        }
    }
}

/// Returns the last name of the path at the start of an attribute.
fn last_name(attribute: TokenStream) -> Option<String> {
    let path = attribute.into_iter().take_while(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(mark) => mark.as_char() == ':',
        _ => false,
    });
    match path.last() {
        Some(TokenTree::Ident(last)) => Some(last.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds_greet(source: &str) -> bool {
        associated_functions(source.parse().unwrap()).iter().any(|found| found.is("editor_agent", "greet"))
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
