//! The parts of the generated code that only a notification handler has.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::definition::Definition;
use super::{Input, local_names};

/// Generates the definition of a handler.
pub(super) fn definition(input: &Input) -> Definition {
    let functions = if input.signature.is_callable { functions(input) } else { stub_functions(input) };
    Definition {
        trait_name: "OnNotification",
        constant: "HANDLER",
        type_name: "NotificationHandler",
        data_type: None,
        functions,
        data: TokenStream::new(),
        entry_points: quote! {
            takes: __takes,
            run: __run,
        },
    }
}

/// Generates the functions that declare requirements and run the handler.
fn functions(input: &Input) -> TokenStream {
    let private = input.runtime.private();
    let call_type = input.runtime.item("NotificationCall");
    let name = &input.function.signature.ident;
    let types: Vec<_> = input.parameters().into_iter().map(|parameter| &parameter.value_type).collect();
    let arguments = local_names("argument", types.len());
    // A callable handler has a first parameter.
    let [first, further @ ..] = &*arguments else { return TokenStream::new() };
    let helpers = types.iter().enumerate().map(|(index, ty)| match index {
        0 => quote!(#private::handler_notification::<#ty>()),
        _ => quote!(#private::handler_argument::<#ty>()),
    });
    let (call, takes) = (Ident::new("call", Span::mixed_site()), Ident::new("takes", Span::mixed_site()));
    let returned = input.function.returns();
    let end = quote!(#private::handler_answer::<#returned>());
    quote! {
        fn __parameters() -> (#(#private::NotificationArgument<#types>,)*) {
            (#(#helpers,)*)
        }

        fn __takes() -> #private::Takes {
            let (#(#arguments,)*) = __parameters();
            let mut #takes = #first.takes();
            #(#further.declare(&mut #takes);)*
            #takes
        }

        fn __run(#call: #call_type) -> #private::NotificationFuture {
            #private::Box::pin(async move {
                let (#(#arguments,)*) = __parameters();
                #(let #arguments = #arguments.extract(&#call).await?;)*
                #end(#name(#(#arguments),*).await)
            })
        }
    }
}

/// Generates the functions for a handler that is not callable. They check the types that can be checked.
fn stub_functions(input: &Input) -> TokenStream {
    let private = input.runtime.private();
    let call_type = input.runtime.item("NotificationCall");
    let check = |index: usize| match index {
        0 => quote!(notification_of_a_handler),
        _ => quote!(argument_of_a_handler),
    };
    let checks = input.type_checks(check, &quote!(answer_of_a_handler));
    quote! {
        fn __takes() -> #private::Takes {
            #checks
            #private::notifications_of_an_invalid_handler()
        }

        fn __run(_: #call_type) -> #private::NotificationFuture {
            #private::invalid_handler()
        }
    }
}
