//! `#[agent_runtime::main]`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attribute::entries;
use crate::errors::Errors;
use crate::function::{Function, Item};
use crate::runtime_paths::Runtime;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let errors = Errors::new();
    let mut runtime = Runtime::default();
    for entry in entries(arguments, &errors) {
        if entry.key == "crate" {
            runtime = entry.path(&errors).map_or(runtime, Runtime::at);
        } else {
            errors.at(
                &entry.key,
                format!("`#[agent_runtime::main]` has no key `{}`: it takes only `crate = some::path`", entry.key),
            );
        }
    }
    let original = item.clone();
    let written = match syn::parse2(item) {
        Ok(Item::Function(function)) => {
            check(&function, &errors);
            write(&function, &runtime)
        }
        Ok(Item::Other(what, place)) => {
            errors.at_span(place, format!("`#[agent_runtime::main]` goes on `async fn main`, and this is {what}"));
            original
        }
        Err(error) => {
            errors.push(error);
            original
        }
    };
    let errors = errors.finish();
    quote!(#written #errors)
}

fn check(function: &Function, errors: &Errors) {
    let signature = &function.signature;
    if signature.asyncness.is_none() {
        errors.at(signature.fn_token, "`main` is async under `#[agent_runtime::main]`: write `async fn main`");
    }
    if !signature.inputs.is_empty() {
        errors.at(&signature.inputs, "`main` has no parameters");
    }
    if !signature.generics.params.is_empty() {
        errors.at(&signature.generics, "`main` has no generic parameters");
    }
}

fn write(function: &Function, runtime: &Runtime) -> TokenStream {
    let Function { attributes, visibility, signature, body } = function;
    let (private, name) = (runtime.private(), &signature.ident);
    let returns = function.returns();
    quote! {
        #(#attributes)*
        #visibility fn #name() -> ::std::process::ExitCode {
            #[allow(clippy::unused_async, reason = "`main` is async whether or not it waits for anything")]
            async fn main() -> #returns #body
            #private::run_main::<#returns>(main())
        }
    }
}
