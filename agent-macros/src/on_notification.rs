//! `#[on_notification]`: a handler of what agent stages and workflows tell.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{FnArg, LitStr, Safety, Signature, Type};

use crate::entry::{Entry, entries};
use crate::errors::Errors;
use crate::function::{Function, Item};
use crate::runtime_paths::Runtime;
use crate::signed_calls::SignedCalls;
use crate::suggest::did_you_mean;
use crate::{duration, path};

const KEYS: [&str; 8] = ["path", "name", "description", "timeout", "no_timeout", "signature", "secret_env", "crate"];

/// What the attribute says.
#[derive(Default)]
struct Arguments {
    path: Option<LitStr>,
    name: Option<LitStr>,
    description: Option<LitStr>,
    /// In milliseconds.
    timeout: Option<u64>,
    no_timeout: bool,
    signed_calls: SignedCalls,
    runtime: Runtime,
}

/// The whole macro.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let errors = Errors::new();
    let arguments = Arguments::read(arguments, &errors);
    let function = match syn::parse2(item.clone()) {
        Ok(Item::Function(function)) => function,
        Ok(Item::Other(what, place)) => {
            errors.at_span(place, format!("`#[on_notification]` goes on an `async fn`, and this is {what}"));
            return beside(item, errors);
        }
        Err(error) => {
            errors.push(error);
            return beside(item, errors);
        }
    };
    let path = path_of(&function, &arguments, &errors);
    let types = check(&function.signature, &errors);
    if errors.count() > 0 {
        return beside(&function.write(true), errors);
    }
    let (written, glue) = (function.write(false), glue(&function, &arguments, &path, &types));
    let none = errors.finish_as_item();
    quote!(#written #glue #none)
}

fn beside(item: &TokenStream, errors: Errors) -> TokenStream {
    let errors = errors.finish();
    quote!(#item #errors)
}

impl Arguments {
    fn read(tokens: TokenStream, errors: &Errors) -> Self {
        let mut arguments = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for entry in entries(tokens, errors) {
            let key = entry.key.to_string();
            if !KEYS.contains(&key.as_str()) {
                let keys = did_you_mean(&key, &KEYS);
                errors.at(&entry.key, format!("`#[on_notification]` has no key `{key}`: {keys}"));
            } else if seen.contains(&key) {
                errors.at(&entry.key, format!("`{key}` is given twice: remove one"));
            } else {
                arguments.take(&key, &entry, errors);
                seen.push(key);
            }
        }
        arguments.signed_calls.check(errors);
        arguments
    }

    fn take(&mut self, key: &str, entry: &Entry, errors: &Errors) {
        match key {
            "path" => {
                self.path = entry.text(errors);
                if let Some(path) = &self.path
                    && let Some(problem) = path::problem(&path.value())
                {
                    errors.at(path, problem);
                }
            }
            "name" => self.name = entry.text(errors),
            "description" => self.description = entry.text(errors),
            "timeout" => {
                let millis =
                    |text: LitStr| duration::millis(&text.value()).map_err(|problem| errors.at(&text, problem));
                self.timeout = entry.text(errors).and_then(|text| millis(text).ok());
            }
            "no_timeout" => self.no_timeout = entry.flag(errors),
            "crate" => self.runtime = entry.path(errors).map(Runtime::at).unwrap_or_default(),
            _ => self.signed_calls.take(entry, errors),
        }
    }
}

fn path_of(function: &Function, arguments: &Arguments, errors: &Errors) -> String {
    if let Some(path) = &arguments.path {
        return path.value();
    }
    let path = path::of_function(&function.name());
    if let Some(problem) = path::problem(&path) {
        let name = &function.signature.ident;
        errors.at(name, format!("this function's name makes no path, so give one with `path = \"...\"`: {problem}"));
    }
    path
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
    let title = arguments.name.as_ref().map_or_else(|| function.name(), |name| name.value().trim().to_owned());
    let description = arguments.description.as_ref().map_or_else(|| function.documentation(), LitStr::value);
    let timeouts = runtime.item("AgentTimeout");
    let timeout = match arguments.timeout {
        _ if arguments.no_timeout => quote!(#timeouts::Never),
        Some(millis) => quote!(#timeouts::Millis(#millis)),
        None => quote!(#timeouts::ServerDefault),
    };
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
        #[doc(hidden)]
        #[allow(
            non_camel_case_types,
            missing_copy_implementations,
            missing_debug_implementations,
            clippy::empty_structs_with_brackets,
            clippy::exhaustive_structs,
            reason = "it stands for the function of this name"
        )]
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
                    takes: __takes,
                    run: __run,
                };
            }

            #private::inventory::submit! { #private::RegisteredHandler(<#name as #on_notification>::HANDLER) }
        };
    }
}
