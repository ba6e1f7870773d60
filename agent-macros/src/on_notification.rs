//! `#[on_notification]`: a handler of what agent stages and workflows tell.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{FnArg, Safety, Signature, Type};

use crate::attribute::Arguments;
use crate::errors::Errors;
use crate::function::{Function, stand_in_attributes};
use crate::keys::ON_NOTIFICATION;

/// The whole macro.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let errors = Errors::new();
    let arguments = Arguments::read(&ON_NOTIFICATION, arguments, &errors);
    let Some(function) = Function::read(&ON_NOTIFICATION, item, &errors) else { return errors.finish_beside(item) };
    let path = arguments.path(&function, &errors);
    let types = check(&function.signature, &errors);
    if errors.count() > 0 {
        return errors.finish_beside(&function.write(true));
    }
    let (written, glue) = (function.write(false), glue(&function, &arguments, &path, &types));
    let none = errors.finish_as_item();
    quote!(#written #glue #none)
}

/// The types of the parameters.
fn check(signature: &Signature, errors: &Errors) -> Vec<Type> {
    let name = &signature.ident;
    if signature.asyncness.is_none() {
        errors.at(signature.fn_token, format!("a notification handler is async: write `async fn {name}`"));
    }
    let is_plain = signature.constness.is_none() && signature.abi.is_none() && signature.variadic.is_none();
    if !is_plain || !matches!(signature.safety, Safety::Default) {
        errors.at(name, format!("a notification handler is called by the server: write just `async fn {name}`"));
    }
    if !signature.generics.params.is_empty() {
        errors.at(&signature.generics.params, "a notification handler has no generic parameters or lifetimes");
    }
    let mut types = Vec::new();
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                errors.at(receiver, "a notification handler is a free function: move it out of the `impl` block");
            }
            FnArg::Typed(typed) => match &*typed.ty {
                Type::Reference(reference) => {
                    let message = "a notification handler takes its parameters by value: it runs after the request";
                    errors.at(reference, message);
                }
                by_value => types.push(by_value.clone()),
            },
        }
    }
    if signature.inputs.is_empty() {
        let message = "the first parameter of a notification handler is the notification: \
                       write `work: Notification<StageWorkAvailable>`, or another event in its place";
        errors.at(name, message);
    }
    types
}

/// The type of the function's name, and what makes it a handler.
fn glue(function: &Function, arguments: &Arguments, path: &str, types: &[Type]) -> TokenStream {
    let runtime = &arguments.runtime;
    let (private, handler_type) = (runtime.private(), runtime.item("NotificationHandler"));
    let (on_notification, location) = (runtime.item("OnNotification"), runtime.item("SourceLocation"));
    let call_type = runtime.item("NotificationCall");
    let signed_calls = arguments.signed_calls.write(runtime);
    let (visibility, name) = (&function.visibility, &function.signature.ident);
    let (title, description) = (arguments.name(function), arguments.description(function));
    let (timeout, attributes) = (arguments.write_timeout(), stand_in_attributes());
    let (call, takes) = (Ident::new("call", Span::mixed_site()), Ident::new("takes", Span::mixed_site()));
    let arguments: Vec<_> =
        (0..types.len()).map(|index| format_ident!("argument_{index}", span = Span::mixed_site())).collect();
    let [first, further @ ..] = &*arguments else { return TokenStream::new() };
    let asked = types.iter().enumerate().map(|(index, ty)| match index {
        0 => quote!(#private::notification_itself::<#ty>()),
        _ => quote!(#private::notification_parameter::<#ty>()),
    });
    let returned = function.returns();
    let end = quote!(#private::notification_end::<#returned>());
    quote! {
        #attributes
        #visibility struct #name {}

        const _: () = {
            fn __parameters() -> (#(#private::HandlerParameter<#types>,)*) {
                (#(#asked,)*)
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
                    #(let #arguments = #arguments.make(&#call)?;)*
                    #end(#name(#(#arguments),*).await)
                })
            }

            impl #on_notification for #name {
                const HANDLER: &'static #handler_type = &#handler_type {
                    name: #title,
                    path: #path,
                    description: #description,
                    timeout: #timeout,
                    signed_calls: #signed_calls,
                    location: #location { file: #private::file!(), line: #private::line!() },
                    package: #private::concat!(#private::env!("CARGO_PKG_NAME"), " ", #private::env!("CARGO_PKG_VERSION")),
                    takes: __takes,
                    run: __run,
                };
            }

            #private::inventory::submit! { #private::RegisteredHandler(<#name as #on_notification>::HANDLER) }
        };
    }
}
