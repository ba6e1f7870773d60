//! `#[agent_runtime::main]`: an async `main`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use crate::attribute::{Arguments, AttributeMacro};
use crate::errors::Errors;
use crate::expand::runtime_paths::Runtime;
use crate::expand::underline;
use crate::function::Function;

pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let errors = Errors::new();
    let arguments = Arguments::parse(AttributeMacro::Main, arguments, &errors);
    let Some(function) = Function::parse(AttributeMacro::Main, item, &errors) else {
        return errors.finish_beside(item);
    };
    if function.is_malformed {
        // The compiler has reported the signature.
        let Function { visibility, signature, .. } = &function;
        let (name, errors) = (&signature.ident, errors.finish_as_item());
        return quote!(#visibility fn #name() {} #errors);
    }
    check(&function, &errors);
    let generated = generate(&function, &Runtime::from_arguments(&arguments));
    let errors = errors.finish_as_item();
    quote!(#generated #errors)
}

fn check(function: &Function, errors: &Errors) {
    let signature = &function.signature;
    if signature.ident != "main" {
        errors.at(
            &signature.ident,
            "`#[agent_runtime::main]` goes on the function that starts the program: write `async fn main`",
        );
    }
    if let Some(other) = function.attributes.iter().find(|other| is_main_of_a_runtime(other)) {
        errors.at(other, "`#[agent_runtime::main]` starts the runtime by itself: remove this attribute");
    }
    if signature.asyncness.is_none() && was_expanded_by_tokio(function) {
        let message = "`#[agent_runtime::main]` starts the runtime by itself: remove `#[tokio::main]`";
        errors.at(signature.fn_token, message);
    } else if signature.asyncness.is_none() {
        errors.at(
            signature.fn_token,
            "`main` is async under `#[agent_runtime::main]`: write `async fn main`, without `#[tokio::main]`",
        );
    }
    if !signature.inputs.is_empty() {
        errors
            .at(&signature.inputs, "`main` has no parameters: remove them, and read arguments with `std::env::args()`");
    }
    if !signature.generics.params.is_empty() {
        errors.at(&signature.generics.params, "`main` has no generic parameters: remove them");
    }
}

/// Returns `true` for an attribute such as `#[tokio::main]`.
fn is_main_of_a_runtime(attribute: &Attribute) -> bool {
    let segments = &attribute.path().segments;
    segments.len() == 2 && segments[1].ident == "main" && segments[0].ident != "agent_runtime"
}

/// Returns `true` if `#[tokio::main]` above this attribute has made a blocking function of `main`.
fn was_expanded_by_tokio(function: &Function) -> bool {
    function.body.to_string().replace(' ', "").contains("tokio::runtime::Builder")
}

fn generate(function: &Function, runtime: &Runtime) -> TokenStream {
    let Function { attributes, visibility, signature, body, .. } = function;
    let (private, name) = (runtime.private(), &signature.ident);
    let returns = function.returns();
    let outcome = match &signature.output {
        syn::ReturnType::Default => quote!(()),
        syn::ReturnType::Type(_, returned) => underline::as_all_of(returned, &quote!(_), runtime),
    };
    let (generics, inputs, clause) = (&signature.generics, &signature.inputs, &signature.generics.where_clause);
    let run = if generics.params.is_empty() && inputs.is_empty() {
        quote!(#private::run_main::<#outcome>(main()))
    } else {
        // `main` cannot be called. Its body may use the invalid parameters, which have been reported.
        quote!(::std::process::ExitCode::FAILURE)
    };
    let attributes = attributes.iter().filter(|attribute| !is_main_of_a_runtime(attribute));
    quote! {
        #(#attributes)*
        #visibility fn #name() -> ::std::process::ExitCode {
            #[allow(clippy::unused_async, reason = "`main` is async even without an `.await`")]
            async fn main #generics (#inputs) -> #returns #clause #body
            #run
        }
    }
}
