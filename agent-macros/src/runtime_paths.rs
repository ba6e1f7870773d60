//! The paths that the output is written in: absolute, and all from here.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The runtime crate as the user's crate sees it.
#[derive(Clone)]
pub(crate) struct Runtime(TokenStream);

impl Default for Runtime {
    fn default() -> Self {
        Self(quote!(::agent_runtime))
    }
}

impl Runtime {
    /// Under another name: `crate = path`, or the `$crate` of a macro.
    pub(crate) fn at(path: impl ToTokens) -> Self {
        Self(path.into_token_stream())
    }

    /// An item of the crate's interface.
    pub(crate) fn item(&self, name: &str) -> TokenStream {
        let (root, name) = (&self.0, syn::Ident::new(name, proc_macro2::Span::call_site()));
        quote!(#root::#name)
    }

    /// Something that only the macros' output uses.
    pub(crate) fn private(&self) -> TokenStream {
        let root = &self.0;
        quote!(#root::__private)
    }
}
