//! `agents![a, module::b]`: an explicit set of agents. The compiler rejects two agents with the same path.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::Path;
use syn::parse::Parser;

use crate::errors::Errors;
use crate::expand::runtime_paths::Runtime;
use crate::expand::underline;

/// An agent in the list, with its name in generated code.
struct ListedAgent {
    path: Path,
    name: Ident,
}

/// Expands the list. The input is `$crate; a, module::b`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut input = input.into_iter();
    let runtime: TokenStream = input.by_ref().take_while(|token| !is(token, ';')).collect();
    let errors = Errors::new();
    let agents = parse(input.collect(), &errors);
    let set = generate(&agents, &Runtime::from_path(runtime));
    let errors = errors.finish();
    quote!({ #errors #set })
}

fn is(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Parses the list. Reports and skips malformed and repeated entries.
fn parse(tokens: TokenStream, errors: &Errors) -> Vec<ListedAgent> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut seen: Vec<String> = Vec::new();
    let mut agents = Vec::new();
    for part in tokens.split(|token| is(token, ',')).filter(|part| !part.is_empty()) {
        let Some(path) = path(part, errors) else { continue };
        let text = path.to_token_stream().to_string().replace(' ', "");
        if seen.contains(&text) {
            errors.at(&path, format!("`{text}` is listed twice: remove one"));
            continue;
        }
        seen.push(text);
        let name = format_ident!("__editor_agent_{}", agents.len(), span = Span::mixed_site());
        agents.push(ListedAgent { path, name });
    }
    agents
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

fn generate(listed: &[ListedAgent], runtime: &Runtime) -> TokenStream {
    let (private, agent_set, agent) = (runtime.private(), runtime.item("AgentSet"), runtime.item("Agent"));
    let names: Vec<_> = listed.iter().map(|agent| &agent.name).collect();
    let imports = listed.iter().map(|entry| {
        let path = &entry.path;
        // With the span of the entry, so that the compiler underlines an unknown one and not the whole list.
        let mut name = entry.name.clone();
        name.set_span(path.segments.last().map_or_else(Span::mixed_site, |last| last.ident.span()));
        quote!(use #path as #name;)
    });
    let agents = listed.iter().map(|entry| {
        let ty = underline::as_all_of(&entry.path, &entry.name);
        quote!(#private::editor_agent_entry::<#ty>())
    });
    let positions = 0..listed.len();
    let checks = listed.iter().enumerate().skip(1).map(|(position, entry)| {
        let ty = underline::as_all_of(&entry.path, &entry.name);
        let first = quote!({ #private::first_at_path(LISTED, #position) });
        let clash = quote!({ #private::first_at_path(LISTED, #position) != #position });
        quote!(#private::editor_agent_at_its_own_path::<#ty, <List as #private::EntryAt<#first>>::Agent, #clash>();)
    });
    // A function without the attribute is only a value. The inner import then does not shadow the type `PlainFunction` of the outer
    // one, which is not an agent, so the error is the one of `EditorAgent`.
    quote! {
        #(#[allow(unused_imports, reason = "used only for functions that are not agents")]
        use #private::PlainFunction as #names;)*
        {
            #(#[allow(unused_imports, reason = "used only for functions that are not agents")]
            #imports)*
            use #private::Underlined;

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
