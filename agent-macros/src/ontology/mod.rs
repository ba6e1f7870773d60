//! `ontology!("ontology.json")`: types for the classes, attributes and options of an ontology.

mod arguments;
mod collisions;
mod docs;
mod file;
mod generate;
mod model;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

pub(crate) use file::Folders;

use crate::errors::Errors;

use arguments::Arguments;
use file::File;
use generate::Source;
use model::Model;

/// Expands `ontology!`.
pub(crate) fn expand(input: TokenStream, folders: &Folders) -> TokenStream {
    let errors = Errors::new();
    let output = Arguments::parse(input, &errors).and_then(|arguments| generate(&arguments, folders, &errors));
    let errors = errors.finish();
    quote!(#errors #output)
}

fn generate(arguments: &Arguments, folders: &Folders, errors: &Errors) -> Option<TokenStream> {
    let name = arguments.file.value();
    let file = match File::read(&name, folders) {
        Ok(file) => file,
        Err(error) => {
            errors.at(&arguments.file, error);
            return None;
        }
    };
    let before = errors.count();
    let model = Model::new(&file.ontology, &arguments.renames);
    check(&model, arguments, &file, errors);
    if errors.count() > before {
        return None;
    }
    let path = file.path.to_string_lossy();
    let private = arguments.runtime.private().to_string();
    let source = Source { private: &private, file: &path, is_matched_by_title: arguments.is_matched_by_title };
    let contents = match generate::module(&model, source).parse::<TokenStream>() {
        Ok(contents) => located(contents, arguments.file.span()),
        Err(error) => {
            errors.at(&arguments.file, format!("`{name}` makes no valid types: {error}"));
            return None;
        }
    };
    Some(in_module(arguments, &model, &contents))
}

/// Reports the problems of the file in one error, and unused renames.
fn check(model: &Model, arguments: &Arguments, file: &File, errors: &Errors) {
    let name = arguments.file.value();
    let problems =
        model.problems.iter().map(|problem| format!("{}: {}", file.at(&name, &problem.path), problem.message));
    let collisions = collisions::find(model);
    let problems: Vec<String> = problems.chain(collisions.iter().map(|collision| collision.message(&name))).collect();
    if !problems.is_empty() {
        errors.at(&arguments.file, problems.join("\n"));
    }
    for (position, rename) in arguments.renames.iter().enumerate() {
        if !model.used_renames.contains(&position) {
            let key = rename.key.value();
            let message = format!(
                "`{name}` has no class, attribute or option `{key}`: write its title, its titles from the class down such as \
                 `Coin/Metal`, or its feature hash"
            );
            errors.at(&rename.key, message);
        }
    }
}

/// Gives all tokens the place of the file's name, so that errors and notes about the types point there. The tokens of the compiler
/// are not converted: an ontology can have hundreds of thousands.
fn located(tokens: TokenStream, place: Span) -> TokenStream {
    if !proc_macro::is_available() {
        return tokens;
    }
    located_by_compiler(tokens.into(), place.unwrap()).into()
}

fn located_by_compiler(tokens: proc_macro::TokenStream, place: proc_macro::Span) -> proc_macro::TokenStream {
    use proc_macro::{Group, TokenTree};

    let locate = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = TokenTree::Group(Group::new(group.delimiter(), located_by_compiler(group.stream(), place)));
        }
        token.set_span(place);
        token
    };
    tokens.into_iter().map(locate).collect()
}

/// Puts the types into their module. Without a module of one's own, it is hidden, and its names are imported.
fn in_module(arguments: &Arguments, model: &Model, contents: &TokenStream) -> TokenStream {
    let allow = quote! {
        #[allow(
            dead_code, missing_docs, missing_copy_implementations, missing_debug_implementations, unreachable_pub,
            unreachable_patterns, unused_imports, unused_variables, unused_qualifications, non_camel_case_types,
            non_snake_case, non_upper_case_globals, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction,
            reason = "the names are those of the ontology"
        )]
    };
    if let Some((visibility, module)) = &arguments.module {
        let about = format!("The classes of `{}`.", arguments.file.value());
        return quote!(#[doc = #about] #allow #visibility mod #module { #contents });
    }
    let place = arguments.file.span();
    let module = format_ident!("{}", hidden_module(&arguments.file.value()), span = place);
    let names = generate::names(model).into_iter().map(|name| Ident::new(&name, place));
    quote! {
        #allow mod #module { #contents }
        #[allow(
            unused_imports, unreachable_pub, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction,
            reason = "the names are those of the ontology"
        )]
        pub use #module::{#(#names),*};
    }
}

/// Returns the name of the module of a file, which the compiler shows where the name of a type is not unique.
fn hidden_module(file: &str) -> String {
    let stem = std::path::Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
    match agent_platform::ontology::identifier::snake(&stem) {
        Some(stem) if stem != "ontology" => format!("ontology_{stem}"),
        _ => "ontology_types".to_owned(),
    }
}
