//! The paths in generated code: absolute, and all from here.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::attribute::Arguments;

/// Path of the runtime crate in the user's crate.
#[derive(Clone)]
pub(crate) struct Runtime(TokenStream);

impl Default for Runtime {
    fn default() -> Self {
        Self(quote!(::agent_runtime))
    }
}

impl Runtime {
    /// Returns the crate that `crate = path` names, or `::agent_runtime`.
    pub(crate) fn from_arguments(arguments: &Arguments) -> Self {
        arguments.crate_path().map_or_else(Self::default, Self::from_path)
    }

    /// Returns the crate at a path: that of `crate = path`, or the `$crate` of a macro.
    pub(crate) fn from_path(path: impl ToTokens) -> Self {
        Self(path.into_token_stream())
    }

    /// Returns the path of a public item.
    pub(crate) fn item(&self, name: &str) -> TokenStream {
        let (root, name) = (&self.0, syn::Ident::new(name, Span::call_site()));
        quote!(#root::#name)
    }

    /// Returns the path of the module for generated code.
    pub(crate) fn private(&self) -> TokenStream {
        let root = &self.0;
        quote!(#root::__private)
    }

    /// Returns the path of the module for generated code, which begins with this span.
    pub(crate) fn private_at(&self, span: Span) -> TokenStream {
        // Both colons of a leading `::`, which the compiler joins.
        let is_absolute = matches!(self.0.clone().into_iter().next(), Some(TokenTree::Punct(_)));
        let leading = if is_absolute { 2 } else { 1 };
        let respanned = self.private().into_iter().enumerate().map(|(index, mut token)| {
            if index < leading {
                // `$crate` is resolved by its span.
                let is_dollar_crate = matches!(&token, TokenTree::Ident(name) if name == "$crate");
                token.set_span(if is_dollar_crate { token.span().located_at(span) } else { span });
            }
            token
        });
        respanned.collect()
    }
}
