//! `agents![a, module::b]` and `handlers![a]`: explicit sets. The compiler rejects two agents with the same path.

mod entry_syntax;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::Path;

use crate::annotated_names;
use crate::attribute::AttributeMacro;
use crate::completion;
use crate::errors::Errors;
use crate::expand::list_entry;
use crate::expand::runtime_paths::Runtime;
use crate::expand::underline;

/// A macro that takes a list of functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListMacro {
    Agents,
    Handlers,
}

impl ListMacro {
    /// Returns the type of the set.
    fn set_type(self) -> &'static str {
        match self {
            Self::Agents => "AgentSet",
            Self::Handlers => "HandlerSet",
        }
    }

    /// Returns the name of the macro.
    fn name(self) -> &'static str {
        match self {
            Self::Agents => "agents",
            Self::Handlers => "handlers",
        }
    }

    /// Returns the noun for an entry.
    fn noun(self) -> &'static str {
        match self {
            Self::Agents => "an agent",
            Self::Handlers => "a handler",
        }
    }

    /// Returns the attribute of the functions in the list.
    fn attribute(self) -> AttributeMacro {
        match self {
            Self::Agents => AttributeMacro::EditorAgent,
            Self::Handlers => AttributeMacro::OnNotification,
        }
    }
}

/// A function in the list, with its name in generated code.
struct Entry {
    path: Path,
    name: Ident,
    /// No function of this name has the attribute, but one of a similar name has.
    seems_misspelled: bool,
}

/// Expands the list. The input is `$crate; a, module::b`.
pub(crate) fn expand(list: ListMacro, input: TokenStream) -> TokenStream {
    let mut input = input.into_iter();
    let runtime: TokenStream = input.by_ref().take_while(|token| !is(token, ';')).collect();
    let errors = Errors::new();
    let entries = parse(list, input.collect(), &errors);
    let runtime = Runtime::from_path(runtime);
    let set = generate(list, &entries, &runtime);
    let values = completion::is_in_editor().then(|| values(&entries));
    let errors = errors.finish();
    quote!({ #errors #values #set })
}

/// Generates the paths as values, so that an editor proposes functions.
fn values(entries: &[Entry]) -> TokenStream {
    let paths = entries.iter().map(|entry| &entry.path);
    quote!(#(let _ = #paths;)*)
}

fn is(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Parses the list. Reports and skips malformed and repeated entries.
fn parse(list: ListMacro, tokens: TokenStream, errors: &Errors) -> Vec<Entry> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut seen: Vec<String> = Vec::new();
    let mut entries = Vec::new();
    for part in tokens.split(|token| is(token, ',') || is(token, ';')).filter(|part| !part.is_empty()) {
        if entry_syntax::is_closure(part) {
            errors.at(&part[0], entry_syntax::closure_message(list));
            // The commas between its parameters do not separate entries.
            break;
        }
        let Some(path) = entry_syntax::path(list, part, errors) else { continue };
        if path.segments.last().is_some_and(|last| is_rejected(&last.ident)) {
            continue;
        }
        let text = path.to_token_stream().to_string().replace(' ', "");
        if seen.contains(&text) {
            errors.at(&path, format!("`{text}` is listed twice: remove one"));
            continue;
        }
        seen.push(text);
        let name = format_ident!("__editor_agent_{}", entries.len(), span = Span::mixed_site());
        let seems_misspelled =
            !completion::is_in_editor() && path.get_ident().is_some_and(annotated_names::has_only_similar);
        entries.push(Entry { path, name, seems_misspelled });
    }
    for semicolon in tokens.iter().filter(|token| is(token, ';')) {
        errors.at(semicolon, "commas separate the entries of a list: write `,` instead of `;`");
    }
    entries
}

/// Returns `true` for a function that its attribute has rejected because of its name.
fn is_rejected(name: &Ident) -> bool {
    list_entry::hides_standard_macro(name) && annotated_names::has(name)
}

fn generate(list: ListMacro, entries: &[Entry], runtime: &Runtime) -> TokenStream {
    let private = runtime.private();
    let imported: Vec<_> = entries.iter().filter(|entry| !entry.seems_misspelled).collect();
    let names: Vec<_> = imported.iter().map(|entry| &entry.name).collect();
    let imports = imported.iter().map(|entry| {
        let path = &entry.path;
        // With the span of the entry, so that the compiler underlines an unknown one and not the whole list.
        let mut name = entry.name.clone();
        name.set_span(path.segments.last().map_or_else(Span::mixed_site, |last| last.ident.span()));
        quote!(use #path as #name;)
    });
    let set = match list {
        ListMacro::Agents => agents(entries, runtime),
        ListMacro::Handlers => handlers(entries, runtime),
    };
    // A function without an attribute has no macro of its name. The inner import then does not shadow the macro of the outer one,
    // whose key has no definition. The macros are called in a third block: in the second they could define what it imports.
    quote! {
        #(#[allow(unused_imports, reason = "used only for functions without an attribute")]
        use #private::function_without_attribute as #names;)*
        {
            #(#[allow(deprecated, unused_imports, reason = "used only for functions without an attribute")]
            #imports)*
            {
                #[allow(unused_imports, reason = "used only for paths with several names")]
                use #private::Underlined;
                #set
            }
        }
    }
}

/// Generates the definition of an entry. `find` is the function of `__private` that finds it by its key.
fn definition(list: ListMacro, entry: &Entry, find: &TokenStream) -> TokenStream {
    let (list, name, path) = (list.attribute().list_word(), &entry.name, &entry.path);
    let ty = underline::as_all_of_entry(path, &quote!(()));
    if entry.seems_misspelled {
        // Without the import, whose error would name no similar function. The error about an unknown macro does.
        return quote!(#find::<#ty, { #path!(@#list #name #path) }, _>());
    }
    quote!(#find::<#ty, { #name!(@#list #name #path) }, _>())
}

fn agents(entries: &[Entry], runtime: &Runtime) -> TokenStream {
    let (private, agent_set, agent) =
        (runtime.private(), runtime.item(ListMacro::Agents.set_type()), runtime.item("Agent"));
    let find = quote!(#private::editor_agent_entry);
    let agents = entries.iter().map(|entry| definition(ListMacro::Agents, entry, &find));
    let checks = entries.iter().enumerate().skip(1).map(|(position, entry)| {
        let ty = underline::as_all_of_entry(&entry.path, &quote!(()));
        quote!(#private::editor_agent_at_its_own_path::<#ty, { FIRST[#position] }>();)
    });
    let checks = (entries.len() > 1).then(|| {
        quote! {
            const FIRST: [usize; LISTED.len()] = #private::first_at_each_path(LISTED);
            const _: () = { #(#checks)* };
        }
    });
    quote! {
        #[allow(deprecated, unused_qualifications, reason = "the path is the author's, and the server calls the function")]
        const LISTED: &[&#agent] = &[#(#agents),*];
        #checks
        #agent_set::new(LISTED)
    }
}

fn handlers(entries: &[Entry], runtime: &Runtime) -> TokenStream {
    let (private, handler_set, handler) =
        (runtime.private(), runtime.item(ListMacro::Handlers.set_type()), runtime.item("NotificationHandler"));
    let find = quote!(#private::notification_handler_entry);
    let handlers = entries.iter().map(|entry| definition(ListMacro::Handlers, entry, &find));
    quote! {
        #[allow(deprecated, unused_qualifications, reason = "the path is the author's, and the server calls the function")]
        const LISTED: &[&#handler] = &[#(#handlers),*];
        #handler_set::new(LISTED)
    }
}
