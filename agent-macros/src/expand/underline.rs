//! Spans of types and functions in generated code, which the compiler underlines in its errors.
//!
//! No name of generated code has the span of a name of the author: an editor would show both as the definition. Only punctuation and
//! `_` have such spans.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use super::runtime_paths::Runtime;

/// Generates the type `name`, which is punctuation, with the span of all of `written`.
///
/// Only the compiler can join the spans of several tokens: the span of a type is that of its first to its last token. So the
/// path of the alias `Underlined<name>` begins with the span of the first token of `written` and ends with that of the last. With `_`
/// for `name`, only the user's code names the type, and a misspelled one is reported once.
pub(crate) fn as_all_of(written: &impl ToTokens, name: &impl ToTokens, runtime: &Runtime) -> TokenStream {
    let alias = |first| {
        let private = runtime.private_at(first);
        quote!(#private::Underlined)
    };
    as_all_with_alias(written, name, alias)
}

/// Generates the type like [`as_all_of`], where the alias is imported.
pub(crate) fn as_all_of_entry(written: &impl ToTokens, name: &impl ToTokens) -> TokenStream {
    as_all_with_alias(written, name, |first| quote_spanned!(first=> Underlined))
}

fn as_all_with_alias(
    written: &impl ToTokens,
    name: &impl ToTokens,
    alias: impl FnOnce(Span) -> TokenStream,
) -> TokenStream {
    let written = written.to_token_stream();
    let is_one_token = written.clone().into_iter().count() == 1;
    let (first, last) = ends(written);
    if is_one_token {
        return name.to_token_stream().into_iter().map(|token| with_span(token, first)).collect();
    }
    let (alias, end) = (alias(first), quote_spanned!(last=> >));
    quote!(#alias<#name #end)
}

/// Generates the call of a function of `__private` with this number of type parameters. The last one is the future, with the span of
/// the author's name for it: the compiler underlines the name if the future is not `Send`. For an `async` block it underlines the
/// whole call, which therefore begins and ends with that span.
pub(crate) fn call_with_future(
    future: &Ident,
    function: &str,
    parameters: usize,
    arguments: TokenStream,
    runtime: &Runtime,
) -> TokenStream {
    let span = future.span();
    let (private, function) = (runtime.private_at(span), Ident::new(function, Span::call_site()));
    let others = std::iter::repeat_n(quote!(_), parameters - 1);
    let future = quote_spanned!(span=> _>);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(span);
    quote!(#private::#function::<#(#others,)* #future #arguments)
}

fn with_span(mut token: TokenTree, span: Span) -> TokenTree {
    token.set_span(span);
    token
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
