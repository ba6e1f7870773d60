//! What the compiler underlines when it has something to say about a type.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

/// A name for the type `name` that is underlined as all of `written`.
///
/// Only the compiler can join the places of several tokens: it takes a type from its first token to its last. So
/// `Itself<name>`, an alias, begins where `written` begins and ends where it ends. With `_` for a name the type is named
/// in one place only, the user's, and a misspelled one is reported once.
pub(crate) fn as_all_of(written: &impl ToTokens, name: &impl ToTokens) -> TokenStream {
    let (first, last) = ends(written.to_token_stream());
    let mut ty = quote_spanned!(first=> Itself<#name);
    ty.extend(quote_spanned!(last=> >));
    ty
}

fn ends(tokens: TokenStream) -> (Span, Span) {
    let mut tokens = tokens.into_iter();
    let first = tokens.next();
    let last = tokens.last().or_else(|| first.clone());
    (
        first.map_or_else(Span::call_site, |token| end(&token, true)),
        last.map_or_else(Span::call_site, |token| end(&token, false)),
    )
}

fn end(token: &TokenTree, first: bool) -> Span {
    match token {
        // What a `macro_rules!` fragment stands for.
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let (start, end) = ends(group.stream());
            if first { start } else { end }
        }
        TokenTree::Group(group) if first => group.span_open(),
        TokenTree::Group(group) => group.span_close(),
        other => other.span(),
    }
}
