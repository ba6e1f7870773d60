//! Spans of types in generated code, which the compiler underlines in its errors.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

/// Generates the type `name` with the span of all of `written`.
///
/// Only the compiler can join the spans of several tokens: the span of a type is that of its first to its last token. So the
/// alias `Underlined<name>` begins with the span of the first token of `written` and ends with that of the last. With `_` for
/// `name`, only the user's code names the type, and a misspelled one is reported once.
pub(crate) fn as_all_of(written: &impl ToTokens, name: &impl ToTokens) -> TokenStream {
    let (first, last) = ends(written.to_token_stream());
    let mut ty = quote_spanned!(first=> Underlined<#name);
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
        // The content of a `macro_rules!` fragment.
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let (start, end) = ends(group.stream());
            if first { start } else { end }
        }
        TokenTree::Group(group) if first => group.span_open(),
        TokenTree::Group(group) => group.span_close(),
        other => other.span(),
    }
}
