//! `agents![a, module::b]`: an explicit set, with clashing paths refused by the compiler.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::Path;
use syn::parse::Parser;

use crate::errors::Errors;
use crate::expand::runtime_paths::Runtime;
use crate::expand::underline;

/// An entry, and the name it goes by in the output.
struct Entry {
    path: Path,
    name: Ident,
}

/// `$crate; a, module::b`
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut input = input.into_iter();
    let runtime: TokenStream = input.by_ref().take_while(|token| !is(token, ';')).collect();
    let errors = Errors::new();
    let entries = entries(input.collect(), &errors);
    let set = write(&entries, &Runtime::from_path(runtime));
    let errors = errors.finish();
    quote!({ #errors #set })
}

fn is(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// The entries between the commas. What is none, or stands there already, is reported and left out.
fn entries(tokens: TokenStream, errors: &Errors) -> Vec<Entry> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut seen: Vec<String> = Vec::new();
    let mut entries = Vec::new();
    for part in tokens.split(|token| is(token, ',')).filter(|part| !part.is_empty()) {
        let Some(path) = path(part, errors) else { continue };
        let text = path.to_token_stream().to_string().replace(' ', "");
        if seen.contains(&text) {
            errors.at(&path, format!("`{text}` is listed twice: remove one"));
            continue;
        }
        seen.push(text);
        let name = format_ident!("__editor_agent_{}", entries.len(), span = Span::mixed_site());
        entries.push(Entry { path, name });
    }
    entries
}

fn path(part: &[TokenTree], errors: &Errors) -> Option<Path> {
    let parse = |tokens: &[TokenTree]| Path::parse_mod_style.parse2(tokens.iter().cloned().collect());
    if let Ok(path) = parse(part) {
        return Some(path);
    }
    match part {
        [path @ .., TokenTree::Group(call)] if parse(path).is_ok() => {
            errors.at(call, "an agent is listed, not called: write just its path");
        }
        _ => {
            let part: TokenStream = part.iter().cloned().collect();
            errors.at(part, "expected the path of an agent's function, such as `simplify` or `module::simplify`");
        }
    }
    None
}

fn write(entries: &[Entry], runtime: &Runtime) -> TokenStream {
    let (private, agent_set, agent) = (runtime.private(), runtime.item("AgentSet"), runtime.item("Agent"));
    let names: Vec<_> = entries.iter().map(|entry| &entry.name).collect();
    let imports = entries.iter().map(|entry| {
        let path = &entry.path;
        // At the entry too, so that one that does not exist is underlined and not the whole list.
        let mut name = entry.name.clone();
        name.set_span(path.segments.last().map_or_else(Span::mixed_site, |last| last.ident.span()));
        quote!(use #path as #name;)
    });
    let agents = entries.iter().map(|entry| {
        let ty = underline::as_all_of(&entry.path, &entry.name);
        quote!(#private::editor_agent_entry::<#ty>())
    });
    let positions = 0..entries.len();
    let checks = entries.iter().enumerate().skip(1).map(|(position, entry)| {
        let ty = underline::as_all_of(&entry.path, &entry.name);
        let first = quote!({ #private::first_at_path(LISTED, #position) });
        let clash = quote!({ #private::first_at_path(LISTED, #position) != #position });
        quote!(#private::editor_agent_at_its_own_path::<#ty, <List as #private::EntryAt<#first>>::Agent, #clash>();)
    });
    // A function without the attribute is a value and no type: the name in the inner block then leaves the type of the
    // outer one, which is no agent, and the error is ours.
    quote! {
        #(#[allow(unused_imports, reason = "only for functions that are no agents")]
        use #private::PlainFunction as #names;)*
        {
            #(#[allow(unused_imports, reason = "only for functions that are no agents")]
            #imports)*
            use #private::Itself;

            const LISTED: &[&#agent] = &[#(#agents),*];
            struct List;
            #(impl #private::EntryAt<#positions> for List {
                type Agent = #names;
            })*
            const _: () = { #(#checks)* };
            #agent_set::new(LISTED)
        }
    }
}
