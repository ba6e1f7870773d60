//! Code generation for `#[editor_agent]` and `#[on_notification]`.
//!
//! Both attributes go the same way: parse the arguments and the function, check the signature, and generate the function, its
//! definition and its [`list_entry`]. [`agent`] and [`notification_handler`] generate only what differs.

mod agent;
mod definition;
mod label_row;
pub(crate) mod list_entry;
mod notification_handler;
pub(crate) mod runtime_paths;
mod signed_calls;
pub(crate) mod underline;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::attribute::{Arguments, AttributeMacro};
use crate::completion;
use crate::errors::Errors;
use crate::function::signature::CheckedSignature;
use crate::function::{self, Function};
use crate::use_site::{Identity, UseSite};
use runtime_paths::Runtime;

/// A function with an attribute, parsed and checked.
struct Input {
    function: Function,
    arguments: Arguments,
    runtime: Runtime,
    path: String,
    signature: CheckedSignature,
    identity: Identity,
}

/// Expands `#[editor_agent]` or `#[on_notification]`.
pub(crate) fn expand(
    attribute: AttributeMacro,
    arguments: TokenStream,
    item: &TokenStream,
    use_site: &UseSite,
) -> TokenStream {
    let errors = Errors::new();
    let arguments = Arguments::parse(attribute, arguments, &errors);
    let Some(function) = Function::parse(attribute, item, &errors) else {
        // The compiler has an error of its own for an `extern` block without `unsafe`.
        return if function::is_extern_block(item) { errors.finish() } else { errors.finish_beside(item) };
    };
    let path = arguments.path(&function.signature.ident, &errors);
    let signature = if function.is_malformed {
        CheckedSignature::unknown()
    } else {
        CheckedSignature::new(&function, attribute, &arguments, &errors)
    };
    let name = &function.signature.ident;
    let hides_macro = list_entry::hides_standard_macro(name);
    if hides_macro && !signature.is_method {
        let (noun, path) = (attribute.noun(), &path);
        let message = format!(
            "{noun} cannot have the name of the macro `{name}!`, which its module could not use: rename the function, and keep \
             its path with `path = \"{path}\"`"
        );
        errors.at(name, message);
    }
    if !signature.is_method && use_site.is_in_impl_block(attribute, name) {
        let noun = attribute.noun();
        errors.at(name, format!("{noun} is a free function: move it out of the `impl` block or trait"));
        return errors.finish_beside(&function.generate_repaired(attribute));
    }
    if signature.is_method {
        return errors.finish_beside(&function.generate(attribute));
    }
    let runtime = Runtime::from_arguments(&arguments);
    let identity = use_site.identity(&function.signature.ident);
    let input = Input { function, arguments, runtime, path, signature, identity };
    let definition = match attribute {
        AttributeMacro::OnNotification => notification_handler::definition(&input),
        AttributeMacro::EditorAgent | AttributeMacro::Main => agent::definition(&input),
    };
    let generated = match &input {
        Input { function, signature, .. } if signature.is_callable => function.generate(attribute),
        Input { function, .. } => function.generate_repaired(attribute),
    };
    // An invalid function is not registered, so that its path does not clash with others.
    let is_valid = input.signature.is_callable && errors.count() == 0;
    let definition = definition.generate(&input, is_valid);
    let Function { signature, visibility, .. } = &input.function;
    let list_entry =
        (!hides_macro).then(|| list_entry::generate(attribute, &signature.ident, visibility, &input.identity));
    let errors = errors.finish_as_item();
    let keys = completion::is_in_editor()
        .then(|| keys_as_fields(input.arguments.keys(), attribute.keys_type(), &input.runtime));
    quote!(#keys #generated #list_entry #definition #errors)
}

/// Generates a value with the keys as fields, so that an editor proposes keys. `ty` is the type of `__private` with a field for each
/// key.
fn keys_as_fields(keys: &[Ident], ty: &str, runtime: &Runtime) -> TokenStream {
    let (private, ty) = (runtime.private(), Ident::new(ty, Span::call_site()));
    quote! {
        const _: () = {
            let _ = #private::#ty { #(#keys: (),)* };
        };
    }
}

impl Input {
    /// Returns the valid parameters.
    fn parameters(&self) -> Vec<&function::parameter::Parameter> {
        self.signature.parameters.iter().flatten().collect()
    }

    /// Returns the return type, to be inferred, with the span of the written one.
    fn returned(&self) -> TokenStream {
        match &self.function.signature.output {
            syn::ReturnType::Default => quote!(()),
            syn::ReturnType::Type(_, returned) => underline::as_all_of(returned, &quote!(_), &self.runtime),
        }
    }

    /// Generates statements that check the types of a function that is not callable. `parameter` and `returned` name the
    /// functions of `__private` with the bounds.
    fn type_checks(&self, parameter: impl Fn(usize) -> TokenStream, returned: &TokenStream) -> TokenStream {
        let private = self.runtime.private();
        if !self.signature.is_inferable {
            let checks = self.signature.parameters.iter().enumerate().filter_map(|(index, checked)| {
                let (check, ty) = (parameter(index), &checked.as_ref()?.value_type);
                Some(quote!(let _ = #private::#check::<#ty>;))
            });
            return checks.collect();
        }
        // A call that never runs, from which the types are inferred.
        let arguments = local_names("argument", self.signature.parameters.len());
        let passed =
            self.signature.parameters.iter().zip(&arguments).enumerate().map(|(index, (checked, argument))| {
                let Some(checked) = checked else { return quote!(#argument) };
                let (check, ty) =
                    (parameter(index), underline::as_all_of(&checked.value_type, &quote!(_), &self.runtime));
                quote!(#private::#check::<#ty>(#argument))
            });
        let name = &self.function.signature.ident;
        let mut call = quote!(#name(#(#passed),*));
        if self.signature.has_checkable_return {
            let ty = self.returned();
            call = quote!(#private::#returned::<#ty, _>(#call));
        }
        quote!(let _ = |#(#arguments),*| { let _ = #call; };)
    }
}

/// Returns names that cannot clash with names of the user.
fn local_names(stem: &str, count: usize) -> Vec<Ident> {
    (0..count).map(|index| format_ident!("{stem}_{index}", span = Span::mixed_site())).collect()
}
