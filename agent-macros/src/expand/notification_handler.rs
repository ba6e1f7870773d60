//! The parts of the generated code that only a notification handler has.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::definition::Definition;
use super::{Input, local_names, underline};

/// Generates the definition of a handler.
pub(super) fn definition(input: &Input) -> Definition {
    let private = input.runtime.private();
    let act = Ident::new("act", Span::mixed_site());
    let body = if input.signature.is_callable { run_or_declare(input, &act) } else { check_types(input, &act) };
    Definition {
        trait_name: "OnNotification",
        constant: "HANDLER",
        type_name: "NotificationHandler",
        data_type: None,
        function: quote! {
            fn __act(#act: #private::HandlerAct<'_>) -> #private::Option<#private::NotificationFuture> {
                #body
            }
        },
        data: TokenStream::new(),
        own: TokenStream::new(),
    }
}

/// Generates the body of the function that declares requirements or runs the handler.
fn run_or_declare(input: &Input, act: &Ident) -> TokenStream {
    let private = input.runtime.private();
    let name = &input.function.signature.ident;
    let parameters = input.parameters();
    let arguments = local_names("argument", parameters.len());
    let helpers = parameters.iter().enumerate().map(|(index, parameter)| {
        let ty = underline::as_all_of(&parameter.value_type, &quote!(_), &input.runtime);
        match index {
            0 => quote!(#private::handler_notification::<#ty>()),
            _ => quote!(#private::handler_argument::<#ty>()),
        }
    });
    let returned = input.returned();
    let end = quote!(#private::handler_answer::<#returned>());
    let is_unsure = parameters.iter().any(|parameter| parameter.might_not_be_send());
    let call = quote!(#name(#(#arguments),*));
    let call = if is_unsure { quote!(async move { #call.await }) } else { call };
    let passed = quote!(#act, (#(#helpers,)*), #end, |(#(#arguments,)*)| #call);
    underline::call_with_future(name, "notification_handler", 3, passed, &input.runtime)
}

/// Generates the body for a handler that is not callable. It checks the types that can be checked.
fn check_types(input: &Input, act: &Ident) -> TokenStream {
    let private = input.runtime.private();
    let check = |index: usize| match index {
        0 => quote!(notification_of_a_handler),
        _ => quote!(argument_of_a_handler),
    };
    let checks = input.type_checks(check, &quote!(answer_of_a_handler));
    quote! {
        #checks
        #private::handler_that_did_not_compile(#act)
    }
}
