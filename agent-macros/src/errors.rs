//! The collector of compile errors, so that one run reports all of them.

use std::cell::RefCell;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

/// A collector of errors. One of the `finish` methods must be called, otherwise the errors would be lost.
#[derive(Default)]
pub(crate) struct Errors {
    found: RefCell<Option<Vec<syn::Error>>>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { found: RefCell::new(Some(Vec::new())) }
    }

    /// Adds an error at these tokens.
    pub(crate) fn at(&self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error at a span.
    pub(crate) fn at_span(&self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&self, error: syn::Error) {
        if let Some(found) = self.found.borrow_mut().as_mut() {
            found.push(error);
        }
    }

    /// Returns the number of errors so far. Equal counts before and after a check mean that it found no error.
    pub(crate) fn count(&self) -> usize {
        self.found.borrow().as_ref().map_or(0, Vec::len)
    }

    /// Returns the errors as `compile_error!`s, or no tokens.
    pub(crate) fn finish(self) -> TokenStream {
        let found = self.found.take().unwrap_or_default();
        found.iter().map(syn::Error::to_compile_error).collect()
    }

    /// Returns the user's item followed by the errors.
    pub(crate) fn finish_beside(self, item: &TokenStream) -> TokenStream {
        let errors = self.finish();
        quote!(#item #errors)
    }

    /// Returns the errors as an item. After a `compile_error!` in a module, the compiler does not report unresolved names of that
    /// module; after one in a constant it does.
    pub(crate) fn finish_as_item(self) -> TokenStream {
        let errors = self.finish();
        if errors.is_empty() { errors } else { quote!(const _: () = { #errors };) }
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            debug_assert!(self.found.borrow().is_none(), "a collector of errors was dropped without being finished");
        }
    }
}
