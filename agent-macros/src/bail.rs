//! `bail!`: returns an error, with the span of the message where the compiler reports a function that returns none.
//!
//! A `macro_rules!` cannot do that: the compiler would add that the error "originates in the macro".

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use crate::errors::Errors;
use crate::expand::runtime_paths::Runtime;

/// Expands `bail!`. The input is `$crate; "format {}", arguments`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut input = input.into_iter();
    let is_separator = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    let runtime: TokenStream = input.by_ref().take_while(|token| !is_separator(token)).collect();
    let message: TokenStream = input.collect();
    let runtime = Runtime::from_path(runtime);
    let (private, complaint) = (runtime.private(), runtime.item("agent_error"));
    // The compiler underlines the generic argument, not the function.
    let span = message.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
    let returned = quote_spanned!(span=> _);
    quote!(return #private::return_of_bail::<#returned>(#complaint!(#message)))
}

/// Reports an `ensure!` with a condition alone.
pub(crate) fn report_missing_message(condition: TokenStream) -> TokenStream {
    let errors = Errors::new();
    let message =
        "`ensure!` needs the sentence for the annotator: write `ensure!(condition, \"Select an object first.\")`";
    errors.at(condition, message);
    errors.finish()
}
