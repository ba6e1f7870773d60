//! `agents![a, module::b]`: an explicit set, with clashing paths refused by the compiler.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Path, Token};

use crate::runtime_paths::Runtime;

/// `$crate; a, module::b`
struct List {
    runtime: Path,
    entries: Punctuated<Path, Token![,]>,
}

impl Parse for List {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let runtime = input.call(Path::parse_mod_style)?;
        input.parse::<Token![;]>()?;
        let entry = |input: ParseStream<'_>| {
            let not_a_path = |error: syn::Error| {
                syn::Error::new(
                    error.span(),
                    "expected the path of an agent's function, such as `simplify` or `module::simplify`",
                )
            };
            Path::parse_mod_style(input).map_err(not_a_path)
        };
        let entries = Punctuated::parse_terminated_with(input, entry)?;
        Ok(Self { runtime, entries })
    }
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let List { runtime, entries } = match syn::parse2(input) {
        Ok(list) => list,
        Err(error) => return error.to_compile_error(),
    };
    let runtime = Runtime::at(runtime);
    let (private, agent_set, agent) = (runtime.private(), runtime.item("AgentSet"), runtime.item("Agent"));
    let names: Vec<_> = (0..entries.len())
        .map(|index| format_ident!("AGENT_{index}", span = proc_macro2::Span::mixed_site()))
        .collect();
    let agents = entries
        .iter()
        .zip(&names)
        .map(|(entry, name)| quote!(const #name: &#agent = #private::editor_agent_entry::<#entry>();));
    let texts: Vec<_> = entries.iter().map(|entry| entry.to_token_stream().to_string().replace(' ', "")).collect();
    let checks = entries.iter().enumerate().skip(1).map(|(index, entry)| {
        let (earlier, earlier_texts, name) = (&names[..index], &texts[..index], &names[index]);
        // One panic for each earlier entry, since a constant's message must be a literal.
        let arms = earlier_texts.iter().enumerate().map(|(position, earlier)| {
            let message = format!(
                "`{}` is served at the same path as `{earlier}`: give one of them another with `path = \"...\"`",
                texts[index]
            );
            quote_spanned!(entry.span()=> #position => ::core::panic!(#message),)
        });
        quote!(const _: () = match #private::index_of_path(#name, &[#(#earlier),*]) { #(#arms)* _ => {} };)
    });
    quote!({
        #(#agents)*
        #(#checks)*
        #agent_set::new(&[#(#names),*])
    })
}
