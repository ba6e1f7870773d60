//! The paths in generated code: absolute, and all from here.

use proc_macro2::TokenStream;
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
        let (root, name) = (&self.0, syn::Ident::new(name, proc_macro2::Span::call_site()));
        quote!(#root::#name)
    }

    /// Returns the path of the module for generated code.
    pub(crate) fn private(&self) -> TokenStream {
        let root = &self.0;
        quote!(#root::__private)
    }
}
