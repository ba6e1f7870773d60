//! The place where an attribute is used, and the identity of the function that it is on.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use proc_macro2::{Ident, Literal};
use quote::format_ident;

use crate::annotated_names;
use crate::attribute::AttributeMacro;
use crate::enclosing_block;

/// The place where an attribute is used. `Default`: unknown, as in unit tests.
#[derive(Debug, Default)]
pub(crate) struct UseSite {
    place: Option<Place>,
}

#[derive(Debug)]
struct Place {
    file: String,
    line: usize,
    column: usize,
    /// The file, if it can be read.
    local_file: Option<PathBuf>,
}

impl UseSite {
    pub(crate) fn new(span: proc_macro::Span) -> Self {
        let (file, line, column) = (span.file(), span.line(), span.column());
        Self { place: Some(Place { file, line, column, local_file: span.local_file() }) }
    }

    /// Returns the identity of the function that the attribute is on.
    pub(crate) fn identity(&self, function: &Ident) -> Identity {
        match &self.place {
            Some(place) => Identity::new(place, function),
            None => Identity { key: 1, is_first_of_its_name: true },
        }
    }

    /// Returns `true` if the function is in an `impl` block or a trait.
    pub(crate) fn is_in_impl_block(&self, attribute: AttributeMacro, function: &Ident) -> bool {
        let Some(Place { column, local_file: Some(file), .. }) = &self.place else { return false };
        *column > 1 && enclosing_block::is_associated(file, attribute, function)
    }
}

/// Identity of a function with an attribute. No other function of the program has the same, in any of its crates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity {
    key: u64,
    is_first_of_its_name: bool,
}

/// Variables that tell the crates of a program apart, as Cargo sets them. A library and a program of one package differ in the last.
const CRATE_VARIABLES: [&str; 4] = ["CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_CRATE_NAME", "CARGO_BIN_NAME"];

impl Identity {
    fn new(place: &Place, function: &Ident) -> Self {
        let Place { file, line, column, local_file: _ } = place;
        let function = function.to_string();
        let mut hasher = DefaultHasher::new();
        (CRATE_VARIABLES.map(std::env::var_os), file, line, column, &function).hash(&mut hasher);
        // A `macro_rules!` macro can write one attribute many times.
        let earlier = annotated_names::count_earlier(function);
        earlier.hash(&mut hasher);
        // Key 0 belongs to functions without an attribute.
        Self { key: hasher.finish().max(1), is_first_of_its_name: earlier == 0 }
    }

    /// Returns the key, by which lists find the definition of the function.
    pub(crate) fn key(self) -> Literal {
        Literal::u64_unsuffixed(self.key)
    }

    /// Returns a name that occurs once in the crate.
    pub(crate) fn unique_name(self) -> Ident {
        format_ident!("__editor_agent_{:x}", self.key)
    }

    /// Returns `true` if the crate has had no attribute on a function of this name so far.
    pub(crate) fn is_first_of_its_name(self) -> bool {
        self.is_first_of_its_name
    }
}

/// Returns `true` if an attribute has the form `#[name = value]`.
pub(crate) fn is_name_value(attribute: &str) -> bool {
    let after_name = |text: &str| text.find(['(', '[', '{', '=', ']']).map(|end| text[end..].starts_with('='));
    attribute.strip_prefix("#[").and_then(after_name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_name_value_from_list() {
        assert!(is_name_value("#[editor_agent = \"/count\"]"));
        assert!(is_name_value("#[agent_runtime::editor_agent=1]"));
        assert!(!is_name_value("#[editor_agent(path = \"/count\")]"));
        assert!(!is_name_value("#[editor_agent]"));
    }
}
