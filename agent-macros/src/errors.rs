//! One place for every mistake, so that all of them are reported in one run.

use std::cell::RefCell;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

/// Collects mistakes. It must be [`finish`](Self::finish)ed: a forgotten collector would swallow them.
#[derive(Default)]
pub(crate) struct Errors {
    found: RefCell<Option<Vec<syn::Error>>>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { found: RefCell::new(Some(Vec::new())) }
    }

    /// Notes a mistake at these tokens.
    pub(crate) fn at(&self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Notes a mistake at this place.
    pub(crate) fn at_span(&self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&self, error: syn::Error) {
        if let Some(found) = self.found.borrow_mut().as_mut() {
            found.push(error);
        }
    }

    /// How many mistakes there are so far. Comparing two counts tells whether what lies between went well.
    pub(crate) fn count(&self) -> usize {
        self.found.borrow().as_ref().map_or(0, Vec::len)
    }

    /// The mistakes as `compile_error!`s; nothing if there are none.
    pub(crate) fn finish(self) -> TokenStream {
        let found = self.found.take().unwrap_or_default();
        found.iter().map(syn::Error::to_compile_error).collect()
    }

    /// The mistakes beside what the user wrote.
    pub(crate) fn finish_beside(self, item: &TokenStream) -> TokenStream {
        let errors = self.finish();
        quote!(#item #errors)
    }

    /// The mistakes as an item. In a module that holds a `compile_error!` the compiler says nothing of names that it cannot
    /// find, in a constant of that module it does.
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
